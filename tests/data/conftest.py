"""Tests of this folder choose their rule of relatedness by the PATH: without MMseqs2, unless they ask for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

WITH_MMSEQS = os.environ.get("PATH", "")


@pytest.fixture(scope="session")
def path_without_mmseqs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The PATH, in which a folder that holds mmseqs is replaced by links to the other programs in it."""
    folders = []
    for number, folder in enumerate(WITH_MMSEQS.split(os.pathsep)):
        if folder and (Path(folder) / "mmseqs").exists():
            links = tmp_path_factory.mktemp(f"programs{number}")
            for program in Path(folder).iterdir():
                if program.name != "mmseqs":
                    (links / program.name).symlink_to(program)
            folder = str(links)
        folders.append(folder)
    return os.pathsep.join(folders)


@pytest.fixture(autouse=True)
def _without_mmseqs(path_without_mmseqs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", path_without_mmseqs)


@pytest.fixture
def with_mmseqs(_without_mmseqs: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program; the test is skipped if it is not installed."""
    program = shutil.which("mmseqs", path=WITH_MMSEQS)
    if program is None:
        pytest.skip("MMseqs2 is not installed (Debian: mmseqs2)")
    monkeypatch.setenv("PATH", WITH_MMSEQS)
    return program


@pytest.fixture
def hide_mmseqs(path_without_mmseqs: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Take MMseqs2 off the PATH in the middle of a test, as on another host."""
    return lambda: monkeypatch.setenv("PATH", path_without_mmseqs)
