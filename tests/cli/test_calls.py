"""How a script is called is shown before a sweep (--dry-run) and after it (best --command)."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from optsweep import cli
from optsweep.errors import UserError
from optsweep.views.summary import best_command
from tests.cli.test_check import STUDY
from tests.snapshots import SCRIPT_STUDY, make_run, make_snapshot

DRY_RUN = ["sweep", "mine.toml", "--dry-run", "--cpu-workers", "1"]
CONFIG: dict[str, Any] = {
    "parameters": {"lr": 0.125},
    "seed": 1,
    "num_evaluations": 10,
    "trainer": SCRIPT_STUDY.model_dump(mode="json")["trainer"],
    "provenance": {"run": "random-001"},
}


def test_a_dry_run_shows_the_call_and_the_config_of_the_first_run_of_each_kind(
    workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = STUDY.replace('"{flags}"', '"--config={config}"').replace("[trainer]", '[trainer]\nconfig = "yaml"')
    Path("mine.toml").write_text(text.replace("[trainer.metrics]", 'env = { TOKEN = "secret" }\n\n[trainer.metrics]'))
    assert cli.run(DRY_RUN) == 0
    output = capfd.readouterr().out
    work = f"{workplace}/studies/mine/runs/usual/work"
    assert f"Call of usual, in {workplace}:" in output
    assert shlex.quote(f"--dir={work}") in output
    assert "Its config (yaml):\n  steps: 20\n" in output
    assert "  width: 4\n" in output
    assert "Call of random-001" in output
    assert "random-002, in" not in output
    assert "with TOKEN in its environment" in output
    assert "secret" not in output
    assert cli.run([*DRY_RUN, "--json"]) == 0
    calls = json.loads(capfd.readouterr().out)["calls"]
    assert [call["run"] for call in calls] == ["usual", "random-001"]
    assert f"--dir={work}" in calls[0]["command"]
    assert "width: 4\n" in calls[0]["config_file"]


def test_the_best_runs_call_is_what_its_folder_keeps(workplace: Path) -> None:
    run = make_run("random-001", "complete", config=CONFIG)
    snapshot = make_snapshot([run], definition=SCRIPT_STUDY, study="study")
    made = best_command(snapshot)
    assert made.startswith("#!/bin/sh\n")
    assert made.endswith(" \\\n    0.125\n")
    folder = workplace / "studies/study/runs/random-001"
    folder.mkdir(parents=True)
    (folder / "command.sh").write_text("echo kept\n")
    assert best_command(snapshot) == "echo kept\n"


def test_without_a_script_there_is_no_call(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="has no script of its own; see best --toml"):
        best_command(make_snapshot([make_run("small", "complete")]))
    with pytest.raises(UserError, match="no finished trial yet"):
        best_command(make_snapshot([make_run("random-001")], definition=SCRIPT_STUDY))
    assert cli.run(["best", "--json", "--command"]) == 2
    assert "give one of them" in capfd.readouterr().err
