"""The guard of a training script: starts it, and kills it with its whole offspring when its worker is gone or silent.

Run as a file, with the standard library only: ``guard.py LOCK UNTIL COMMAND...``. LOCK is the open file that locks the
run's folder; the script inherits it. Standard input is a pipe from the worker, which says in each line until when the
run is certainly its own, in seconds since boot; UNTIL is the first such time. When the pipe ends, or the time comes,
the guard kills all that the command has started: another worker may have the run by then. SIGTERM is passed on to
the command alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

NOT_STARTED = 127
LOOK_SECONDS = 1.0
"""How often the time is looked at, at least: the kernel's own timers stand still while a host sleeps."""
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# Loaded here: between fork and exec nothing may be loaded.
_libc = ctypes.CDLL(None)


def guard(lock: int, until: float, command: list[str]) -> int:
    """Run the command to its end; returns its exit status as a shell tells it."""
    # prctl(2): what the command leaves behind becomes our child, where it can be found.
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    me = os.getpid()

    def end_with_the_guard() -> None:
        """In the child, before it becomes the command; this process has no second thread yet that could hold a lock.

        The signal comes when the thread dies that has started the child: the main one, which waits for its end.
        """
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != me:  # it died before the call
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(lock,), preexec_fn=end_with_the_guard)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return NOT_STARTED
    signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
    silent = threading.Event()
    threading.Thread(target=_end_with_the_worker, args=(until, silent), daemon=True).start()
    status = child.wait()
    _kill_all()
    if silent.is_set():
        print("the worker was silent for so long that another may have the run now: the script was killed")
    return status if status >= 0 else 128 - status


def _end_with_the_worker(until: float, silent: threading.Event) -> None:
    said = b""
    while (left := until - time.clock_gettime(time.CLOCK_BOOTTIME)) > 0:
        if select.select([0], [], [], min(left, LOOK_SECONDS))[0]:
            news = os.read(0, 1 << 16)
            if not news:
                break
            *lines, said = (said + news).split(b"\n")
            until = float(lines[-1]) if lines else until
    else:
        silent.set()
    _kill_all()


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
    sys.exit(guard(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
