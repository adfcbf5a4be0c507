from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.integrations import mirror as mirroring
from optsweep.integrations.mirror import Mirror, mirrored
from optsweep.integrations.trackers import check_trackers
from optsweep.train.report import MetricsLine

REPOSITORY = Path(__file__).parents[2]
LINES: list[dict[str, Any]] = [
    {"step": 10, "progress": 0.5, "train_loss": 3.0, "lr": 1e-3, "residues_per_s": 100.0, "time": 1.7e9},
    {"step": 10, "progress": 0.5, "val_nelbo": 2.9, "time": 1.7e9 + 1},
    {"step": 20, "progress": 1.0, "train_loss": 2.9, "lr": 1e-4, "residues_per_s": 100.0, "time": 1.7e9 + 2},
    {"step": 20, "progress": 1.0, "val_nelbo": 2.8, "time": 1.7e9 + 3},
]


class Recorder:
    """A tracker that remembers, and fails when told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, int]] = []
        self.config: dict[str, Any] = {}
        self.broken = False

    def log(self, run: str, config: Mapping[str, Any], lines: Iterable[MetricsLine]) -> None:
        if self.broken:
            raise ConnectionError("the tracker is away")
        self.config = dict(config)
        self.got += [(run, line["step"]) for line in lines]

    def close(self) -> None:
        raise OSError("cannot be closed")


def write_run(runs: Path, name: str, lines: list[dict[str, Any]], tail: str = "") -> None:
    folder = runs / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + tail)
    (folder / "config.toml").write_text('[optim]\nlr = 1e-3\n[provenance]\nstudy = "s"\n')


def test_every_line_is_mirrored_once_also_over_a_restart_and_a_step_back(tmp_path: Path) -> None:
    recorder, positions = Recorder(), tmp_path / "positions.json"
    mirror = Mirror(tmp_path / "runs", {"recorder": recorder}, positions)
    write_run(tmp_path / "runs", "a", LINES[:3], tail='{"st')
    mirror.look()
    mirror.look()
    assert recorder.got == [("a", 10), ("a", 10), ("a", 20)]
    assert recorder.config == {"optim.lr": 1e-3}
    # It went on from the checkpoint at step 10.
    write_run(tmp_path / "runs", "a", LINES[:2])
    mirror.look()
    write_run(tmp_path / "runs", "a", LINES)
    Mirror(tmp_path / "runs", {"recorder": recorder}, positions).look()
    assert recorder.got == [("a", 10), ("a", 10), ("a", 20), ("a", 20)]


def test_a_tracker_that_is_away_gets_its_lines_later_and_others_do_not_wait(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away, fine = Recorder(), Recorder()
    mirror = Mirror(tmp_path / "runs", {"away": away, "fine": fine}, tmp_path / "positions.json")
    write_run(tmp_path / "runs", "a", LINES)
    away.broken = True
    mirror.look()
    assert away.got == []
    assert len(fine.got) == 4
    away.broken = False
    mirror.look()
    mirror.close()
    assert len(away.got) == len(fine.got) == 4
    assert "away: a: ConnectionError" in caplog.text


def test_a_missing_package_is_said_before_anything_starts() -> None:
    with pytest.raises(ConfigError, match=r"nothing_such is not installed: pip install 'optsweep\[nothing_such\]'"):
        check_trackers(["nothing_such"])


def test_a_mirror_that_dies_is_said_and_nothing_else(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(mirroring, "LEAVE_SECONDS", 20.0)
    real = subprocess.Popen

    def killed(command: list[str], **arguments: Any) -> subprocess.Popen[bytes]:
        process = real([sys.executable, "-c", "import time; time.sleep(60)"], **arguments)
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        return process

    monkeypatch.setattr(subprocess, "Popen", killed)
    with mirrored("study", ["tensorboard"], said.append):
        pass
    assert "ended early" in said[-1]


def mirror_for_real(name: str, environment: Mapping[str, str] | None = None) -> Path:
    """One run through the real process and the real package; returns the study's folder of trackers."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: pip install 'optsweep[{name}]'")
    runs = Path("studies/study/runs")
    write_run(runs, "small_fast", LINES)
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
        for key, value in (environment or {}).items():
            patch.setenv(key, value)
        patch.setattr(mirroring, "LEAVE_SECONDS", 90.0)
        with mirrored("study", [name], said.append):
            pass
    folder = Path("studies/study/trackers")
    assert len(said) == 1, (said, (folder / "log.txt").read_text())
    assert json.loads((folder / "positions.json").read_text()) == {f"{name}/small_fast": [20, 20]}
    return folder


@pytest.mark.heavy
def test_tensorboard_shows_the_run(workplace: Path) -> None:
    folder = mirror_for_real("tensorboard")
    code = (
        "import sys; from tensorboard.backend.event_processing.event_accumulator import EventAccumulator as E;"
        "e = E(sys.argv[1]); e.Reload(); print(e.Tags()['tensors'], [t.step for t in e.Tensors('val_nelbo')])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(folder / "tensorboard/small_fast")], capture_output=True, text=True
    )
    assert "'val_nelbo'" in shown.stdout, shown.stderr
    assert "[10, 20]" in shown.stdout


@pytest.mark.heavy
def test_weights_and_biases_works_offline(workplace: Path) -> None:
    folder = mirror_for_real("wandb")
    assert list(folder.glob("wandb/offline-run-*/run-study-small_fast.wandb"))


@pytest.mark.heavy
def test_mlflow_has_the_run(workplace: Path) -> None:
    folder = mirror_for_real("mlflow")
    code = (
        "import sys; from mlflow import MlflowClient; c = MlflowClient(tracking_uri=sys.argv[1]);"
        "e = c.get_experiment_by_name('optsweep/study'); (r,) = c.search_runs([e.experiment_id]);"
        "print(r.info.run_name, r.data.params, [m.value for m in c.get_metric_history(r.info.run_id, 'val_nelbo')])"
    )
    uri = f"sqlite:///{(folder / 'mlflow.db').absolute()}"
    shown = subprocess.run([sys.executable, "-c", code, uri], capture_output=True, text=True)
    assert "small_fast {'optim.lr': '0.001'} [2.9, 2.8]" in shown.stdout, shown.stderr
