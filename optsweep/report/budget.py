"""What a sweep has cost, what pruning saved, and how long the rest will take; plain arithmetic on a snapshot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from optsweep.sweep.records import RunRecord, StudySnapshot


def wall_seconds(snapshot: StudySnapshot) -> float:
    """From the first claim to the last end, or to now while anything runs; pauses between two starts included."""
    starts = [run.started for run in snapshot.runs if run.started is not None]
    if not starts:
        return 0.0
    ends = [run.ended for run in snapshot.runs if run.ended is not None]
    running = any(run.state == "running" for run in snapshot.runs)
    return max(0.0, (snapshot.now if running or not ends else max(ends)) - min(starts))


def device_seconds(snapshot: StudySnapshot) -> float:
    """Time on the devices, summed over all runs."""
    return sum(run.seconds for run in snapshot.runs)


FEWEST_PREDICTIONS = 3
"""Finished runs from which on the error of a prediction can be told."""


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

    A run counts for its last worker, from its first claim on; where two overlap (a run that came back), once.
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


def cut_by_pruner(run: RunRecord) -> bool:
    """Whether the pruner ended the run; diverged and out-of-memory runs are pruned too, but would not have gone on."""
    return run.state == "pruned" and (run.reason or "").startswith("pruned at")


def saved_seconds(snapshot: StudySnapshot) -> float:
    """An estimate of the time that pruning saved: had the cut runs gone on to their end at their own speed."""
    cut = [run for run in snapshot.runs if cut_by_pruner(run) and run.progress > 0]
    return sum(run.seconds / run.progress - run.seconds for run in cut)


def total_sequences(run: RunRecord, definition: Mapping[str, Any]) -> float | None:
    """How many sequences the run sees if it goes to its end: by its config, else by the study file, else unknown."""
    if training := run.config.get("training"):
        return float(training["n_iters"] * training["effective_batch"])
    budget = definition.get("budget")
    if budget is None:
        return None
    presets = {preset["name"]: preset for preset in definition.get("presets", [])}
    preset = presets.get(run.preset)
    full = preset["sweep"]["iterations"] * preset["effective_batch"] if preset else budget["sequences"]
    return float(full * budget["scale"])


def remaining_seconds(snapshot: StudySnapshot) -> float | None:
    """About how long the unfinished runs will take on the workers that run now; None while it is unknown.

    Remaining sequences over the sequences per second of the finished runs. Sampled runs are expected to be cut as
    early as the finished ones were.
    """
    finished = [run for run in snapshot.runs if run.finished and run.seconds > 0 and run.sequences > 0]
    workers = {run.worker for run in snapshot.runs if run.state == "running"}
    if not finished or not workers:
        return None
    speed = sum(run.sequences for run in finished) / sum(run.seconds for run in finished)
    sampled = [run.progress for run in finished if run.source != "preset"]
    remaining = []
    for run in snapshot.runs:
        if run.state in ("running", "waiting"):
            total = total_sequences(run, snapshot.definition)
            if total is None:
                return None
            share = fmean(sampled) if sampled and run.source != "preset" else 1.0
            remaining.append(total * max(0.0, share - run.progress))
    return max(sum(remaining) / len(workers), *remaining) / speed


def prediction_error(snapshot: StudySnapshot) -> float | None:
    """How wrong such predictions were: root mean square of the relative error over finished runs; None below three.

    Each finished run is predicted as `remaining_seconds` would have: from the speed, and where it is a sampled one from
    the usual end, of the others.
    """
    finished = [run for run in snapshot.runs if run.finished and run.seconds > 0 and run.progress > 0 < run.sequences]
    if len(finished) < FEWEST_PREDICTIONS:
        return None
    errors = [_predicted(run, [other for other in finished if other is not run]) / run.seconds - 1 for run in finished]
    return math.sqrt(fmean(error**2 for error in errors))


def _predicted(run: RunRecord, others: Sequence[RunRecord]) -> float:
    speed = sum(other.sequences for other in others) / sum(other.seconds for other in others)
    ends = [other.progress for other in others if other.source != "preset"] if run.source != "preset" else []
    return run.sequences / run.progress * (fmean(ends) if ends else 1.0) / speed


def study_share(snapshot: StudySnapshot) -> float:
    """Share 0..1 of the study's runs that are done, running ones by their progress; a run counts as one."""
    done = sum(1.0 if run.state in ("complete", "pruned", "failed") else run.progress for run in snapshot.runs)
    return min(1.0, done / snapshot.target) if snapshot.target else 1.0
