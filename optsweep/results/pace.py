"""How fast runs are, by those that were timed: in this study, or by `sweep --dry-run --measure`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from optsweep.results.attributes import NEVER_CUT
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.run_config import RunConfig
from optsweep.trainers.trainer import Work

EARLIEST = 0.1
"""Share of a running run that must be done before its speed counts: a process's first iterations are slow."""
FEWEST = 0.01
"""The same for a run that has ended."""
RECENT = 300
"""How many of the runs that ended last tell the pace: more would take long to go through, and say nothing more."""
LATEST = 3.0
"""The earliest of them counts exp(-3) of what the latest does."""
DRAWN = 6
"""How many configurations of the space stand for runs that nobody has drawn yet."""


@dataclass(frozen=True)
class Pace:
    """Seconds = ``per_iteration`` * iterations + ``per_operation`` * operations."""

    per_iteration: float
    per_operation: float

    def seconds(self, work: Work) -> float:
        return self.per_iteration * work.iterations + self.per_operation * work.operations

    @classmethod
    def fitted(cls, timed: Sequence[tuple[Work, float]]) -> Pace:
        """The pace with the least relative errors of work that was timed, the latest first, neither part below 0.

        x and y stand for iterations and operations a second; a pace (p, q) is off by p x + q y - 1, relatively.
        """
        weights = latest_first(len(timed))
        x = np.array([work.iterations / seconds for work, seconds in timed])
        y = np.array([work.operations / seconds for work, seconds in timed])
        sum_x, sum_y, xx, yy, xy = (float(weights @ column) for column in (x, y, x * x, y * y, x * y))
        determinant = xx * yy - xy**2
        # One size of model alone says nothing of the two parts.
        if determinant > 1e-9 * xx * yy:
            pace = cls((sum_x * yy - sum_y * xy) / determinant, (sum_y * xx - sum_x * xy) / determinant)
            if min(pace.per_iteration, pace.per_operation) >= 0:
                return pace
        by_iterations = cls(sum_x / xx, 0.0)
        by_operations = cls(0.0, sum_y / yy) if yy else by_iterations

        def error(pace: Pace) -> float:
            return float(weights @ (pace.per_iteration * x + pace.per_operation * y - 1) ** 2)

        return min(by_operations, by_iterations, key=error)


def latest_first(count: int) -> npt.NDArray[np.float64]:
    """How much each of ``count`` counts, the latest the most: machines slow down, and TPE learns what to take."""
    weights = np.exp(-LATEST * np.arange(count) / count)
    normed: npt.NDArray[np.float64] = weights / weights.sum()
    return normed


def told(snapshot: StudySnapshot) -> list[RunRecord]:
    """The runs that tell how long others take, the latest first to end, and before them those in training."""
    running = [run for run in snapshot.runs if run.state == "running"]
    ended = [run for run in snapshot.runs if run.over]
    latest = sorted(ended, key=lambda run: run.ended or 0.0, reverse=True)[:RECENT]
    return running + latest


def known_work(snapshot: StudySnapshot, run: RunRecord) -> Work | None:
    """The run's work to its own end; None until its parameters are drawn."""
    config: RunConfig | None = run.config
    if config is None and run.preset is not None:
        presets = {preset.name: preset.parameters for preset in snapshot.definition.presets}
        if run.preset in presets:
            config = snapshot.trainer.resolve(presets[run.preset], preset=run.preset, seed=0)
    return None if config is None else snapshot.trainer.work(config)


def usual_works(snapshot: StudySnapshot) -> list[Work]:
    """What sampled runs are like: those that are known, and a few of the space, which count while few are known."""
    runs = [run for run in told(snapshot) if run.source not in NEVER_CUT or not snapshot.definition.num_sampled]
    known = [work for run in runs if (work := known_work(snapshot, run)) is not None]
    return known + _of_space(snapshot)


def _of_space(snapshot: StudySnapshot) -> list[Work]:
    definition, trainer = snapshot.definition, snapshot.trainer
    if trainer.lengths is None:
        # How long a script's runs take, nothing says but they themselves.
        return [Work(1.0, 0.0)]
    found = []
    for number in range(DRAWN):
        drawn = definition.space.draw(definition.space.generators(f"time left/{number}"), {})
        config = trainer.resolve(definition.candidates(drawn, {})[0], preset=None, seed=0)
        found.append(trainer.work(config))
    return found


def timed_works(snapshot: StudySnapshot) -> list[tuple[Work, float]]:
    """Work and the seconds that it took: of this study's runs; before any of them tells, what was measured."""
    timed = []
    for run in told(snapshot):
        far_enough = run.progress >= (EARLIEST if run.state == "running" else FEWEST)
        if run.seconds > 0 and far_enough and (work := known_work(snapshot, run)) is not None:
            timed.append((work * run.trained, run.seconds))
    measured = snapshot.attributes.measured
    return timed or [(Work(iterations, operations), seconds) for iterations, operations, seconds in measured]


def seconds_beside(snapshot: StudySnapshot) -> float:
    """What a run takes beside its time on the device: to load, to start a script, to save."""
    ended = [run for run in told(snapshot) if run.over and run.attempts == 1]
    beside = [run.ended - run.started - run.seconds for run in ended if run.ended and run.started is not None]
    return max(0.0, median(beside)) if beside else 0.0


def expected_seconds(snapshot: StudySnapshot, run: RunRecord) -> float | None:
    """The time that ``run`` needs to its own end; None if nothing was timed."""
    timed = timed_works(snapshot)
    if not timed:
        return None
    pace, own = Pace.fitted(timed), known_work(snapshot, run)
    if own is not None:
        return pace.seconds(own) * (1 - run.progress)
    works = usual_works(snapshot)
    return sum(map(pace.seconds, works)) / len(works) * (1 - run.progress)
