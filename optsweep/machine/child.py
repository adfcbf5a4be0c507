"""Processes of ours: how a Python module is started as one, and how it ends. Standard library only."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_PR_SET_PDEATHSIG = 1
# Loaded here: between fork and exec nothing may be loaded.
_libc = ctypes.CDLL(None)


def start_module(
    module: str, argument: str, log: Path, environment: Mapping[str, str], *, piped: bool = False
) -> subprocess.Popen[bytes]:
    """Start ``python -m module argument`` with ``environment`` on top of ours; all that it says is added to ``log``.

    It has a session of its own: Ctrl-C on the terminal does not reach it. ``piped``: its standard input is a pipe,
    which closes when this process dies; else it has none. Raises `OSError` if the log cannot be written.
    """
    # Not at the top: the process that reads a .pt file wants `end_with_parent` alone, and starts in 40 ms.
    import subprocess

    command, stdin = [sys.executable, "-m", module, argument], subprocess.PIPE if piped else subprocess.DEVNULL
    everything = {**os.environ, **environment}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        return subprocess.Popen(command, env=everything, stdin=stdin, stdout=file, stderr=file, start_new_session=True)


def end_by(process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Wait for the process's end until ``deadline`` (`time.monotonic`), then kill it; whether it ended by itself."""
    import subprocess

    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


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
