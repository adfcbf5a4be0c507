"""command.sh: what a run's folder keeps calls its script again by hand, and gives its value again."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.script import read_config
from tests.trainers.script_run import SCRIPT, ScriptRun

ENV = {"env": {"TOKEN": "secret-1234", "MODE": "fast"}}


def by_hand(run: ScriptRun, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(run.directory / "command.sh"), *words]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, cwd="/")


def values(folder: Path) -> list[Any]:
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [row["valid"]["loss"] for row in rows if "valid" in row]


def test_a_run_is_called_again_by_hand(script_run: ScriptRun) -> None:
    script_run.train()
    told = [one.value for one in script_run.told]
    before = (script_run.work / "log.jsonl").read_bytes()
    there = script_run.directory.parent / "a new 'folder'"
    assert by_hand(script_run, str(there)).returncode == 0
    assert values(there) == told
    assert (script_run.work / "log.jsonl").read_bytes() == before
    # Without a name: beside it.
    assert by_hand(script_run).returncode == 0
    (made,) = script_run.directory.glob("by-hand-*")
    assert values(made) == told
    # Neither in the run's own folder, nor over what is there.
    for place in (script_run.work, script_run.work / "deeper", there):
        refused = by_hand(script_run, str(place))
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "give a new folder" in refused.stderr


@pytest.mark.parametrize("kind", ["json", "toml", "yaml"])
def test_the_config_file_is_made_anew(script_run: ScriptRun, kind: str, tmp_path: Path) -> None:
    words = ["--config={config}", "--dir={dir}"]
    script_run.options = {
        "command": ["python", str(SCRIPT), *words],
        "config": kind,
        "set": {"out": "{dir}/out", "text": "two  blanks"},
    }
    script_run.train()
    there = tmp_path / "again & again|1"
    done = by_hand(script_run, str(there))
    assert done.returncode == 0, done.stderr
    assert values(there) == [one.value for one in script_run.told]
    kept, made = (read_config(*folder.glob("script_config.*")) for folder in (script_run.directory, there))
    assert made == {**kept, "out": f"{there}/out"}
    assert kept["out"] == f"{script_run.work.absolute()}/out"


def test_secrets_are_named_and_not_kept(script_run: ScriptRun, tmp_path: Path) -> None:
    script_run.options = ENV
    script_run.train()
    file = script_run.directory / "command.sh"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "secret-1234" not in file.read_text()
    assert "fast" not in file.read_text()
    refused = by_hand(script_run, str(tmp_path / "1"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("set before the call: TOKEN MODE; the study file's [trainer.env] has the values")
    assert str(script_run.directory.absolute() / "config.toml") in refused.stderr
    assert "set before the call: TOKEN;" in by_hand(script_run, str(tmp_path / "1"), MODE="fast").stderr
    assert by_hand(script_run, str(tmp_path / "1"), MODE="fast", TOKEN="").returncode == 0


def test_no_words_of_resuming(script_run: ScriptRun, tmp_path: Path) -> None:
    script_run.options = {"resume": {"args": ["--from={checkpoint}"], "if_exists": "state.json"}}
    script_run.train()
    script_run.train()
    assert "--from" not in (script_run.directory / "command.sh").read_text()


def test_the_port_is_chosen_when_it_is_called(script_run: ScriptRun, tmp_path: Path) -> None:
    script_run.options = {
        "command": [
            "python",
            str(SCRIPT),
            "{flags}",
            "--dir={dir}",
            "--port={port}",
            "--gpus={gpus}",
            "--metrics=jsonl",
        ],
        "gpus_per_run": 2,
    }
    script_run.train()
    done = subprocess.run(
        ["sh", "-x", str(script_run.directory / "command.sh"), str(tmp_path / "1")], stderr=-1, text=True
    )
    assert done.returncode == 0
    assert re.search(r"--port=\d{4,5} --gpus=2 ", done.stderr)
