"""How a study stands, and what happened to one run: documents for `--json`, tables and lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rich.console import RenderableType

from optsweep.plain import Plain
from optsweep.results import words
from optsweep.results.records import RunEvent, RunRecord, StudySnapshot
from optsweep.results.repetition import Repetition, said, use_of
from optsweep.trust.ranking import Ranked
from optsweep.trust.trust import Trust
from optsweep.trust.verdict import Verdict
from optsweep.views.export import run_values
from optsweep.views.ranking import place_words, ranking_part
from optsweep.views.terminal import Line, notes, stack
from optsweep.views.verdict import verdict_document

WORDS = {"reclaimed": "died, and its run was handed back", "out_of_memory": "out of memory"}
"""What does not say by itself what happened."""
NOTHING = "nothing is recorded: histories begin with the first worker of this version of optsweep"
NO_JOBS: Mapping[str, Mapping[str, int]] = {}


def status_document(snapshot: StudySnapshot, verdict: Verdict) -> dict[str, Plain]:
    """The document of `status --json`; numbers that are not finite are null."""
    best = snapshot.best
    return {
        "study": snapshot.study,
        "target": snapshot.target,
        "counts": {str(state): count for state, count in snapshot.counts.items()},
        "finished_runs": snapshot.finished_runs,
        **_reference(snapshot),
        "best": None if best is None else run_values(best, "run", "trial", "preset", "value"),
        "verdict": verdict_document(verdict),
        **({} if (use := use_of(snapshot.definition, snapshot.data)) is None else {"repetition": use.document()}),
        "runs": [_run_document(run, snapshot) for run in snapshot.runs],
    }


def _reference(snapshot: StudySnapshot) -> dict[str, Plain]:
    """What values are compared with, null where it is not known; nothing at all in a study without data."""
    if snapshot.data is None:
        return {}
    known = {key: words.finite(snapshot.reference.get(key)) for key in ("unigram_entropy", "composition_entropy")}
    return {"reference": dict(known)}


def _run_document(run: RunRecord, snapshot: StudySnapshot) -> dict[str, Plain]:
    names = ("run", "preset", "source", "state", "reason", "value", "progress", "worker", "attempts")
    head = names if snapshot.data is None else (*names, "sequences")
    known = {"progress": words.finite(run.progress) or 0.0}
    tail: dict[str, Plain] = {"dir": run.directory, "repeat_of": run.repeat_of, "seeds": snapshot.seeds[run.run]}
    repeated = Repetition.of(run.config, snapshot.trained_on)
    document = run_values(run, *head) | known | {"seconds": words.finite(run.seconds) or 0.0} | tail
    return document if repeated is None else document | repeated.document()


def status_table(
    snapshot: StudySnapshot, trust: Trust, jobs: Mapping[str, Mapping[str, int]] = NO_JOBS
) -> RenderableType:
    """What `optsweep status` prints: the verdict, the ranking, and why runs ended or wait.

    ``jobs`` are its jobs of SLURM: id -> state -> how many of their tasks are in it.
    """
    head: list[RenderableType] = [
        Line(f"Study {words.one_line(snapshot.study)}: {words.counts_words(snapshot)}", "bold"),
        *notes(snapshot),
        *trust.verdict.lines,
    ]
    if jobs:
        head.append(f"SLURM jobs: {', '.join(f'{job} ({words.tally(states)})' for job, states in jobs.items())}")
    use = [words.one_line(line) for line in said(use_of(snapshot.definition, snapshot.data))]
    if not snapshot.runs:
        return stack(*head, "No run is planned yet.", *use)
    end = ["", *use] if use else []
    return stack(*head, "", *ranking_part(snapshot, trust.ranking), *reasons(snapshot.runs), *end)


def reasons(runs: Sequence[RunRecord]) -> list[str]:
    """Lines under a table that say why runs ended or wait; empty if no run has a reason."""
    explained = [f"{words.one_line(run.run)}: {words.state_words(run)}" for run in runs if run.reason]
    return ["", *explained] if explained else []


def history_document(study: str, run: RunRecord, events: Sequence[RunEvent]) -> dict[str, Plain]:
    """The document of `show --json`; ``time`` is in epoch seconds by the database's clock."""
    return {"study": study, "run": run.run, "state": run.state, "events": [asdict(event) for event in events]}


def history_lines(place: Ranked, snapshot: StudySnapshot, events: Sequence[RunEvent]) -> list[str]:
    """The run's place in the ranking, then one line an event: when (UTC), which worker, what; the oldest first."""
    run = place.run
    who = [_who(event) for event in events]
    width = max(map(len, who), default=0)
    lines = [
        f"{words.moment(event.time)}  {name:{width}}  {_what(event)}" for event, name in zip(events, who, strict=True)
    ]
    head = f"{run.run}: {run.state}, {words.counted(run.attempts, 'attempt')}"
    return [head, place_words(place, snapshot), *(lines or [NOTHING])]


def _who(event: RunEvent) -> str:
    worker, host = event.worker or "", event.host or ""
    return worker if not host or host in worker else f"{worker} on {host}"


def _what(event: RunEvent) -> str:
    said, detail = WORDS.get(event.event, event.event), words.one_line(event.detail or "")
    # Reasons of an end often begin with its name: "pruned at 40 %", "skipped by the user".
    return detail if detail.startswith(said) else f"{said}: {detail}" if detail else said
