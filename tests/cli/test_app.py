"""What stands in front of every command: the version, and what a shell completes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from optsweep import cli


def test_the_version_is_said_without_loading_what_it_does_not_need() -> None:
    code = "import sys; from optsweep.cli import run; code = run(['--version']); print(code, 'torch' in sys.modules, "
    code += "'optuna' in sys.modules, 'sqlalchemy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["optsweep 0.1.0", "0 False False False"]


def completed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str) -> list[str]:
    """What bash gets for the last word of the line, as typer's script for bash asks for it."""
    words = typed.split(" ")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    monkeypatch.setenv("_OPTSWEEP_COMPLETE", "complete_bash")
    with pytest.raises(SystemExit) as ended:
        cli.run([])
    assert ended.value.code == 0
    output = capsys.readouterr()
    assert output.err == ""
    return output.out.split()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("optsweep st", ["status", "stop"]),
        ("optsweep data su", ["subset"]),
        ("optsweep sweep --max", ["--max-gpu-hours"]),
        ("optsweep sweep --pruner ha", ["halving"]),
        ("optsweep sweep --seed 1 --seed 1 --dry", ["--dry-run"]),
        ("optsweep sweep de", ["demo"]),
        ("optsweep --ver", ["--version"]),
        ("optsweep nosuch --pru", []),
    ],
)
def test_commands_and_their_options_are_completed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, offered: list[str]
) -> None:
    assert completed(monkeypatch, capsys, typed) == offered


def test_studies_and_runs_with_a_folder_here_are_completed(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert completed(monkeypatch, capsys, "optsweep show ") == []
    for run in ("mine/runs/tpe-001", "mine/runs/tpe-002", "other/runs/small_fast"):
        folder = workplace / "studies" / run
        folder.mkdir(parents=True)
        (folder / "config.toml").touch()
    (workplace / "studies/.last_study").write_text("mine\n")
    assert completed(monkeypatch, capsys, "optsweep status --name ") == ["mine", "other"]
    assert completed(monkeypatch, capsys, "optsweep show tpe") == ["tpe-001", "tpe-002"]
    assert completed(monkeypatch, capsys, "optsweep show --name other ") == ["small_fast"]
    assert os.listdir() == ["studies"], "no database is made"


def test_bash_can_read_the_script_that_is_installed(tmp_path: Path) -> None:
    environment = os.environ | {"_OPTSWEEP_COMPLETE": "source_bash"}
    script = subprocess.run([sys.executable, "-m", "optsweep"], env=environment, capture_output=True, text=True)
    (tmp_path / "script").write_text(script.stdout)
    subprocess.run(["bash", "-n", tmp_path / "script"], check=True)
    assert "complete" in script.stdout
