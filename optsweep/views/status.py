"""The state of a study: the document behind `status --json` and the table of `status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from optsweep.plain import Plain
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import ABSENT, best_words, counts_words, finite, one_line, percent, state_words
from optsweep.views.documents import run_values
from optsweep.views.run_table import RUN, SEQUENCES, SOURCE, VALUE, Column, RunTable, name, seconds_column, state
from optsweep.views.terminal import notes, stack

NO_JOBS: Mapping[str, Mapping[str, int]] = {}


def status_document(snapshot: StudySnapshot) -> dict[str, Plain]:
    """The document of `status --json`; numbers that are not finite are null."""
    best = snapshot.best
    return {
        "study": snapshot.study,
        "target": snapshot.target,
        "counts": {str(state): count for state, count in snapshot.counts.items()},
        "finished_runs": snapshot.finished_runs,
        "reference": {
            key: finite(snapshot.data.reference.get(key)) for key in ("unigram_entropy", "composition_entropy")
        },
        "best": None
        if best is None
        else {"run": best.run, "trial": best.trial, "preset": best.preset, "value": finite(best.value)},
        "runs": [_run_document(run) for run in snapshot.runs],
    }


def _run_document(run: RunRecord) -> dict[str, Plain]:
    head = ("run", "preset", "source", "state", "reason", "value", "progress", "worker", "attempts", "sequences")
    known = {"progress": finite(run.progress) or 0.0}
    return run_values(run, *head) | known | {"seconds": finite(run.seconds) or 0.0, "dir": run.directory}


def status_table(snapshot: StudySnapshot, jobs: Mapping[str, Mapping[str, int]] = NO_JOBS) -> RenderableType:
    """What `optsweep status` prints: the state of the study, its runs, and why runs ended or wait.

    ``jobs`` are its jobs of SLURM: id -> state -> how many of their tasks are in it.
    """
    head = [f"Study {one_line(snapshot.study)}: {counts_words(snapshot)}", best_words(snapshot)]
    if jobs:
        head.append(f"SLURM jobs: {', '.join(f'{job} ({_counts(states)})' for job, states in jobs.items())}")
    head += notes(snapshot, "No more runs are started")
    if not snapshot.runs:
        return stack(*head, "No run is planned yet.")
    progress = Column("state", _state_and_progress)
    worker = Column("worker", lambda run: name(run.worker or ABSENT), optional=True)
    columns = [RUN, SOURCE, progress, VALUE, SEQUENCES, seconds_column(snapshot.runs), worker]
    return stack(*head, "", RunTable(snapshot.runs, columns), *reasons(snapshot.runs))


def _counts(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items())


def _state_and_progress(run: RunRecord) -> Text:
    words = state(run)
    return words.append(f" {percent(run.progress)}") if run.state != "complete" and run.progress > 0 else words


def reasons(runs: Sequence[RunRecord]) -> list[str]:
    """Lines under a table that say why runs ended or wait; empty if no run has a reason."""
    explained = [f"{one_line(run.run)}: {state_words(run)}" for run in runs if run.reason]
    return ["", *explained] if explained else []
