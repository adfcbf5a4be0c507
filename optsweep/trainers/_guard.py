"""Starts a command and leaves nothing of it behind, however the worker ends; run as a file, standard library only.

Its stdin is a pipe from the worker: where that ends without a word, the worker is gone, and all that the command has
started is killed at once, since another worker may be given the run. SIGTERM is passed on to the command alone.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

NOT_STARTED = 127
PR_SET_CHILD_SUBREAPER = 36


def main(command: list[str]) -> int:
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
    # As a shell says it.
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
    sys.exit(main(sys.argv[1:]))
