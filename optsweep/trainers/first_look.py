"""A first look at a script: called once, in a folder that is thrown away, until its first values are there."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from optsweep.files import tail
from optsweep.study.script.config import ScriptConfig
from optsweep.train.report import Evaluation
from optsweep.trainers.last_words import last_shown
from optsweep.trainers.numbers.found import described
from optsweep.trainers.numbers.readers import open_reader
from optsweep.trainers.numbers.rows import Row
from optsweep.trainers.run_lock import hold
from optsweep.trainers.script_progress import ScriptProgress
from optsweep.trainers.script_start import started
from optsweep.trainers.set_aside import LOG, WORK
from optsweep.trainers.torchrun import without_its_own

LOOK_SECONDS = 60.0
SECOND_SECONDS = 10.0
"""How long the second value may take after the first: it tells whether steps grow."""
POLL_SECONDS = 0.1
LINES = 15
STILL = 5
"""This many rows with one and the same step are no coincidence."""


@dataclass
class FirstLook:
    """What one call of the script has shown."""

    values: list[Evaluation] = field(default_factory=list)
    seconds: float = 0.0
    status: int | None = None
    """Its exit status, if it has ended by itself."""
    found: list[str] = field(default_factory=list)
    """What of its output was read, and what was not, in lines for a person."""
    said: list[str] = field(default_factory=list)
    """Its last lines."""
    steps: list[float] = field(default_factory=list)
    """Those that its rows have named, one after the other."""
    wrong: list[str] = field(default_factory=list)
    diverged: bool = False
    """Whether a value came that is not finite."""

    @property
    def good(self) -> bool:
        """Whether a sweep would have got a value."""
        return bool(self.values)

    @property
    def ending(self) -> str:
        """How it has ended, in words."""
        if self.status is None:
            return f"it was ended after {self.seconds:.1f} s"
        how = f"exit code {self.status}" if self.status <= 128 else f"signal {self.status - 128}"
        return f"it ended by itself after {self.seconds:.1f} s, with {how}"


def look_first(config: ScriptConfig, directory: Path, data: Path | None) -> FirstLook:
    """Call the script in ``directory``, which is empty, until all is clear or `LOOK_SECONDS` are over; then end it.

    Raises `ScriptFailed` if it cannot be called.
    """
    look, log, begun = FirstLook(), directory / LOG, time.monotonic()
    work = directory / WORK
    work.mkdir(parents=True)
    reader = open_reader(config.trainer.metrics, work, log)

    def keep(value: Evaluation) -> bool:
        # One value stands for each point of the study's grid that it passes.
        if not look.values or (value.step, value.value) != (look.values[-1].step, look.values[-1].value):
            look.values.append(value)
        return True

    progress = ScriptProgress(config, directory, keep, None, reader.found)
    enough = LOOK_SECONDS
    with hold(directory) as lock, started(config, directory, data, lock, lambda: math.inf) as script:
        try:
            while not _is_clear(look, enough):
                time.sleep(POLL_SECONDS)
                look.status = script.poll()
                look.seconds = time.monotonic() - begun
                _follow(look, progress, config.trainer.metrics.step, reader.rows(ended=look.status is not None))
                if look.values:
                    enough = min(enough, look.seconds + SECOND_SECONDS)
        finally:
            script.end(config.trainer.grace_seconds)
    look.found = described(reader.found, work)
    look.wrong += [
        *_still(look, config.trainer.metrics.step),
        *_unknown_length(look, progress),
        *_bad_end(look, progress),
    ]
    look.said = last_shown(without_its_own(tail(log)), LINES)
    return look


def _is_clear(look: FirstLook, enough: float) -> bool:
    """Whether the script has ended, told two steps' values or something wrong, or had ``enough`` seconds."""
    steps = {one.step for one in look.values}
    return look.status is not None or bool(look.wrong) or len(steps) > 1 or look.seconds > enough


def _follow(look: FirstLook, progress: ScriptProgress, step: str, rows: Iterable[Row]) -> None:
    for row in rows:
        if step in row:
            look.steps.append(row[step])
        try:
            progress.follow(row)
        except ArithmeticError as error:
            look.diverged = True
            if (words := f"{error}: such a run would be pruned as diverged") not in look.wrong:
                look.wrong.append(words)


def _bad_end(look: FirstLook, progress: ScriptProgress) -> list[str]:
    """That it has told values, and ended in a way that fails a run all the same."""
    if not look.values:
        return []
    short = progress.steps.shortfall()
    if look.status == 0 and short is not None and progress.metrics.ends_early is False:
        return [f"it ended at {short}: such a run fails, unless [trainer.metrics] says ends_early = true"]
    return ["it failed after its first values"] if look.status else []


def _unknown_length(look: FirstLook, progress: ScriptProgress) -> list[str]:
    """That a name which should tell how far the script is has not come with its values."""
    if not look.values or progress.missing is None:
        return []
    return [f"{progress.missing}; without it nothing tells how far a run is, and evaluations are counted"]


def _still(look: FirstLook, step: str) -> list[str]:
    """That steps do not grow, if they should have by now."""
    if len(look.steps) < STILL or len(set(look.steps)) > 1:
        return []
    return [f"{step} stays at {look.steps[0]:g} in all of {len(look.steps)} rows: nothing tells how far the script is"]
