"""Start the mirror beside a sweep and end it with the sweep; the sweep neither waits for it nor fails with it."""

from __future__ import annotations

import contextlib
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from optsweep.errors import ConfigError
from optsweep.results.folders import study_directory

LEAVE_SECONDS = 30.0
"""How long the mirror may take for its last look."""


def check_trackers(names: Sequence[str]) -> None:
    """Raise `ConfigError` where the package of a tracker is not installed."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        extras = ",".join(missing)
        raise ConfigError(
            "trackers", [f"{', '.join(missing)} is not installed: pip install 'optsweep[{extras}]', or set it to false"]
        )


@contextlib.contextmanager
def mirrored(study: str, names: Sequence[str], say: Callable[[str], None]) -> Iterator[None]:
    """Mirror the study's runs into these trackers while the block runs; without any, nothing is started."""
    if not names:
        yield
        return
    folder = study_directory(study) / "trackers"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("ab") as log:
        command = [sys.executable, "-m", "optsweep.integrations.trackers.mirror", study, *names]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
    say(f"Runs are mirrored to {', '.join(names)}: {folder}")
    try:
        yield
    finally:
        assert process.stdin is not None
        died = process.poll() is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            died = True
        if died:
            say(f"The mirror to {', '.join(names)} ended early, which affects no run; its log: {folder / 'log.txt'}")
