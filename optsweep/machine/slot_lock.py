"""The lock of a slot: one process of ours on a place of a device at a time, no matter who started it (invariant 12)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
from pathlib import Path
from typing import IO

HOST_LOCKS = Path(f"/tmp/optsweep-{os.getuid()}")
"""Where GPU slots are locked: one place a host and user, whatever the study, the folder or $TMPDIR."""


def lock_path(lock_name: str, device: str, study_directory: Path) -> Path:
    """Where the slot is locked: GPUs host-wide; CPU slots within the study, since cores are shared anyway.

    Other hosts may share the study's folder, and have their own CPUs.
    """
    directory = HOST_LOCKS if device == "cuda" else study_directory / "slots" / platform.node()
    return directory / f"{lock_name}.lock"


def try_hold(path: Path) -> IO[str] | None:
    """Take the lock, to be held until this process ends, or None if another process holds it.

    The kernel frees it at the death of the process; the file names the holder for people.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    with contextlib.suppress(OSError):  # a full disk
        os.ftruncate(handle.fileno(), 0)
        os.write(handle.fileno(), f"{os.getpid()}\n".encode())
    return handle


def holder(path: Path) -> str:
    """The pid of the process that holds the lock, for a message."""
    try:
        return path.read_text().strip() or "unknown"
    except OSError:
        return "unknown"
