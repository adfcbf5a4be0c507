"""The state of a study: the document behind `status --json` and the table of `status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import (
    ABSENT,
    SYNTHETIC_NOTE,
    best_words,
    counts_words,
    finite,
    is_synthetic,
    nats,
    one_line,
    percent,
    quantity,
    seconds_unit,
    source_words,
    state_words,
)
from optsweep.views.terminal import AsciiSafe, Column, RunTable, name, state
from optsweep.workers.slurm import job_states


def status_document(snapshot: StudySnapshot) -> dict[str, Any]:
    """The plain, JSON-able document of `status --json`; numbers that are not finite are null."""
    best = snapshot.best
    return {
        "study": snapshot.study,
        "target": snapshot.target,
        "counts": dict(snapshot.counts),
        "finished_runs": snapshot.finished_runs,
        "reference": {key: finite(snapshot.reference.get(key)) for key in ("unigram_entropy", "composition_entropy")},
        "best": best and {"run": best.run, "trial": best.trial, "preset": best.preset, "value": finite(best.value)},
        "runs": [_run_document(run) for run in snapshot.runs],
    }


def _run_document(run: RunRecord) -> dict[str, Any]:
    return {
        "run": run.run,
        "preset": run.preset,
        "source": run.source,
        "state": run.state,
        "reason": run.reason,
        "value": finite(run.value),
        "progress": finite(run.progress) or 0.0,
        "worker": run.worker,
        "attempts": run.attempts,
        "sequences": run.sequences,
        "seconds": finite(run.seconds) or 0.0,
        "dir": run.directory,
    }


def status_table(snapshot: StudySnapshot) -> RenderableType:
    """What `optsweep status` prints: how the study stands, its runs, and why runs ended or wait."""
    head = [Text(f"Study {one_line(snapshot.study)}: {counts_words(snapshot)}"), Text(best_words(snapshot))]
    if jobs := job_states(snapshot.slurm_jobs):
        words = ", ".join(f"{job} ({_state_words(states)})" for job, states in jobs.items())
        head.append(Text(f"Jobs of SLURM: {words}"))
    if snapshot.stopped:
        head.append(Text(f"No run is started any more: {one_line(snapshot.stopped)}", style="bold"))
    if is_synthetic(snapshot):
        head.append(Text(SYNTHETIC_NOTE))
    if not snapshot.runs:
        return AsciiSafe(Group(*head, Text("No run is planned yet.")))
    return AsciiSafe(Group(*head, Text(), RunTable(snapshot.runs, _columns(snapshot.runs)), *reasons(snapshot.runs)))


def _state_words(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items())


def _columns(runs: Sequence[RunRecord]) -> list[Column]:
    return [
        Column("run", lambda run: name(run.run), shrinks=True),
        Column("source", source_words),
        Column("state", _state_and_progress),
        Column("value", lambda run: nats(run.value), "right"),
        Column("sequences", lambda run: quantity(run.sequences), "right"),
        Column(seconds_unit(runs), lambda run: f"{finite(run.seconds) or 0:.0f}", "right"),
        Column("worker", lambda run: name(run.worker or ABSENT), optional=True),
    ]


def _state_and_progress(run: RunRecord) -> Text:
    words = state(run)
    return words.append(f" {percent(run.progress)}") if run.state != "complete" and run.progress > 0 else words


def reasons(runs: Sequence[RunRecord]) -> list[RenderableType]:
    """Lines under a table that say why runs ended or wait; empty where no run has a reason."""
    explained = [run for run in runs if run.reason]
    if not explained:
        return []
    return [Text(), *(Text(f"{one_line(run.run)}: {state_words(run)}") for run in explained)]
