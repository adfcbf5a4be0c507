"""A folder to make mistakes in, on a machine whose GPUs are made up; nothing can be started there."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from optsweep import cli
from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from optsweep.workers.launcher import Launcher
from tests.fakes.driver import pynvml

from .outcome import Case, Scene
from .studies import RIGHT


@pytest.fixture(scope="session")
def planned_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus, its subset, and a study that was planned on it; one of its runs has a value, none has ended."""
    folder = tmp_path_factory.mktemp("planned")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("OPTSWEEP_STORAGE", raising=False)
        make_demo(Path("small.pt"), 300)
        Path("mine.toml").write_text(RIGHT)
        assert cli.run(["sweep", "mine.toml", "--data", "small.pt", "--cpu-workers", "1", "--no-launch"]) == 0
    # The planning's connections are still open, and what they wrote may not stand in the database itself yet.
    with closing(sqlite3.connect(folder / "studies" / "optsweep.db")) as connection:
        # With one value: before that its settings may be corrected.
        (run,) = connection.execute("SELECT min(run) FROM optsweep_runs").fetchone()
        connection.execute("UPDATE optsweep_runs SET best_value = 3.0, last_value = 3.0 WHERE run = ?", [run])
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus and its subset."""
    folder = tmp_path_factory.mktemp("corpus")
    make_demo(folder / "small.pt", 300)
    ensure_subset(folder / "small.pt")
    return folder


@pytest.fixture
def scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planned_folder: Path, corpus_folder: Path
) -> Iterator[Scene]:
    """Set a case's scene: its folder (which becomes the working directory), files, environment and GPUs."""

    def refuse(launcher: Launcher) -> int:
        raise AssertionError("the launcher was started")

    def set_up(case: Case) -> Path:
        folder = tmp_path / "folder"
        shutil.copytree(planned_folder if case.planned else corpus_folder, folder)
        for name, content in case.files.items():
            write(folder / name, content)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(Launcher, "run", refuse)
        for name in ("OPTSWEEP_STORAGE", "CUDA_VISIBLE_DEVICES", "FAKE_GPUS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in case.environment.items():
            monkeypatch.setenv(name, value)
        programs = tmp_path / "programs"
        programs.mkdir()
        write_nvidia_smi(programs, case.gpus or [])
        monkeypatch.setitem(sys.modules, "pynvml", pynvml)
        monkeypatch.setenv("PATH", str(programs), prepend=":")
        return folder

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)}
    yield set_up
    for number, handler in handlers.items():
        signal.signal(number, handler)


def write(path: Path, content: bytes | str | Callable[[Path], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if callable(content):
        content(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def write_nvidia_smi(folder: Path, lines: list[str]) -> None:
    """A program that prints ``lines``, as the driver's own does for `nvidia-smi -L`."""
    program = folder / "nvidia-smi"
    program.write_text("#!/bin/sh\ncat <<'LINES'\n" + "".join(line + "\n" for line in lines) + "LINES\n")
    program.chmod(0o755)
