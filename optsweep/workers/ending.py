"""How a launcher has ended: its exit code, and why, in words."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from optsweep.results.records import StudySnapshot
from optsweep.results.words import end_words


@dataclass(frozen=True)
class Ending:
    snapshot: StudySnapshot
    received: Sequence[int]
    """The signals that asked it to leave."""
    parked: Sequence[str]
    """Which slots are parked, and why."""
    ends: bool
    """Whether its place is taken from it at some time."""

    @property
    def exit_code(self) -> int:
        if self.snapshot.ended:
            return EXIT_FAILED if self.snapshot.counts["failed"] else EXIT_DONE
        parked_out = self.parked and not self.received and self.snapshot.stopped is None
        return EXIT_FAILED if parked_out else EXIT_INTERRUPTED

    @property
    def reason(self) -> str:
        if self.snapshot.ended:
            return end_words(self.snapshot) or ""
        if self.received:
            return f"asked to leave by {signal.Signals(self.received[0]).name}"
        if self.snapshot.stopped is not None:
            return self.snapshot.stopped
        no_time = "too little time is left here for another run"
        return "; ".join(self.parked) or (no_time if self.ends else "no worker is left here")
