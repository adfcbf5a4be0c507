"""How a script has ended, in one of our words: by its exit status, by how far it came, and by what it said last."""

from __future__ import annotations

import errno
import logging
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from optsweep.files import last_lines
from optsweep.machine.process import FAULT_SIGNALS
from optsweep.outside_text import LIMIT, clean
from optsweep.train.report import Outcome
from optsweep.trainers.last_words import named_error
from optsweep.trainers.numbers.found import Found, missing_value
from optsweep.trainers.script_progress import ScriptProgress
from optsweep.trainers.torchrun import killed_by, without_its_own
from optsweep.trainers.trainer import ScriptFailed

OUT_OF_MEMORY = re.compile(
    r"out of memory|OutOfMemoryError|MemoryError|can.?t allocate memory|cannot allocate memory|not enough memory"
    r"|RESOURCE_EXHAUSTED|STATUS_ALLOC_FAILED",
    re.IGNORECASE,
)
"""As torch, JAX, CUDA's libraries, Python and the system say it."""
EARLY = "ended early by itself"
"""Why a run that is complete ended before its last step, where its study file lets it."""

_OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2}
"""Signals that a run does not send itself: somebody, or a scheduler, wanted the device."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScriptEnd:
    """The end of one call of a script."""

    name: str
    status: int
    """As a shell tells it."""
    said: str
    """The end of its output."""
    memory_ran_out: bool
    """Whether the kernel has killed for memory meanwhile."""
    asked: bool
    """Whether the worker was asked to leave by then, and the script perhaps too."""

    def outcome(self, progress: ScriptProgress, found: Found, folder: Path) -> Outcome:
        """The outcome; raises `ScriptFailed`, or `OSError` if the disk is full."""
        progress.tell_untold()
        if self.status:
            return self._failed(f"{self._how}: {self._error or 'it said nothing'}")
        if not progress.history:
            return self._failed(f"the script succeeded, but {missing_value(found, folder)}")
        short = progress.steps.shortfall()
        if short is None or progress.metrics.ends_early is not False:
            return "complete"
        if self.asked:
            return "interrupted"
        error = named_error(self.said)
        hint = f": {error}" if error else "; if it may end early, say ends_early = true in [trainer.metrics]"
        return self._failed(f"{self.name} ended at {short} with exit code 0{hint}")

    def _failed(self, words: str) -> Outcome:
        if OUT_OF_MEMORY.search(self.said):
            return "out_of_memory"
        if os.strerror(errno.ENOSPC) in self.said:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self._signal == signal.SIGKILL and self.memory_ran_out:
            raise ScriptFailed(f"{self.name} was killed by the kernel's out-of-memory killer")
        if self._signal in _OUTSIDE:
            _logger.warning("%s was ended by %s from outside", self.name, signal.Signals(self._signal).name)
            return "interrupted"
        raise ScriptFailed(words)

    @property
    def _signal(self) -> int:
        return (killed_by(self.said) or self.status - 128) if self.status else 0

    @property
    def _how(self) -> str:
        if self._signal in FAULT_SIGNALS:
            return f"{self.name} was killed by {signal.Signals(self._signal).name}"
        return f"{self.name} ended with {self.status}"

    @property
    def _error(self) -> str:
        # Shorter than a reason may be: words of ours come before it.
        last = clean("".join(last_lines(without_its_own(self.said))).strip(), LIMIT // 2)
        return named_error(self.said) or last
