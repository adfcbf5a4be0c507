"""A run's directory: its path, its files, and how much of it is kept when the run ends."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optsweep.errors import StorageError
from optsweep.files import last_lines, tail
from optsweep.outside_text import clean

STUDIES = Path("studies")


def study_directory(study: str) -> Path:
    return STUDIES / _one_folder(study)


def _one_folder(name: str) -> str:
    # Names come from the database, which others may write: none leads out of our folder.
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise StorageError(f"{name[:100]!r} is no name of a study or run of ours; another program wrote it")
    return name


@dataclass(frozen=True)
class RunDirectory:
    """``studies/<study>/runs/<run>/``: config.toml, metrics.jsonl, log_stdout.txt, checkpoint.pt."""

    path: Path

    @classmethod
    def of(cls, study: str, run: str) -> RunDirectory:
        return cls(study_directory(study) / "runs" / _one_folder(run))

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    @property
    def log(self) -> Path:
        return self.path / "log_stdout.txt"

    @contextlib.contextmanager
    def logging_here(self) -> Iterator[None]:
        """Send everything that this process prints, also from C code, to the run's log while the block runs."""
        self.path.mkdir(parents=True, exist_ok=True)
        sys.stdout.flush()
        sys.stderr.flush()
        kept = os.dup(1), os.dup(2)
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            os.dup2(log, 1)
            os.dup2(log, 2)
            yield
        finally:
            # On a full disk there may be something left that the log does not take.
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            for handle in (log, *kept):
                os.close(handle)

    def tail(self, lines: int = 1) -> str:
        """The last lines of the log, of its last 64 KiB, as they may be shown."""
        return "\n".join(clean(line) for line in last_lines(tail(self.log), lines))


def log_to_stdout() -> None:
    """Log to stdout, one line a message; what a full disk does not take is lost."""
    logging.raiseExceptions = False
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", force=True
    )


KEPT_BEST = 3
