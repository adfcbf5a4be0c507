"""How long the rest of a sweep takes, as a range: many futures are drawn from what its runs did so far, and played."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optsweep.results.attributes import NEVER_CUT, after_choice
from optsweep.results.costs import device_seconds
from optsweep.results.ends import Ends
from optsweep.results.pace import EARLIEST, Pace, known_work, latest_first, seconds_beside, timed_works, usual_works
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trainers.trainer import Work

Task = TypeVar("Task")
Draws = npt.NDArray[np.float64]
NORMAL = NormalDist()

FUTURES = 100
"""How many are drawn: enough for a median and two quantiles, few enough for every second."""
RANGE = 0.8
"""How often the truth is to lie within the range."""
DRIFT = 0.25
"""How much faster or slower all that comes may be than what was, as a deviation: other processes, warmer devices."""
DOUBT = 0.3
"""The error of a run's predicted time that counts, as two runs of it would, while few runs have told theirs."""
COMMON = 0.5
"""The part of the differences between sizes that all that comes may have in common."""
WITH_TIME = 0.7
"""The same of the differences of runs from their expected times: others that use the machine come and go."""
BEST = 3
"""Repeats that are not claimed yet are taken to be of one of so many best runs."""
OWN = 0.2
"""A run that has got so far is believed by half to keep its own speed, and by half to be like others."""
PLAYED = 300
"""How many of the waiting runs are played one by one, the last ones."""
BETWEEN = 10.0
"""Seconds for which a worker that has ended a run is taken to be on the way to its next one."""


@dataclass(frozen=True)
class TimeLeft:
    """Seconds until the sweep ends: the middle of what is likely, and a range that holds in 80 % of such looks."""

    seconds: float
    low: float
    high: float


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


def time_left(snapshot: StudySnapshot) -> TimeLeft | None:
    """How long the runs that are left will take on the workers that run now; None while nothing tells."""
    running = [run for run in snapshot.runs if run.state == "running"]
    timed = timed_works(snapshot)
    if not timed or not running:
        return None
    # Always the same draws: what is shown changes when the study does, not at every look.
    futures = _Futures(snapshot, timed, np.random.default_rng(0))
    waiting = _in_turn([run for run in snapshot.runs if run.state == "waiting"])
    ends = futures.when_all_end(running, waiting)
    low, middle, high = np.quantile(
        np.minimum(ends, _allowed(snapshot, running)), [0.5 - RANGE / 2, 0.5, 0.5 + RANGE / 2]
    )
    return TimeLeft(float(middle), float(low), float(high))


class _Futures:
    """What the runs of a study may take; every row of an array is one future."""

    def __init__(self, snapshot: StudySnapshot, timed: list[tuple[Work, float]], rng: np.random.Generator) -> None:
        self._snapshot, self._rng = snapshot, rng
        self._pace = Pace.fitted(timed)
        own = [math.log(seconds / self._pace.seconds(work)) for work, seconds in timed]
        self._errors = self._resampled([*own, DOUBT, -DOUBT])
        usual = [self._pace.seconds(work) for work in usual_works(snapshot)]
        # TPE may go on to other sizes than it has taken so far.
        self._usual = self._resampled(usual) * self._common(COMMON * float(np.std(np.log(usual))))
        self._drift = self._common(math.hypot(DRIFT, WITH_TIME * float(np.std(own))))
        complete = [run for run in snapshot.runs if run.state == "complete" and run.seconds > 0 and run.trained > 0]
        self._whole = {run.run: run.seconds / run.trained for run in complete}
        first = [(snapshot.definition.direction.cost(run.value), run.run) for run in complete if run.value is not None]
        self._best = [self._whole[run] for _, run in sorted(first)[:BEST]]
        self._ends = Ends.of(snapshot)
        self._beside = seconds_beside(snapshot)

    def _common(self, deviation: float) -> Draws:
        """A factor for each future, of which nothing is known but its deviation (of its logarithm)."""
        places = self._rng.permutation((np.arange(FUTURES) + 0.5) / FUTURES)
        return np.exp([deviation * NORMAL.inv_cdf(place) for place in places])[:, None]

    def _resampled(self, seen: Sequence[float]) -> Draws:
        """A sample of what was seen for each future, as that is a sample itself; the first is the latest."""
        return self._rng.choice(np.array(seen), (FUTURES, len(seen)), p=latest_first(len(seen)))

    def _pick(self, resampled: Draws, count: int) -> Draws:
        chosen = self._rng.integers(resampled.shape[1], size=(FUTURES, count))
        return np.take_along_axis(resampled, chosen, axis=1)

    def when_all_end(self, running: list[RunRecord], waiting: list[RunRecord]) -> Draws:
        """Seconds from now, one for each future."""
        workers = list(dict.fromkeys(run.worker for run in running))
        free = np.zeros((FUTURES, len(workers) + _idle_workers(self._snapshot, workers, waiting)))
        rest = self._rest(running)
        for place, run in enumerate(running):
            free[:, workers.index(run.worker)] += np.maximum(0.0, rest[:, place] - self._unseen(run))
        rest = self._rest(waiting) + self._beside
        # The first ones of a long queue keep all workers busy: when each of them ends does not matter.
        many = max(0, len(waiting) - PLAYED)
        free += rest[:, :many].sum(axis=1, keepdims=True) / free.shape[1]
        every, last = np.arange(FUTURES), len(waiting) - _after_choice(self._snapshot, waiting)
        for place in range(many, len(waiting)):
            if place == last:
                free[:] = free.max(axis=1, keepdims=True)
            seconds = rest[:, place]
            first = free.argmin(axis=1)
            free[every, first] += seconds
        latest: Draws = free.max(axis=1)
        return latest

    def _rest(self, runs: list[RunRecord]) -> Draws:
        whole = self._pick(self._usual, len(runs))
        errors = self._pick(self._errors, len(runs))
        for place, run in enumerate(runs):
            expected = self._expected(run)
            if expected is None:
                continue
            whole[:, place] = expected
            if run.source == "repeat" and self._best:
                # The run that it repeats told how long it takes.
                errors[:, place] = 0.0
            if run.progress >= EARLIEST and run.seconds > 0 and (expected := float(np.mean(expected))):
                believed = run.progress / (run.progress + OWN)
                own = math.log(run.seconds / (expected * run.trained))
                errors[:, place] = believed * own + (1 - believed) * errors[:, place]
        done = np.array([run.progress for run in runs])
        shares = self._ends.drawn(done, [run.source not in NEVER_CUT for run in runs], FUTURES, self._rng) - done
        rest: Draws = whole * np.exp(errors) * shares * self._drift
        return rest

    def _expected(self, run: RunRecord) -> float | Draws | None:
        """Seconds of the whole run, or some for each future; None if it is like any other."""
        if run.repeat_of in self._whole:
            return self._whole[run.repeat_of]
        if run.source == "repeat" and run.config is None and self._best:
            return self._rng.choice(self._best, FUTURES)
        work = known_work(self._snapshot, run)
        return None if work is None else self._pace.seconds(work)

    def _unseen(self, run: RunRecord) -> float:
        """Seconds that a run in training has gone on since it last told how far it is."""
        if run.attempts > 1 or run.started is None:
            return 0.0
        return min(BETWEEN, max(0.0, self._snapshot.now - run.started - run.seconds - self._beside))


def _in_turn(waiting: list[RunRecord]) -> list[RunRecord]:
    """In the order in which workers take them: what was interrupted, presets, sampled runs, repeats."""
    return sorted(waiting, key=lambda run: (run.attempts == 0, run.source == "repeat", run.source != "preset"))


def _idle_workers(snapshot: StudySnapshot, busy: list[str | None], waiting: list[RunRecord]) -> int:
    """Workers without a run that will take one: they have just ended one, or wait until repeats may begin."""
    since = snapshot.now - BETWEEN if any(run.source != "repeat" for run in waiting) else 0.0
    return len({run.worker for run in snapshot.runs if run.over and (run.ended or 0.0) >= since} - set(busy))


def _after_choice(snapshot: StudySnapshot, waiting: list[RunRecord]) -> int:
    """How many of the waiting repeats begin only when all else has ended; see `optsweep.database.repeats`."""
    unclaimed = sum(run.source == "repeat" and run.repeat_of is None for run in waiting)
    repeats = sum(run.source == "repeat" for run in snapshot.runs)
    return min(unclaimed, after_choice(repeats))


def _allowed(snapshot: StudySnapshot, running: list[RunRecord]) -> float:
    """Seconds until a limit of the study ends it at the latest."""
    deadline, hours = snapshot.attributes.deadline, snapshot.attributes.max_gpu_hours
    allowed = math.inf if deadline is None else deadline - snapshot.now
    if hours is not None:
        left = 3600 * hours - device_seconds(snapshot)
        allowed = min(allowed, left / (len(running) * snapshot.definition.gpus_per_run))
    return max(0.0, allowed)
