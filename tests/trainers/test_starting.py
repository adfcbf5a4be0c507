"""How a script is started: where, with what in its environment, on which port, and from which checkpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.script_run import ScriptRun

TELL = """
import json, os, sys
from pathlib import Path
folder = Path(sys.argv[1])
mode, url = os.environ.get("MODE"), os.environ.get("OPTSWEEP_STORAGE")
known = {"cwd": os.getcwd(), "words": sys.argv[2:], "mode": mode, "url": url}
with (folder / "told.jsonl").open("a") as file:
    file.write(json.dumps(known) + chr(10))
with (folder / "log.jsonl").open("a") as file:
    file.write(json.dumps({"step": 6, "valid": {"loss": 1.0}}) + chr(10))
"""


@pytest.fixture
def called(script_run: ScriptRun, tmp_path: Path) -> Any:
    """Call a script that tells how it was called, with these keys in [trainer]; returns what it told."""
    home = tmp_path / "scripts"
    home.mkdir()
    (home / "tell.py").write_text(TELL)

    def call(*words: str, **options: Any) -> dict[str, Any]:
        script_run.options = {"command": ["python", "tell.py", "{dir}", *words], "cwd": str(home), **options}
        script_run.train()
        told: dict[str, Any] = json.loads((script_run.work / "told.jsonl").read_text().splitlines()[-1])
        return told

    return call


def test_a_script_is_called_where_and_with_what_the_study_says(
    called: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODE", "inherited")
    monkeypatch.setenv("OPTSWEEP_STORAGE", "postgresql://me:secret@host/db")
    assert called()["mode"] == "inherited"
    told = called(env={"MODE": "{width} at {dir}"})
    assert told["cwd"] == str(tmp_path / "scripts")
    assert told["mode"].startswith("3 at /")
    assert told["url"] is None


def test_each_start_has_a_port_of_its_own(called: Any) -> None:
    ports = [called("{port}", "{gpus}", gpus_per_run=2)["words"] for _ in range(3)]
    assert {words[1] for words in ports} == {"2"}
    assert len({words[0] for words in ports}) > 1
    assert all(20_000 <= int(words[0]) < 30_000 for words in ports)


def test_words_of_resuming_are_there_when_a_whole_checkpoint_is(called: Any, script_run: ScriptRun) -> None:
    resume = {"args": ["--from", "{checkpoint}"], "if_exists": "*.ckpt"}
    assert called("{resume}", "last", resume=resume)["words"] == ["last"]
    whole, torn = script_run.work / "1.ckpt", script_run.work / "2.ckpt"
    whole.write_text("weights")
    torn.touch()
    assert called("{resume}", "last", resume=resume)["words"] == ["--from", str(whole), "last"]
    assert called("last", resume=resume)["words"] == ["last", "--from", str(whole)]


def test_a_folder_that_is_gone_is_the_runs_fault(script_run: ScriptRun) -> None:
    script_run.options = {"cwd": "/not/there"}
    with pytest.raises(RuntimeError, match="cwd of the script: there is no folder /not/there"):
        script_run.train()
