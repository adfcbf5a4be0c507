"""Processes of ours: how a Python module is started as one, and how one ends with its parent. Standard library only."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_PR_SET_PDEATHSIG = 1
# Loaded here: between fork and exec nothing may be loaded.
_libc = ctypes.CDLL(None)


def start_module(
    module: str,
    argument: str,
    environment: Mapping[str, str],
    *,
    output: IO[bytes] | int,
    errors: IO[bytes] | int,
    own_session: bool = False,
) -> subprocess.Popen[bytes]:
    """Start ``python -m module argument`` with ``environment`` on top of ours; without a standard input.

    In a session of its own, Ctrl-C on the terminal does not reach it.
    """
    # Not at the top: the process that reads a .pt file wants `end_with_parent` alone, and starts in 40 ms.
    import subprocess

    return subprocess.Popen(
        [sys.executable, "-m", module, argument],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=own_session,
    )


def end_with_parent(number: int) -> None:
    """Ask the kernel to send this process the signal when its parent dies, however it dies (prctl(2))."""
    _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
