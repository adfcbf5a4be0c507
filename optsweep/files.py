"""Whole files or none: atomic writes and locks, and the file system they lie on; standard library and filelock only."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

NETWORK_FILESYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "fhgfs", "ceph", "glusterfs", "afs", "pvfs2",
    "orangefs", "ocfs2", "gfs2",
}  # fmt: skip
_OCTAL = re.compile(rb"\\([0-7]{3})")
"""How the table writes spaces, tabs, newlines and backslashes."""
TAIL_BYTES = 1 << 16
LOCAL_FUSE = {"fuse.fuse-overlayfs", "fuse.lxcfs"}


@contextlib.contextmanager
def atomic_path(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it is synced and renamed over ``path``.

    A reader sees the old file or the new one, never a part. On an error the temporary file is removed, as are folders
    that were made for it, and the old file stays; a killed writer leaves a file that `remove_leftovers` finds. A file
    that is not ``durable`` is not synced: it may be gone, or empty, after a power cut.
    """
    with new_folder(path.parent):
        temporary = path.parent.absolute() / f".{path.name}.{os.urandom(4).hex()}.tmp"
        temporary.touch(exist_ok=False)
        try:
            yield temporary
            if durable:
                _sync(temporary)
            temporary.replace(path)
            if durable:
                _sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[None]:
    """Make a folder, and those above it; the ones that were missing go again, if empty, when the block fails."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading; `OSError` for a pipe or a device, which could keep us waiting for ever."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "is a pipe or a device; a file is expected", str(path))
    return path.open("rb")


def tail(path: Path, *, start: int = 0, size: int = TAIL_BYTES) -> str:
    """The last ``size`` bytes of a file as text, of those from ``start`` on; nothing if it cannot be read.

    Logs are read by this alone: a loud script writes hundreds of megabytes.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(start, file.seek(0, os.SEEK_END) - size))
            # Not to its end: it may grow faster than it is read.
            return file.read(size).decode("utf-8", errors="replace")
    except OSError:
        return ""


def last_lines(text: str, lines: int = 1) -> list[str]:
    """The last lines in which something stands; a progress bar, which returns to its beginning, is many lines."""
    return [line for line in re.split("[\r\n]+", text) if line.strip()][-lines:]


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write ``text`` as UTF-8, whole or not at all; what is ``private`` only its owner can read."""
    with atomic_path(path) as temporary:
        if private:
            temporary.chmod(0o600)
        temporary.write_text(text, encoding="utf-8")


def remove_leftovers(path: Path) -> None:
    """Remove what killed writers of ``path`` left beside it; call it only if no other writer can be at work."""
    for leftover in path.parent.glob(f".{path.name}.*.tmp"):
        leftover.unlink(missing_ok=True)


def disk_is_full(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is the system's word for no space, or no quota, left."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextlib.contextmanager
def locked(path: Path, timeout: float = -1) -> Iterator[None]:
    """Hold an exclusive lock on the file ``path``; the kernel drops it when the process dies.

    Raises `TimeoutError` when the lock is not free within ``timeout`` seconds (negative: wait for ever).
    """
    import filelock

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(path, timeout=timeout):
            yield
    except filelock.Timeout as error:
        raise TimeoutError(f"{path} is locked by another process") from error


def network_filesystem(path: Path, mountinfo: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The kind of network file system that ``path`` lies on, or None if it is local (or cannot be told).

    Format of the table: proc(5), /proc/pid/mountinfo.
    """
    try:
        lines = mountinfo.read_bytes().splitlines()
    except OSError:
        return None
    place = Path(os.path.realpath(path))
    kind, depth = None, -1
    for line in lines:
        before, _, after = line.partition(b" - ")
        mount_point = Path(os.fsdecode(_OCTAL.sub(lambda code: bytes([int(code[1], 8)]), before.split()[4])))
        # Later lines hide earlier ones on the same mount point, hence >=.
        if place.is_relative_to(mount_point) and len(mount_point.parts) >= depth:
            kind, depth = after.split()[0].decode(), len(mount_point.parts)
    if kind is None or kind in LOCAL_FUSE:
        return None
    return kind if kind in NETWORK_FILESYSTEMS or kind.startswith("fuse.") else None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
