"""Which process on which host: enough to tell, on the same host and for certain, whether the holder of a run lives."""

from __future__ import annotations

import functools
import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessIdentity:
    """A process as other processes of its host can recognise it, also after a reboot or when its pid is used again."""

    host: str
    """Host name, machine id and pid namespace: equal only if pids mean the same."""
    boot_id: str
    pid: int
    pid_started: int
    """Clock ticks between boot and the start of the process (proc(5), stat, field 22)."""

    def is_dead(self) -> bool | None:
        """True or False if this process can tell for certain; None for a process of another host."""
        if self.host != this_host():
            return None
        if self.boot_id != this_boot():
            return True
        return start_ticks(self.pid) != self.pid_started


def identify(pid: int | None = None) -> ProcessIdentity:
    """The identity of a live process of this host (by default of this one); raises `ProcessLookupError`."""
    pid = os.getpid() if pid is None else pid
    started = start_ticks(pid)
    if started is None:
        raise ProcessLookupError(pid)
    return ProcessIdentity(this_host(), this_boot(), pid, started)


@functools.cache
def this_host() -> str:
    # Containers of one machine share its boot id but not its pids: the pid namespace tells them apart.
    namespace = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    return f"{platform.node()}/{_read(Path('/etc/machine-id'))[:12]}/{namespace}"


@functools.cache
def this_boot() -> str:
    return _read(Path("/proc/sys/kernel/random/boot_id"))


def start_ticks(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; None if it is gone or only a zombie is left of it."""
    text = _read(Path(f"/proc/{pid}/stat"))
    if not text:
        return None
    # The second field is the command in parentheses and may hold spaces and parentheses itself.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
