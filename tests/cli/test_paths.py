"""Paths that a user gives are below the user's home where they begin with ~, also where no shell has seen them."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep import cli
from tests.planned import make_study


@pytest.fixture
def home(workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home; the working folder is another one."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.mark.parametrize("by", ["--storage", "$OPTSWEEP_STORAGE"])
def test_f7_a_database_in_the_home_folder(
    home: Path, by: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    url = "sqlite:///~/studies/x.db"
    make_study(url).storage.close()
    option = [f"--storage={url}"] if by == "--storage" else []
    if not option:
        monkeypatch.setenv("OPTSWEEP_STORAGE", url)
    assert cli.run(["status", "--name", "study", *option]) == 0
    assert (home / "studies" / "x.db").exists()
    assert not list(Path().glob("~*"))
    assert cli.run(["status", "--name", "other", *option]) == 2
    assert str(home / "studies" / "x.db") in capfd.readouterr().err


def test_f7_a_file_in_the_home_folder(home: Path) -> None:
    assert cli.run(["data", "demo", "-n", "50", "--output=~/x.pt"]) == 0
    assert cli.run(["data", "info", "~/x.pt"]) == 0
    assert (home / "x.pt").exists()
    assert not list(Path().iterdir())


def test_f7_a_study_and_its_template_in_the_home_folder(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "base.toml").write_text("[optim]\nlr = 1.0\n")
    (home / "mine.toml").write_text(
        """
        [trainer]
        command = ["true", "{config}"]
        config = "toml"
        template = "~/base.toml"
        metrics = { kind = "jsonl", value = "loss" }
        [study]
        type = "random"
        trials = 2
        [space]
        "optim.lr" = { low = 0.0, high = 1.0 }
        """
    )
    assert cli.run(["sweep", "~/mine.toml", "--cpu-workers", "1", "--dry-run"]) == 0, capfd.readouterr().err
