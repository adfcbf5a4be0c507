"""How long runs will take, by those that were timed: in this study, or by `sweep --dry-run --measure`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.schedule import play
from optsweep.trainers.trainer import Work

FEWEST_PREDICTIONS = 3
"""With fewer finished runs nothing is said of the error of predictions."""
EARLIEST = 0.1
"""Share of a running run that must be done before its speed counts: a process's first iterations are slow."""
FEWEST = 0.01
"""The same for a run that has ended."""


@dataclass(frozen=True)
class Pace:
    """Seconds = ``per_iteration`` * iterations + ``per_operation`` * operations."""

    per_iteration: float
    per_operation: float

    def seconds(self, work: Work) -> float:
        return self.per_iteration * work.iterations + self.per_operation * work.operations


class Timings:
    """Work that was done and the seconds that it took, as the sums from which a pace is fitted.

    x and y stand for iterations and operations a second; a pace (p, q) is off by p x + q y - 1, relatively.
    """

    def __init__(self) -> None:
        self.count = 0
        self._x = self._y = self._xx = self._xy = self._yy = 0.0

    def add(self, work: Work, seconds: float, count: int = 1) -> None:
        """Count one more run; with ``count`` -1, take one out again."""
        x, y = work.iterations / seconds, work.operations / seconds
        self.count += count
        self._x += count * x
        self._y += count * y
        self._xx += count * x * x
        self._xy += count * x * y
        self._yy += count * y * y

    def pace(self) -> Pace:
        """The pace with the least relative errors, neither part of it below 0; something must have been timed."""
        determinant = self._xx * self._yy - self._xy**2
        # One size of model alone says nothing of the two parts.
        if determinant > 1e-9 * self._xx * self._yy:
            per_iteration = (self._x * self._yy - self._y * self._xy) / determinant
            per_operation = (self._y * self._xx - self._x * self._xy) / determinant
            if min(per_iteration, per_operation) >= 0:
                return Pace(per_iteration, per_operation)
        by_iterations = Pace(self._x / self._xx, 0.0)
        by_operations = Pace(0.0, self._y / self._yy) if self._yy else by_iterations
        return min(by_operations, by_iterations, key=self._squared_error)

    def _squared_error(self, pace: Pace) -> float:
        p, q = pace.per_iteration, pace.per_operation
        squares = p * p * self._xx + 2 * p * q * self._xy + q * q * self._yy
        return squares - 2 * p * self._x - 2 * q * self._y + self.count


class Works:
    """The work of every run of a study, also of those whose parameters are not drawn yet."""

    def __init__(self, snapshot: StudySnapshot) -> None:
        self._trainer = snapshot.trainer
        self._presets = {preset.name: preset.parameters for preset in snapshot.definition.presets}
        self._known = {run.run: work for run in snapshot.runs if (work := self._known_work(run)) is not None}
        sampled = [self._known[run.run] for run in snapshot.runs if run.run in self._known and run.source != "preset"]
        like = sampled or list(self._known.values())
        self._usual = (
            Work(fmean(work.iterations for work in like), fmean(work.operations for work in like))
            if like
            else Work(1.0, 0.0)
        )

    def of(self, run: RunRecord) -> Work:
        """The work of a whole run, to its own end."""
        return self._known.get(run.run, self._usual)

    def _known_work(self, run: RunRecord) -> Work | None:
        config = run.config
        if config is None and run.preset in self._presets:
            config = self._trainer.resolve(self._presets[run.preset], preset=run.preset, seed=0)
        return None if config is None else self._trainer.work(config)


def _pace(snapshot: StudySnapshot, works: Works) -> Pace | None:
    """From what this study's runs took so far; before any of them tells, from what was measured."""
    timings = Timings()
    for run in snapshot.runs:
        if run.seconds > 0 and run.progress >= (EARLIEST if run.state == "running" else FEWEST):
            timings.add(works.of(run) * run.progress, run.seconds)
    if not timings.count:
        for iterations, operations, seconds in snapshot.attributes.measured:
            timings.add(Work(iterations, operations), seconds)
    return timings.pace() if timings.count else None


def expected_seconds(snapshot: StudySnapshot, run: RunRecord) -> float | None:
    """The time that ``run`` needs to its own end; None if nothing was timed."""
    works = Works(snapshot)
    pace = _pace(snapshot, works)
    return None if pace is None else pace.seconds(works.of(run)) * (1 - run.progress)


def remaining_seconds(snapshot: StudySnapshot) -> float | None:
    """About how long the unfinished runs will take on the workers that run now; None while it is unknown.

    Each worker takes the next run when it is free. Sampled runs are expected to end where the finished ones did.
    """
    works = Works(snapshot)
    pace = _pace(snapshot, works)
    running = [run for run in snapshot.runs if run.state == "running"]
    if pace is None or not running:
        return None
    ends = [run.progress for run in snapshot.runs if run.finished and run.source != "preset"]

    def rest(run: RunRecord) -> float:
        return pace.seconds(works.of(run)) * (_expected_end(run, ends) - run.progress)

    busy: dict[str | None, float] = {}
    for run in running:
        busy[run.worker] = busy.get(run.worker, 0.0) + rest(run)
    waiting = [run for run in snapshot.runs if run.state == "waiting"]
    return play(waiting, list(busy.values()), lambda run, _: [rest(run)])


def _expected_end(run: RunRecord, ends: Sequence[float]) -> float:
    """The share of its iterations that a run will do: of a sampled one, as much as those that got farther than it."""
    farther = [end for end in ends if end > run.progress] if run.source != "preset" else []
    return fmean(farther) if farther else 1.0


def prediction_error(snapshot: StudySnapshot) -> float | None:
    """How wrong such predictions were: root mean square of the relative error over finished runs; None below three.

    Each finished run is predicted from the others, up to where it ended.
    """
    works, timings = Works(snapshot), Timings()
    ended = [run for run in snapshot.runs if run.finished and run.seconds > 0 and run.progress > 0]
    if len(ended) < FEWEST_PREDICTIONS:
        return None
    done = [(works.of(run) * run.progress, run.seconds) for run in ended]
    for work, seconds in done:
        timings.add(work, seconds)
    errors = []
    for work, seconds in done:
        timings.add(work, seconds, count=-1)
        errors.append(timings.pace().seconds(work) / seconds - 1)
        timings.add(work, seconds)
    return math.sqrt(fmean(error**2 for error in errors))
