"""The process of a training script: started with its whole offspring under guard, and ended politely, or at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

_GUARD = Path(__file__).with_name("_guard.py")
KILL_SECONDS = 10.0


class ScriptProcess:
    """A command in a session of its own; leaving the block kills whatever of it still lives."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_GUARD), *command],
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def __enter__(self) -> ScriptProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, traceback: TracebackType | None) -> None:
        self._kill()

    def poll(self) -> int | None:
        """The exit status as a shell tells it (128 + n after signal n), or None while it runs."""
        status = self._guard.poll()
        return status if status is None or status >= 0 else 128 - status

    def end(self, grace_seconds: float) -> None:
        """Ask the command to end by SIGTERM, and kill it with all that it started if it lives on after the grace."""
        self._guard.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(grace_seconds)
        self._kill()

    def _kill(self) -> None:
        assert self._guard.stdin is not None
        # The guard takes the end of the pipe for our death.
        self._guard.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(KILL_SECONDS)
        # If the guard itself was killed, its group is what can still be found.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._guard.pid, signal.SIGKILL)
        self._guard.wait()
