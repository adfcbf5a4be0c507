"""Which file system a path lies on; standard library only."""

from __future__ import annotations

import os
import re
from pathlib import Path

NETWORK_FILESYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "fhgfs", "ceph", "glusterfs", "afs", "pvfs2",
    "orangefs", "ocfs2", "gfs2",
}  # fmt: skip
_OCTAL = re.compile(rb"\\([0-7]{3})")
"""How the table writes spaces, tabs, newlines and backslashes."""
LOCAL_FUSE = {"fuse.fuse-overlayfs", "fuse.lxcfs"}


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
