"""Counts the kernel's out-of-memory kills, and names the signals of a crash."""

from __future__ import annotations

import signal
from pathlib import Path

FAULT_SIGNALS = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}


class OutOfMemoryCounter:
    """The kernel's count of out-of-memory kills in our control group (cgroups(7): v2 memory.events, v1 oom_control)."""

    def __init__(self) -> None:
        self._files = _counter_files()
        self._seen = self._read()

    def increased(self) -> bool:
        """Whether there was a kill since the last call (or since the start)."""
        now = self._read()
        before, self._seen = self._seen, now
        return now > before

    def _read(self) -> int:
        total = 0
        for path in self._files:
            try:
                lines = path.read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
        return total


def _counter_files() -> list[Path]:
    files = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            root, name = Path("/sys/fs/cgroup"), "memory.events"
        elif "memory" in controllers.split(","):
            root, name = Path("/sys/fs/cgroup/memory"), "memory.oom_control"
        else:
            continue
        ours = root / group.lstrip("/") / name
        # In a container the group's path may be the host's, while the mount shows our part of the tree only.
        files.append(ours if ours.exists() else root / name)
    return files
