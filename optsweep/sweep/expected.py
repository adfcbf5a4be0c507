"""How long a run will take, by what the study's other runs took: asked before a claim where time is short."""

from __future__ import annotations

from statistics import fmean

from optsweep.config import TrainConfig
from optsweep.sweep.lengths import relative_cost
from optsweep.sweep.records import RunRecord, StudySnapshot
from optsweep.sweep.snapshot import read_snapshot
from optsweep.sweep.study import Study


def too_short(study: Study, seconds: float) -> str | None:
    """Why ``seconds`` are not enough for the run that is next, in words; None where they are, or nobody can tell."""
    run = study.queue.next_waiting()
    if run is None:
        return None
    snapshot = read_snapshot(study)
    record = next(record for record in snapshot.runs if record.run == run)
    expected = expected_seconds(snapshot, record)
    if expected is None or expected <= seconds:
        return None
    return f"{run} takes about {expected:.0f} s, and {max(0.0, seconds):.0f} s are left here"


def expected_seconds(snapshot: StudySnapshot, run: RunRecord) -> float | None:
    """The time that is left of ``run``, by the cost of its model and the speed of the finished runs.

    A run that nobody has begun takes as long as others of its kind do to their end. None where no run has finished.
    """
    finished = [other for other in snapshot.runs if other.finished and other.seconds > 0 and other.progress > 0]
    if not finished:
        return None
    costs = [_cost(other) * other.progress for other in finished]
    if (cost := _cost(run)) and all(costs):
        return sum(other.seconds for other in finished) / sum(costs) * cost * (1 - run.progress)
    kind = [other for other in finished if (other.preset is None) == (run.preset is None)]
    return fmean(other.seconds / other.progress for other in kind or finished) * (1 - run.progress)


def _cost(run: RunRecord) -> float:
    """0 where it cannot be told: before its first claim, and for a trainer that is not ours."""
    return relative_cost(TrainConfig.model_validate(run.config)) if "model" in run.config else 0.0
