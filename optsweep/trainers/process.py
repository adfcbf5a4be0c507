"""The process of a training script: started with its whole offspring under guard, and ended politely, or at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from optsweep.trainers import guard
from optsweep.trainers.run_lock import end_leftovers, marked

KILL_SECONDS = 10.0
SPEAK_SECONDS = 1.0
"""How often the guard is told until when the run is ours."""


class ScriptProcess:
    """A command in a session of its own; to close it kills whatever of it still lives.

    The open file ``lock`` (`run_lock.hold`) passes over to it. ``held_until`` says until when the run is certainly ours
    (`optsweep.machine.process.uptime`); the script does not live longer, whatever becomes of this process. It is called
    in ``cwd`` (default: this process's).
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        lock: BinaryIO,
        held_until: Callable[[], float],
        cwd: Path | None = None,
    ) -> None:
        self._directory, self._held_until = log.parent, held_until
        number = lock.fileno()
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__, str(number), repr(held_until()), *command],
                cwd=cwd,
                env=marked(environment, self._directory),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=(number,),
                start_new_session=True,
            )
        # It is to be locked as long as anything of the script lives, and no longer.
        lock.close()
        self._closing = threading.Event()
        self._speaker = threading.Thread(target=self._speak, name="to the guard", daemon=True)
        self._speaker.start()

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
        self._closing.set()
        self._speaker.join()
        assert self._guard.stdin is not None
        # The guard takes the end of the pipe for our death.
        self._guard.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(KILL_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._guard.pid, signal.SIGKILL)
        if self._guard.wait() < 0:
            # The guard itself was killed: nobody has ended what the script had started.
            end_leftovers(self._directory)

    def _speak(self) -> None:
        """Tell the guard, from a thread of its own: the worker may wait long for a database, and still hold the run."""
        assert self._guard.stdin is not None
        pipe = self._guard.stdin.fileno()
        # A guard that was stopped reads nothing; it needs the newest word alone.
        os.set_blocking(pipe, False)
        while not self._closing.wait(SPEAK_SECONDS):
            with contextlib.suppress(BlockingIOError):
                try:
                    os.write(pipe, f"{self._held_until()!r}\n".encode())
                except BrokenPipeError:
                    return
