"""What launcher and worker agree on: the order that starts a worker, the signals that end it, what its end means."""

from __future__ import annotations

import enum
import json
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import FrameType

from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from optsweep.machine.process import FAULT_SIGNALS, Cause, limit_patience

EXIT_REPLACE = 4
EXIT_FAULT = 5
EXIT_DISK_FULL = 6
EXIT_NO_TIME = 7

NO_SPACE = "no space is left on the disk"
LEAVE_SECONDS = 15.0
"""How long a worker that leaves waits for a database that is away; its runs are reclaimed by another process."""


class Next(enum.Enum):
    """What becomes of a slot whose worker has ended."""

    ANOTHER = "another worker"
    STOP = "no further worker"
    STOP_IF_ASKED = "no further worker if the sweep was stopped"
    PARK = "parked: no worker can work here"
    FAILED_START = "another worker, and parked if it cannot start again and again"
    FAILED_START_IF_IDLE = "the same if it held no run"


@dataclass(frozen=True)
class Exit:
    """What an exit code says."""

    cause: Cause
    """Whether the run that the worker still held is to blame."""
    next: Next


EXITS = {
    EXIT_DONE: Exit(Cause.INTERRUPTION, Next.STOP),
    # It cannot work, and has said why on stderr.
    EXIT_USAGE: Exit(Cause.FAULT, Next.FAILED_START),
    # One worker that was asked to leave from outside is replaced like one that died.
    EXIT_INTERRUPTED: Exit(Cause.INTERRUPTION, Next.STOP_IF_ASKED),
    # It asks for a fresh process; its last run has ended.
    EXIT_REPLACE: Exit(Cause.INTERRUPTION, Next.ANOTHER),
    # Its run raised an error.
    EXIT_FAULT: Exit(Cause.FAULT, Next.ANOTHER),
    EXIT_DISK_FULL: Exit(Cause.INTERRUPTION, Next.PARK),
    # Too little time is left for another run.
    EXIT_NO_TIME: Exit(Cause.INTERRUPTION, Next.STOP),
}
CRASH = Exit(Cause.FAULT, Next.FAILED_START_IF_IDLE)
"""Any other code: an error outside of a run, or of Python itself."""


def exit_of(status: int, out_of_memory_kill: bool) -> tuple[Exit, str]:
    """What a worker's end means and its reason, from the status as `subprocess` gives it (negative: a signal).

    It died by its run's doing, or by something that happened to it (invariant 11).
    """
    if status >= 0:
        return EXITS.get(status, CRASH), f"the worker ended with exit code {status}"
    name = signal.Signals(-status).name
    if status == -signal.SIGKILL and out_of_memory_kill:
        return Exit(Cause.FAULT, Next.ANOTHER), "killed by the kernel's out-of-memory killer"
    cause = Cause.FAULT if -status in FAULT_SIGNALS else Cause.INTERRUPTION
    return Exit(cause, Next.ANOTHER), f"the worker was killed by {name}"


@dataclass(frozen=True)
class WorkerOrder:
    """What a worker must know beside its environment (which holds the storage URL, GPU and thread limits)."""

    study: str
    label: str
    locks: list[str]
    device: str
    threads: int
    launcher: int
    """Pid of the launcher: its death ends the worker; 0 for none."""
    data: str | None
    """The file to train on, on this host; None if the study's script is given none."""
    ends: float | None = None
    """When this place will be taken from us (the time limit of a job), epoch seconds by this host's clock."""
    agreed: str = ""
    """The digest of what the worker may execute (`commands_digest`); empty: the built-in trainer."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))


class Leaving:
    """Whether this process was asked to leave, and by what; passes it on to the run in training."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._leave: Callable[[str], None] | None = None

    def watch(self, leave: Callable[[str], None]) -> None:
        """``leave`` asks the run to leave from now on; a signal may have come already."""
        self._leave = leave
        if self.reason is not None:
            leave(self.reason)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        limit_patience(LEAVE_SECONDS)
        self.reason = self.reason or f"asked to leave by {signal.Signals(number).name}"
        if self._leave is not None:
            self._leave(self.reason)
