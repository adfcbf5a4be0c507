"""What a launcher says early: that no value comes, and what there is instead."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from optsweep import cli
from optsweep.results.records import StudySnapshot
from optsweep.workers import early_words
from optsweep.workers.early_words import EarlyWords
from tests.cli.test_check import STUDY
from tests.snapshots import SCRIPT_STUDY, make_run, make_snapshot

CONFIG: dict[str, Any] = {
    "parameters": {"lr": 0.1},
    "seed": 1,
    "num_evaluations": 10,
    "trainer": SCRIPT_STUDY.model_dump(mode="json")["trainer"],
    "provenance": {},
}


@pytest.fixture
def lines(workplace: Path) -> list[str]:
    work = Path("studies/study/runs/random-001/work")
    work.mkdir(parents=True)
    (work / "log").write_text("".join(json.dumps({"step": step, "val_loss": 1.0}) + "\n" for step in range(3)))
    return []


def snapshot(seconds: float, **values: Any) -> StudySnapshot:
    run = make_run("random-001", "running", config=CONFIG, started=1000.0, **{"value": None, "curve": {}, **values})
    return make_snapshot([run], definition=SCRIPT_STUDY, now=1000.0 + seconds)


def test_a_value_that_does_not_come_is_said_once_and_early(lines: list[str]) -> None:
    early = EarlyWords("study", SCRIPT_STUDY, lines.append)
    early.look(snapshot(30))
    assert not lines
    early.look(snapshot(61))
    early.look(snapshot(90))
    assert lines[0].startswith("random-001: no value after 1 min")
    assert "its rows have: step, val_loss" in lines[0]
    assert "optsweep sweep STUDY --check" in lines[1]
    assert len(lines) == 2


@pytest.mark.parametrize("values", [{"value": 0.5}, {"curve": {1: 0.5}}])
def test_nothing_is_said_once_a_value_was_there(lines: list[str], values: dict[str, Any]) -> None:
    early = EarlyWords("study", SCRIPT_STUDY, lines.append)
    early.look(snapshot(61, **values))
    early.look(snapshot(90))
    assert not lines


@pytest.mark.heavy
def test_a_sweep_looks_at_its_first_run(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(early_words, "SILENT_SECONDS", 0.5)
    text = STUDY.replace("--seconds=0.05", "--seconds=2").replace(
        "set = { steps = 20 }", 'set = { steps = 3 }\nenv = { TOKEN = "secret" }'
    )
    Path("mine.toml").write_text(text)
    assert cli.run(["sweep", "mine.toml", "--cpu-workers", "1", "--type", "predefined"]) == 0
    output = capfd.readouterr().out
    assert output.count("usual: no value after ") == 1
    assert "no such file is in {dir}, which holds calls.txt" in output
    run = Path("studies/mine/runs/usual")
    for name in ("config.toml", "command.sh"):
        assert stat.S_IMODE((run / name).stat().st_mode) == 0o600
