"""What a sweep has cost and what pruning saved; plain arithmetic on a snapshot."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from optsweep.results.records import StudySnapshot


def wall_seconds(snapshot: StudySnapshot) -> float:
    """From the first claim to the last end, or to now while anything runs; pauses between two starts included."""
    starts = [run.started for run in snapshot.runs if run.started is not None]
    if not starts:
        return 0.0
    ends = [run.ended for run in snapshot.runs if run.ended is not None]
    running = any(run.state == "running" for run in snapshot.runs)
    return max(0.0, (snapshot.now if running or not ends else max(ends)) - min(starts))


def device_seconds(snapshot: StudySnapshot) -> float:
    """Time on the devices, summed over all runs; one on several devices counts for each."""
    return sum(run.seconds for run in snapshot.runs) * snapshot.definition.gpus_per_run


@dataclass(frozen=True)
class WorkerTimes:
    """How one worker spent the study, in seconds."""

    worker: str
    runs: int
    busy: float
    total: float

    @property
    def idle(self) -> float:
        return self.total - self.busy


def worker_times(snapshot: StudySnapshot) -> list[WorkerTimes]:
    """Busy and idle time of every worker that ended or holds a run, over the study's `wall_seconds`.

    A run counts for its last worker, from its first claim on; if two overlap (a run that came back), that
    time counts once.
    """
    spans: dict[str, list[tuple[float, float]]] = {}
    for run in snapshot.runs:
        if run.worker and run.started is not None:
            end = snapshot.now if run.ended is None else run.ended
            spans.setdefault(run.worker, []).append((run.started, max(run.started, end)))
    total = wall_seconds(snapshot)
    return [WorkerTimes(worker, len(own), min(total, _union(own)), total) for worker, own in sorted(spans.items())]


def _union(spans: Iterable[tuple[float, float]]) -> float:
    """Length of the union of intervals."""
    covered, reached = 0.0, -math.inf
    for start, end in sorted(spans):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def saved_seconds(snapshot: StudySnapshot) -> float:
    """An estimate of what pruning saved of it: had the cut runs gone on to their end at their own speed."""
    cut = [run for run in snapshot.runs if run.cut and run.progress > 0]
    return sum(run.seconds / run.progress - run.seconds for run in cut) * snapshot.definition.gpus_per_run


def patience_seconds(snapshot: StudySnapshot) -> tuple[int, float]:
    """How many runs ended early, since they overfitted, and an estimate of what they would have taken besides."""
    early = [run for run in snapshot.runs if 0 < run.trained < run.progress]
    return len(early), sum(run.seconds / run.trained - run.seconds for run in early)


def study_share(snapshot: StudySnapshot) -> float:
    """Share 0..1 of the study's runs that are done, running ones by their progress; a run counts as one."""
    done = sum(1.0 if run.over else run.progress for run in snapshot.runs)
    return min(1.0, done / snapshot.target) if snapshot.target else 1.0
