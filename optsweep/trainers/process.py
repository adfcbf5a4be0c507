"""The process of a training script: started with its whole offspring under guard, and ended politely, or at once.

The guard is this module run as a file, with the standard library only. Its stdin is a pipe from the worker: if that
ends without a word, the worker is gone, and all that the command has started is killed at once, since another worker
may be given the run. SIGTERM is passed on to the command alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

KILL_SECONDS = 10.0
NOT_STARTED = 127
PR_SET_CHILD_SUBREAPER = 36


class ScriptProcess:
    """A command in a session of its own; to close it kills whatever of it still lives."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__, *command],
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def poll(self) -> int | None:
        """The exit status as a shell tells it (128 + n after signal n), or None while it runs."""
        status = self._guard.poll()
        return status if status is None or status >= 0 else 128 - status

    def end(self, grace_seconds: float) -> None:
        """Ask the command to end by SIGTERM, and kill it with all that it started if it lives on after the grace."""
        self._guard.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(grace_seconds)
        self.close()

    def close(self) -> None:
        assert self._guard.stdin is not None
        # The guard takes the end of the pipe for our death.
        self._guard.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(KILL_SECONDS)
        # If the guard itself was killed, its group is what can still be found.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._guard.pid, signal.SIGKILL)
        self._guard.wait()


def guard(command: list[str]) -> int:
    """Run the command to its end; returns its exit status as a shell tells it."""
    # prctl(2): what the command leaves behind becomes our child, where it can be found.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return NOT_STARTED
    signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    status = child.wait()
    _kill_all()
    return status if status >= 0 else 128 - status


def _end_with_the_worker() -> None:
    os.read(0, 1)
    _kill_all()
    os._exit(128 + signal.SIGKILL)


def _kill_all() -> None:
    """Kill all that descends from this process; again, until nothing is left that could have started more."""
    while living := _descendants():
        for process in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def _descendants() -> list[int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything; state and parent follow it.
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    found, above = [], [os.getpid()]
    while above:
        above = [process for process, parent in parents.items() if parent in above]
        found += above
    return found


if __name__ == "__main__":
    sys.exit(guard(sys.argv[1:]))
