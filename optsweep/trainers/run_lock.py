"""A run's folder belongs to one training at a time, whatever is left of earlier ones.

Each script, and what it starts, inherits the open file that locks the folder, so that the lock lives as long as any of
them. What was started without inherited files is known by its environment. So what outlived its guard and its worker
is found, and killed, before a successor starts.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from optsweep.trainers.trainer import PlaceInUse

LOCK_FILE = "script.lock"
TRAINING_LOCK = "training.lock"
LEAVE_SECONDS = 10.0
"""Longer than a worker waits between two tries to reach a database (`patience`), and so until it leaves a lost run."""
VARIABLE = "OPTSWEEP_RUN_FOLDER"
WAIT_SECONDS = 60.0
"""How long something of an earlier attempt may take to die."""
POLL_SECONDS = 0.05
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""What file systems say that have no locks."""


def marked(environment: Mapping[str, str], directory: Path) -> dict[str, str]:
    """The environment of a script that trains in ``directory``."""
    return {**environment, VARIABLE: str(directory.resolve())}


@contextlib.contextmanager
def in_turn(directory: Path) -> Iterator[None]:
    """The block trains the run within this process, once the worker that trained it before has let go of its folder.

    A database that came back without its last seconds gives the run to another worker while its holder still trains,
    which learns of it with its next beat. It is not waited for longer than `LEAVE_SECONDS`: one that was stopped asks
    whose the run is before it goes on.
    """
    directory.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LEAVE_SECONDS
    with (directory / TRAINING_LOCK).open("ab") as lock:
        while not _locked(lock) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        yield


def hold(directory: Path, wait_seconds: float | None = None) -> BinaryIO:
    """Kill what earlier attempts left running here, and lock the folder; returns the open file that holds the lock.

    Raises `PlaceInUse` if it is still in use after ``wait_seconds`` (default: WAIT_SECONDS).
    """
    deadline = time.monotonic() + (WAIT_SECONDS if wait_seconds is None else wait_seconds)
    lock = (directory / LOCK_FILE).open("ab")
    while True:
        left = _kill(directory, lock)
        if not left and _locked(lock):
            return lock
        if time.monotonic() > deadline:
            lock.close()
            who = f"process {', '.join(map(str, left))}" if left else "a process of another host or user"
            raise PlaceInUse(f"{who} still works in {directory} for an earlier attempt, and cannot be ended from here")
        time.sleep(POLL_SECONDS)


def end_leftovers(directory: Path) -> None:
    """Kill what a script left running here, as far as this process can."""
    with contextlib.suppress(PlaceInUse):
        hold(directory).close()


def _locked(lock: BinaryIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
    return True


def _kill(directory: Path, lock: BinaryIO) -> list[int]:
    """Send SIGKILL to all that works here; returns who it was."""
    mark = os.fsencode(f"{VARIABLE}={directory.resolve()}")
    # A file that was removed and made again has another name for those who hold it.
    path = os.readlink(f"/proc/self/fd/{lock.fileno()}")
    names = {path, f"{path} (deleted)"}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) != os.getpid() and (_has_mark(folder, mark) or _has_open(folder, names)):
            found.append(int(folder.name))
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(found[-1], signal.SIGKILL)
    return found


def _has_mark(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "environ").read_bytes().split(b"\0")
    except OSError:  # gone, or another user's
        return False


def _has_open(process: Path, names: set[str]) -> bool:
    with contextlib.suppress(OSError):
        for file in (process / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed since
                if os.readlink(file) in names:
                    return True
    return False
