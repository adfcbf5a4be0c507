"""Locks of slots: a place of a device belongs to one process of ours at a time, whoever started it (invariant 12)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from optsweep.errors import DeviceError

HOST_LOCKS = Path(f"/tmp/optsweep-{os.getuid()}")
"""Where GPU slots are locked: one place a host and user, whatever the study, the folder or $TMPDIR."""


class SlotHeld(DeviceError):
    """Another process is at work in a slot."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"held by process {holder}")
        self.holder = holder
        """Its pid, or "unknown"."""


def hold(paths: Iterable[Path]) -> list[IO[str]]:
    """Take all locks, to be held until this process ends, or none: raises `SlotHeld` if another process has one.

    The kernel frees them at the death of the process; the files name the holder for people. Raises `DeviceError` for
    what is no lock file: a link, or a file with another name too, would have us write into what somebody else chose.
    """
    with contextlib.ExitStack() as taken:
        # In one order for all: of two who want the same places, one gets them.
        handles = [taken.enter_context(_hold(path)) for path in sorted(paths)]
        taken.pop_all()
    return handles


def _hold(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with handle:
            raise SlotHeld(handle.read().strip() or "unknown") from None
    with contextlib.suppress(OSError):  # a full disk
        os.ftruncate(handle.fileno(), 0)
        os.write(handle.fileno(), f"{os.getpid()}\n".encode())
    return handle


def _open(path: Path) -> IO[str]:
    try:
        # Without O_NONBLOCK a pipe of that name would keep us waiting.
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        raise DeviceError(f"{path}: cannot be a slot's lock: {error.strerror}; remove it") from None
    found = os.fstat(number)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(number)
        raise DeviceError(f"{path}: cannot be a slot's lock: it is no plain file of one name; remove it")
    return os.fdopen(number, "r+")


def host_locks() -> Path:
    """`HOST_LOCKS`, made if it is missing; raises `DeviceError` unless it is a folder of this user's alone.

    Everybody can guess its name, and make it before us.
    """
    with contextlib.suppress(FileExistsError):
        HOST_LOCKS.mkdir(mode=0o700)
    found = HOST_LOCKS.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        what = f"a folder of user {found.st_uid}" if stat.S_ISDIR(found.st_mode) else "no folder"
        raise DeviceError(f"{HOST_LOCKS}: is {what}; GPUs are locked there, in a folder of your own: have it removed")
    if found.st_mode & 0o077:  # as earlier versions made it
        HOST_LOCKS.chmod(0o700)
    return HOST_LOCKS
