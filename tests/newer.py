"""A later version of the program: a copy of it with an entry added here and there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import optsweep

PACKAGE = Path(optsweep.__file__).parent


def newer_version(folder: Path, added: Mapping[str, tuple[str, str]]) -> Path:
    """Copy the program into ``folder`` and put lines after others; returns what to put on Python's path.

    ``added`` has for a file below optsweep/ the line (it has only one like it) and what follows it.
    """
    ignored = shutil.ignore_patterns("__pycache__", "*.db*")
    shutil.copytree(PACKAGE, folder / "optsweep", ignore=ignored)
    shutil.copytree(PACKAGE.parent / "studies", folder / "studies", ignore=ignored)
    (folder / "tests").symlink_to(Path(__file__).parent)
    for name, (line, following) in added.items():
        path = folder / "optsweep" / name
        text = path.read_text()
        assert text.count(line) == 1, f"{name}: {line!r}"
        path.write_text(text.replace(line, line + following))
    return folder


def with_beta1(folder: Path) -> Path:
    """A version that searches the optimiser's beta1 too; its training code has no use for it."""
    searched = "Searched(low=0.8, high=0.95, log=True, added_later=True)"
    field = f"    beta1: Annotated[FiniteFloat, Field(gt=0, lt=1), {searched}] = 0.9\n"
    return newer_version(folder, {"config.py": ("    warmup: NaturalInt\n", field)})


def run(code: Path, cwd: Path, *words: str) -> str:
    """What Python prints with that code of ours on its path; it has to end well."""
    environment = {**os.environ, "PYTHONPATH": str(code)}
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
