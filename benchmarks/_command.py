"""Runs `optsweep` of this checkout in a folder, as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


def optsweep(folder: Path, *arguments: str) -> str:
    """What it printed; raises `CalledProcessError` where it failed."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("OPTSWEEP_STORAGE", None)
    command = [sys.executable, "-m", "optsweep", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment).stdout
