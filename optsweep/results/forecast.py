"""How long runs will take, by those that were timed: in this study, or by `sweep --dry-run --measure`."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

from optsweep.results.attributes import NEVER_CUT
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trainers.trainer import Work

Task = TypeVar("Task")


def play(tasks: Iterable[Task], free_at: Sequence[float], course: Callable[[Task, int], Iterable[float]]) -> float:
    """Play the tasks in their order on workers that become free at ``free_at``; returns when the last one ends.

    ``course(task, worker)`` yields the moments at which something happens, in seconds from the task's start, its end
    last. It is resumed only when that moment has come, so it may act on what other tasks have done by then.
    """
    waiting = iter(tasks)

    def moments(worker: int) -> Iterator[float]:
        now = free_at[worker]
        yield now
        for task in waiting:
            began = now
            for moment in course(task, worker):
                now = began + moment
                yield now

    # The merge resumes a worker only after it has passed on that worker's moment, the earliest of all.
    return max(heapq.merge(*map(moments, range(len(free_at)))))


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


def works(snapshot: StudySnapshot) -> dict[str, Work]:
    """Each run's work to its own end; runs whose parameters are not drawn yet are taken for average ones."""
    presets = {preset.name: preset.parameters for preset in snapshot.definition.presets}
    known: dict[str, Work] = {}
    for run in snapshot.runs:
        config = run.config
        if config is None and run.preset in presets:
            config = snapshot.trainer.resolve(presets[run.preset], preset=run.preset, seed=0)
        if config is not None:
            known[run.run] = snapshot.trainer.work(config)
    sampled = [known[run.run] for run in snapshot.runs if run.run in known and run.source not in NEVER_CUT]
    like = sampled or list(known.values()) or [Work(1.0, 0.0)]
    usual = Work(fmean(work.iterations for work in like), fmean(work.operations for work in like))
    return {run.run: known.get(run.run, usual) for run in snapshot.runs}


def _pace(snapshot: StudySnapshot, work_of: Mapping[str, Work]) -> Pace | None:
    """From what this study's runs took so far; before any of them tells, from what was measured."""
    timings = Timings()
    for run in snapshot.runs:
        if run.seconds > 0 and run.progress >= (EARLIEST if run.state == "running" else FEWEST):
            timings.add(work_of[run.run] * run.trained, run.seconds)
    if not timings.count:
        for iterations, operations, seconds in snapshot.attributes.measured:
            timings.add(Work(iterations, operations), seconds)
    return timings.pace() if timings.count else None


def expected_seconds(snapshot: StudySnapshot, run: RunRecord) -> float | None:
    """The time that ``run`` needs to its own end; None if nothing was timed."""
    work_of = works(snapshot)
    pace = _pace(snapshot, work_of)
    return None if pace is None else pace.seconds(work_of[run.run]) * (1 - run.progress)


def remaining_seconds(snapshot: StudySnapshot) -> float | None:
    """About how long the unfinished runs will take on the workers that run now; None while it is unknown.

    Each worker takes the next run when it is free. Sampled runs are expected to end where the finished ones did.
    """
    work_of = works(snapshot)
    pace = _pace(snapshot, work_of)
    running = [run for run in snapshot.runs if run.state == "running"]
    if pace is None or not running:
        return None
    ends = [run.trained for run in snapshot.runs if run.finished and run.source not in NEVER_CUT]

    def rest(run: RunRecord) -> float:
        return pace.seconds(work_of[run.run]) * (_expected_end(run, ends) - run.progress)

    busy: dict[str | None, float] = {}
    for run in running:
        busy[run.worker] = busy.get(run.worker, 0.0) + rest(run)
    waiting = [run for run in snapshot.runs if run.state == "waiting"]
    return play(waiting, list(busy.values()), lambda run, _: [rest(run)])


def _expected_end(run: RunRecord, ends: Sequence[float]) -> float:
    """The share of its iterations that a run will do: of a sampled one, as much as those that got farther than it."""
    farther = [end for end in ends if end > run.progress] if run.source not in NEVER_CUT else []
    return fmean(farther) if farther else 1.0


def prediction_error(snapshot: StudySnapshot) -> float | None:
    """How wrong such predictions were: root mean square of the relative error over finished runs; None below three.

    Each finished run is predicted from the others, up to where it ended.
    """
    work_of, timings = works(snapshot), Timings()
    ended = [run for run in snapshot.runs if run.finished and run.seconds > 0 and run.progress > 0]
    if len(ended) < FEWEST_PREDICTIONS:
        return None
    done = [(work_of[run.run] * run.trained, run.seconds) for run in ended]
    for work, seconds in done:
        timings.add(work, seconds)
    errors = []
    for work, seconds in done:
        timings.add(work, seconds, count=-1)
        errors.append(timings.pace().seconds(work) / seconds - 1)
        timings.add(work, seconds)
    return math.sqrt(fmean(error**2 for error in errors))
