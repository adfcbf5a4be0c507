"""The tree of errors and the exit codes.

OptsweepError
├── UserError            what a person can cause and can mend: exit code 2, nothing was started
│   ├── ConfigError      a study file or a training config
│   ├── DataError        a FASTA file, a corpus, a subset
│   ├── StorageError     the database: its URL, its reach, what it holds
│   │   └── StudyGone    the study was deleted in the middle
│   └── DeviceError      a GPU, a slot, a count of workers
├── StorageUnavailable   the database did not answer within the deadline, in the middle of a sweep
└── PeerLost             another process that trains the same model is gone
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 3

MAX_LINE, MAX_WORD = 4000, 300
"""Characters of one line and of one word of a message; the mistakes of a whole study file fit."""


class OptsweepError(Exception):
    """Base of everything that this package raises on purpose."""


class UserError(OptsweepError):
    """A mistake of the user's.

    The message is one or two lines: the wrong value, its place, and what would be right.
    """

    @property
    def lines(self) -> list[str]:
        """At most three lines for stderr, the first beginning ``error:``."""
        first, *rest = map(_printable, str(self).splitlines() or ["unknown"])
        return [f"error: {first}", *rest][:3]


def _printable(line: str) -> str:
    # Names out of a file may hold escape sequences, and be of any length.
    words = [word if len(word) <= MAX_WORD else f"{word[:80]}...{word[-20:]}" for word in line.split(" ")]
    shown = " ".join(words)[:MAX_LINE]
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown)


class ConfigError(UserError):
    """A study file or a training config is wrong; holds every mistake that was found."""

    def __init__(self, place: str, mistakes: Sequence[str]) -> None:
        self.place = place
        self.mistakes = list(mistakes)
        if len(self.mistakes) == 1:
            super().__init__(f"{place}: {self.mistakes[0]}")
        else:
            # All of them on the three lines that an error may have: the second is the first one's own.
            first, *rest = (f"({number}) {mistake}" for number, mistake in enumerate(self.mistakes, start=1))
            super().__init__(f"{place}: {len(self.mistakes)} mistakes\n{first}\n" + "  ".join(rest))


class DataError(UserError):
    """A FASTA file, a corpus or a subset cannot be used as it is."""


class StorageError(UserError):
    """The study's database cannot be used as asked."""


class StudyGone(StorageError):
    """The study was deleted while this process worked on it."""


class DeviceError(UserError):
    """A GPU, a slot or a number of workers that this machine does not have."""


class StorageUnavailable(OptsweepError):
    """The database did not answer within the deadline, in the middle of a sweep."""


class PeerLost(OptsweepError):
    """Another process that trains the same model is gone, or out of reach."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known one that is closest, or nothing."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
