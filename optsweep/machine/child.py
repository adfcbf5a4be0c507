"""Processes of ours: how a Python module is started as one, and how one ends with its parent. Standard library only."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_PR_SET_PDEATHSIG = 1
# Loaded here: between fork and exec nothing may be loaded.
_libc = ctypes.CDLL(None)


def start_module(module: str, argument: str, environment: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start ``python -m module argument`` with ``environment`` on top of ours; all that it says goes to ``log``.

    It has a session of its own: Ctrl-C on the terminal does not reach it.
    """
    # Not at the top: the process that reads a .pt file wants `end_with_parent` alone, and starts in 40 ms.
    import subprocess

    command, nothing = [sys.executable, "-m", module, argument], subprocess.DEVNULL
    everything = {**os.environ, **environment}
    return subprocess.Popen(command, env=everything, stdin=nothing, stdout=log, stderr=log, start_new_session=True)


def answers_of(module: str, argument: str, environments: Iterable[Mapping[str, str]]) -> list[tuple[int, str, str]]:
    """Exit code, output and errors of ``python -m module argument``, run once in each environment, all at a time."""
    import subprocess

    command, pipe = [sys.executable, "-m", module, argument], subprocess.PIPE
    processes = [
        subprocess.Popen(command, env={**os.environ, **environment}, stdout=pipe, stderr=pipe, text=True)
        for environment in environments
    ]
    said = [process.communicate() for process in processes]
    return [(process.returncode, *words) for process, words in zip(processes, said, strict=True)]


def end_with_parent(number: int) -> None:
    """Ask the kernel to send this process the signal when its parent dies, however it dies (prctl(2))."""
    _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
