"""A script is called, followed and ended; its end is put into one of our words, and it can be called again."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.fakes.script import value_at
from tests.sweeps import REPOSITORY, wait_for
from tests.trainers.script_run import METRICS, SCRIPT, ScriptRun

TEMPLATE = {
    "toml": 'width = 1\nsteps = 2\n[optim]\nlr = 1.0\nname = "adam"\n',
    "yaml": "width: 1\nsteps: 2\noptim:\n  lr: 1.0\n  name: adam\n",
    "json": '{"width": 1, "steps": 2, "optim": {"lr": 1.0, "name": "adam"}}',
}


@pytest.mark.parametrize(
    "kind",
    # With the extras of `make test-all`.
    [pytest.param(kind, marks=[pytest.mark.heavy] if kind == "tensorboard" else []) for kind in METRICS],
)
def test_numbers_are_read_from_whatever_holds_them(script_run: ScriptRun, kind: str) -> None:
    if kind == "tensorboard":
        pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    script_run.metrics = kind
    report = script_run.train()
    assert report.outcome == "complete"
    assert [(e.index, e.step) for e in report.evaluations] == [(None, 1), (1, 2), (None, 3), (2, 4), (None, 5), (3, 6)]
    values = [value_at(0.25, step) for step in range(1, 7)]
    assert [e.value for e in report.evaluations] == pytest.approx(values)
    assert report.evaluations == script_run.told
    if kind != "tensorboard":
        assert [line["train_loss"] for line in script_run.lines] == pytest.approx([value + 1 for value in values])


@pytest.mark.parametrize("form", list(TEMPLATE))
def test_a_config_file_in_the_scripts_own_format_is_made_from_its_template(script_run: ScriptRun, form: str) -> None:
    command = [*script_run.config().trainer.command[:2], "--config={config}", "--dir={dir}"]
    script_run.options = {"command": command, "config": form, "template_text": TEMPLATE[form]}
    assert script_run.train().best.value == value_at(0.25, 6)  # type: ignore[union-attr]
    assert script_run.work.joinpath("calls.txt").read_text() == "0 none 3\n"
    assert "adam" in (script_run.directory / f"script_config.{form}").read_text()


def test_a_python_file_overrides_names(script_run: ScriptRun) -> None:
    command = [*script_run.config().trainer.command[:2], "--config={config}", "--dir={dir}"]
    script_run.options = {"command": command, "config": "py", "template_text": "lr = 9.0\nwidth = 1\nsteps = 1\n"}
    config = script_run.config()
    changed = config.model_copy(update={"parameters": {"lr": 0.5, "width": 4, "steps": 3}})
    script_run.config = lambda: changed  # type: ignore[method-assign]
    assert script_run.train().best.value == value_at(0.5, 3)  # type: ignore[union-attr]


def test_the_environment_names_the_gpu_and_not_the_database(
    script_run: ScriptRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    monkeypatch.setenv("OPTSWEEP_STORAGE", "postgresql://me:secret@there/db")
    words = "import os, sys; print(os.environ.get('OPTSWEEP_STORAGE')); sys.exit('seen ' + sys.argv[1])"
    script_run.options = {"command": ["python", "-c", words, "{seed}/{width}/{run}/{data}"]}
    with pytest.raises(RuntimeError, match=f"ended with 1: seen 11/3//{Path.cwd()}/subset.pt"):
        script_run.train()
    assert (script_run.directory / "log_stdout.txt").read_text().startswith("None\n")
    script_run.options = {}
    script_run.train()
    assert script_run.work.joinpath("calls.txt").read_text() == "0 3 3\n"


def test_a_run_that_is_cut_is_asked_to_leave(script_run: ScriptRun) -> None:
    script_run.seconds = 0.2
    report = script_run.train(go_on=lambda evaluation: evaluation.index != 1)
    assert report.outcome == "stopped"
    assert script_run.told[-1].step == 2
    assert script_run.work.joinpath("bye.txt").exists()


def alive(pids: Path) -> list[int]:
    return [pid for pid in map(int, pids.read_text().split()) if is_alive(pid)]


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_script_that_will_not_leave_is_killed_with_all_that_it_started(script_run: ScriptRun) -> None:
    script_run.trouble, script_run.grace = "stubborn", 0.3
    pids = script_run.work / "pids.txt"
    assert script_run.train(interrupted=pids.exists).outcome == "interrupted"
    wait_for(lambda: not alive(pids))


def test_nothing_of_a_script_outlives_a_killed_worker(script_run: ScriptRun) -> None:
    pids = script_run.work / "pids.txt"
    script_run.work.mkdir(parents=True)
    words = (
        "import os, sys, time; from pathlib import Path; from optsweep.trainers.process import ScriptProcess\n"
        "from optsweep.trainers.run_lock import hold; here = Path.cwd()\n"
        "script = ScriptProcess(sys.argv[1:], os.environ, here / 'log.txt', hold(here), lambda: 1e9); time.sleep(600)"
    )
    script = [sys.executable, str(SCRIPT), "--optim.lr=1", "--width=1", "--steps=2", "--trouble=stubborn"]
    worker = subprocess.Popen(
        [sys.executable, "-c", words, *script, f"--dir={script_run.work}"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        assert len(alive(pids)) == 2
    finally:
        worker.kill()
        worker.wait()
    wait_for(lambda: not alive(pids))


def test_nothing_of_a_script_outlives_its_killed_guard(script_run: ScriptRun) -> None:
    script_run.trouble = "stubborn"
    pids = script_run.work / "pids.txt"

    def kill_the_guard() -> bool:
        if pids.exists() and len(pids.read_text().split()) == 2:
            guard = psutil.Process(int(pids.read_text().split()[0])).parent()
            # Not whoever has adopted the script since.
            if guard is not None and guard.ppid() == os.getpid():
                guard.kill()
        return False

    assert script_run.train(interrupted=kill_the_guard).outcome == "interrupted"
    assert not alive(pids), "not even what began a session of its own"


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        ("out of memory", "out_of_memory"),
        ("nan", "diverged"),
        ("SIGKILL", "interrupted"),
        ("SIGHUP", "interrupted"),
    ],
)
def test_ends_that_are_no_fault(script_run: ScriptRun, trouble: str, outcome: str) -> None:
    script_run.trouble = trouble
    report = script_run.train()
    assert report.outcome == outcome
    assert report.step == (2 if trouble == "nan" else 3)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("raise", "script.py ended with 1: ValueError: the script was told to fail"),
        ("SIGSEGV", "script.py was killed by SIGSEGV"),
    ],
)
def test_faults(script_run: ScriptRun, trouble: str, words: str) -> None:
    script_run.trouble = trouble
    with pytest.raises(RuntimeError, match=words):
        script_run.train()


def test_a_full_disk_is_no_fault_of_the_run(script_run: ScriptRun) -> None:
    script_run.trouble = "disk"
    with pytest.raises(OSError, match="No space left") as caught:
        script_run.train()
    assert caught.value.errno == errno.ENOSPC


def test_a_script_that_tells_no_value_or_does_not_exist_fails(script_run: ScriptRun) -> None:
    script_run.options = {"command": ["python", "-c", "pass", "{flags}"]}
    with pytest.raises(RuntimeError, match=r"no valid.loss was found in log.jsonl"):
        script_run.train()
    script_run.options = {"command": ["no-such-program", "{flags}"]}
    with pytest.raises(RuntimeError, match="no-such-program: No such file or directory"):
        script_run.train()


@pytest.mark.parametrize("kind", ["jsonl", "csv", "regex"])
def test_it_is_called_again_in_the_same_directory_and_goes_on(script_run: ScriptRun, kind: str) -> None:
    script_run.metrics, script_run.seconds = kind, 0.1
    first = script_run.train(interrupted=lambda: len(script_run.told) >= 2)
    assert first.outcome == "interrupted"
    last = first.step
    assert 2 <= last < 6
    script_run.told.clear()
    second = script_run.train()
    assert second.outcome == "complete"
    assert [e.step for e in second.evaluations] == [1, 2, 3, 4, 5, 6]
    assert [e.step for e in script_run.told if e.restored] == list(range(1, last + 1))
    assert [e.step for e in script_run.told if not e.restored] == list(range(last + 1, 7))
    assert second.seconds > first.seconds
    calls: list[Any] = script_run.work.joinpath("calls.txt").read_text().splitlines()
    assert len(calls) == 2
    assert int(calls[1].split()[0]) >= last


def test_what_a_killed_worker_had_not_read_is_read_by_the_next(script_run: ScriptRun) -> None:
    script_run.train()
    metrics = script_run.directory / "metrics.jsonl"
    lines = [line for line in metrics.read_text().splitlines() if json.loads(line)["step"] <= 3]
    metrics.write_text("\n".join(lines) + '\n{"step": 4, "val')
    script_run.told.clear()
    report = script_run.train()
    assert [e.step for e in script_run.told if not e.restored] == [4, 5, 6]
    assert [e.step for e in report.evaluations] == [1, 2, 3, 4, 5, 6]


def test_a_script_that_begins_anew_replaces_what_was_known(script_run: ScriptRun) -> None:
    script_run.train()
    (script_run.work / "state.json").unlink()
    script_run.told.clear()
    changed = script_run.config().model_copy(update={"parameters": {"optim.lr": 0.5, "width": 3, "steps": 6}})
    script_run.config = lambda: changed  # type: ignore[method-assign]
    report = script_run.train()
    assert [e.value for e in report.evaluations] == [value_at(0.5, step) for step in range(1, 7)]
    assert not any(e.restored for e in script_run.told)
