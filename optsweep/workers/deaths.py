"""Why a worker died: by its run's doing, or by something that happened to it (invariant 11)."""

from __future__ import annotations

import signal
from pathlib import Path

from optsweep.database.queue import Cause
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED
from optsweep.workers.worker import EXIT_DISK_FULL, EXIT_NO_TIME, EXIT_REPLACE

NO_FAULT = (EXIT_DONE, EXIT_INTERRUPTED, EXIT_REPLACE, EXIT_DISK_FULL, EXIT_NO_TIME)
FAULT_SIGNALS = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}


def classify(status: int, out_of_memory_kill: bool) -> tuple[Cause, str]:
    """Cause and reason of a worker's end, from its exit status as `subprocess` gives it (negative: a signal)."""
    if status >= 0:
        cause = Cause.INTERRUPTION if status in NO_FAULT else Cause.FAULT
        return cause, f"the worker ended with exit code {status}"
    name = signal.Signals(-status).name
    if status == -signal.SIGKILL and out_of_memory_kill:
        return Cause.FAULT, "killed by the kernel's out-of-memory killer"
    cause = Cause.FAULT if -status in FAULT_SIGNALS else Cause.INTERRUPTION
    return cause, f"the worker was killed by {name}"


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
