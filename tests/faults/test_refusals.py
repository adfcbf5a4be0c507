"""Places and databases that cannot be used: said in one line, with exit code 2, before anything is written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from optsweep.database.connection import open_storage
from optsweep.database.open_study import open_study
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_USAGE
from optsweep.results.attributes import StudyAttributes
from tests.faults.small_study import SWEEP, Command
from tests.sweeps import Sweeps

PLAN = ("sweep", "--name", "study", *SWEEP, "1", "--no-launch")


def check_refused(result: tuple[int, str], *messages: str) -> None:
    code, output = result
    assert code == EXIT_USAGE, output
    assert output.startswith("error: ")
    assert len(output.splitlines()) <= 3
    for message in messages:
        assert message in output


def test_a_folder_that_cannot_be_written(
    sweeps: Sweeps, optsweep: Command, mounted: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that is mounted read-only: not even root may write there."""
    folder = sweeps.folder / "read-only"
    mounted(folder, "ro,size=1m")
    monkeypatch.chdir(folder)
    data = os.path.relpath(sweeps.folder / "data/corpus.pt")
    study = os.path.relpath(sweeps.folder / "small.toml")
    arguments = ("sweep", study, "--data", data, "--cpu-workers", "2")
    check_refused(optsweep(*arguments), f"folder {folder}", "cannot be written")
    assert sweeps.snapshot() is None
    check_refused(optsweep(*arguments, "--storage", "sqlite:///studies/study.db"), "cannot be written")
    # Looking costs nothing, so that is allowed.
    assert optsweep(*arguments, "--dry-run")[0] == EXIT_DONE


def test_a_database_in_a_folder_that_cannot_be_written(
    sweeps: Sweeps, optsweep: Command, mounted: Callable[[Path, str], None], tmp_path: Path
) -> None:
    assert optsweep(*PLAN)[0] == EXIT_DONE
    folder = tmp_path / "archive"
    mounted(folder, "size=8m")
    shutil.copy(tmp_path / "study.db", folder)
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    check_refused(optsweep(*PLAN, "--storage", f"sqlite:///{folder / 'study.db'}"), "cannot be written")


def test_a_study_that_another_major_version_of_optuna_wrote(sweeps: Sweeps, optsweep: Command) -> None:
    assert optsweep(*PLAN)[0] == EXIT_DONE
    study = open_study(open_storage(storage_url(sweeps.url)), "study")
    study.store(StudyAttributes(versions={"optuna": "4.9.1", "optsweep": "0.1.0", "torch": "2.11.0"}))
    study.storage.close()
    for arguments in (PLAN, ("status", "--name", "study")):
        check_refused(optsweep(*arguments), "written by optuna 4.9.1", "pip install 'optuna==4.9.1'")


def test_a_database_with_the_tables_of_another_optuna(sweeps: Sweeps, optsweep: Command, tmp_path: Path) -> None:
    assert optsweep(*PLAN)[0] == EXIT_DONE
    connection = sqlite3.connect(tmp_path / "study.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v2.6.0.a'")
    connection.close()
    check_refused(optsweep(*PLAN), "optuna storage upgrade --storage")


def test_a_study_of_somebody_elses(sweeps: Sweeps, optsweep: Command) -> None:
    import optuna

    assert optsweep(*PLAN)[0] == EXIT_DONE
    other = optuna.create_study(study_name="other", storage=sweeps.url)
    other.enqueue_trial({"x": 1})
    arguments = [word if word != "study" else "other" for word in PLAN]
    check_refused(optsweep(*arguments), "was not made by optsweep", "--name")
