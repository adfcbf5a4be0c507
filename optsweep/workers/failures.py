"""Failed runs as a person sees them at once: the end of their output, where their log is, and each kind only once."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

from optsweep.files import tail
from optsweep.results.folders import RunDirectory
from optsweep.results.words import one_line
from optsweep.trainers.last_words import last_shown, last_words, named_error

_START = re.compile(
    r"^Starting job: .*\n"
    r"(?:(?:(?:Training iterations|Warmup steps|Preschool steps|Dataset size): |Limiting dataset from "
    r"|Dataset limited to |Training on a fixed sample |Trained again at |\(attempt \d).*\n)*",
    re.MULTILINE,
)
"""The lines with which a worker begins a run's log (`results.words.start_lines`)."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Failures:
    """Tells of each run of a study the first time that it fails here."""

    def __init__(self, study: str, say: Callable[[str], None]) -> None:
        self._study, self._say = study, say
        self._told: set[str] = set()
        self._kinds: dict[str, str] = {}
        """What is the same in failures of one kind -> the run that had it first."""

    def tell(self, run: str, reason: str) -> None:
        """A run has failed, for ``reason``."""
        if run in self._told:
            return
        self._told.add(run)
        kind = _NUMBER.sub("", reason.replace(f"runs/{run}", ""))
        first = self._kinds.setdefault(kind, run)
        with contextlib.suppress(OSError):  # the terminal itself may be gone
            if first != run:
                self._say(f"{run} failed like {first}: {one_line(reason)}")
                return
            directory = RunDirectory.of(self._study, run)
            lines = [f"  | {line}" for line in _end_of(tail(directory.log), run, reason)]
            self._say("\n".join([f"{run} failed: {one_line(reason)}", *lines, f"  its log: {directory.log}"]))


def _end_of(said: str, run: str, reason: str) -> list[str]:
    """The last lines of what the last attempt's training has said, without those that its worker has added."""
    said = _START.split(said)[-1]
    error = named_error(said)
    # A traceback of an earlier attempt may stand further above.
    lines = last_words(said) if error and error in reason else last_shown(said)
    while lines and (lines[-1] == reason or lines[-1].endswith(f"ERROR {run} failed")):
        lines.pop()
    return lines
