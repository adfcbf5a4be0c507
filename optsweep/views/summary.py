"""The end of a sweep: what was found, what it cost, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from optsweep.results import words
from optsweep.results.costs import device_seconds, saved_seconds, wall_seconds
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import duration, nats, one_line
from optsweep.trust.trust import NOT_MEASURED, Trust
from optsweep.views.fidelity import budget_words, risk_words, tie_words
from optsweep.views.run_table import Column, RunTable, ranked_columns, state
from optsweep.views.status import reasons
from optsweep.views.terminal import notes, settings_grid, stack


def summary(snapshot: StudySnapshot, next_commands: Sequence[str], trust: Trust = NOT_MEASURED) -> RenderableType:
    """The table of runs, the best configuration, the reference lines, the cost, and the next commands."""
    head = Text(f"Study {one_line(snapshot.study)}: {words.counts_words(snapshot)}", style="bold")
    table = ["", _ranked_table(snapshot, trust), *tie_words(trust.ties), *reasons(snapshot.runs)]
    commands = ["", "Next:", *(f"  {command}" for command in next_commands)]
    return stack(
        head,
        *notes(snapshot, "Stopped"),
        *(table if snapshot.runs else ()),
        "",
        *best_configuration(snapshot),
        "",
        *_costs(snapshot, trust),
        *(commands if next_commands else ()),
    )


def next_commands(snapshot: StudySnapshot) -> list[str]:
    """What to type after a sweep, complete with the study's name."""
    name = f"--name {snapshot.study}"
    if not snapshot.ended:
        return [f"optsweep sweep {name}   # resumes", f"optsweep status {name}"]
    commands = [f"optsweep dashboard {name}", f"optsweep report {name}"]
    if snapshot.trainer.lengths is not None:
        commands += [
            f"optsweep confirm {name}   # the finalists with fresh seeds, on sequences that were never used before",
            f"optsweep promote {name}   # to full length",
        ]
    if snapshot.counts["failed"]:
        commands.insert(0, f"optsweep sweep {name} --retry-failed")
    return commands


def _ranked_table(snapshot: StudySnapshot, trust: Trust) -> RenderableType:
    ranked = trust.ranked(snapshot)
    ranks = {run.run: rank or words.ABSENT for rank, run in ranked}
    columns = [*ranked_columns(ranks, snapshot.runs), Column("state", state)]
    return RunTable([run for _, run in ranked], columns)


def best_configuration(snapshot: StudySnapshot) -> list[RenderableType]:
    """The best run, its parameters and how it compares with the reference lines; or that there is none."""
    best = snapshot.best
    references = words.reference_lines(snapshot)
    if best is None:
        return [_why_none(snapshot), *references]
    head = Text(f"Best: {one_line(best.run)}, {nats(best.value)} {one_line(snapshot.trainer.unit)}", style="bold")
    return [head, *_last_value(best), settings_grid(words.configuration_lines(best)), *references]


def _last_value(best: RunRecord) -> list[str]:
    if words.finite(best.last_value) is None or best.last_value == best.value:
        return []
    return [f"  its last value: {nats(best.last_value)} (the best one was seen before the run's end)"]


def _why_none(snapshot: StudySnapshot) -> str:
    counts = snapshot.counts
    if counts["pruned"]:
        return "No run reached its end (all finished runs were pruned), so there is no best configuration."
    if counts["failed"]:
        return "No run has finished: every run that ended failed, so there is no best configuration."
    return "No run has finished yet, so there is no best configuration."


def _costs(snapshot: StudySnapshot, trust: Trust) -> list[str]:
    lines = [
        f"Wall time: {duration(wall_seconds(snapshot))} (first start to last end), "
        f"{duration(device_seconds(snapshot))} on the devices"
    ]
    if cut := sum(run.cut for run in snapshot.runs):
        lines.append(
            f"Pruning: cut {words.counted(cut, 'run')}, saved about {duration(saved_seconds(snapshot))} "
            "on the devices (an estimate: as if each cut run had gone on to its end at its own speed)"
        )
    else:
        lines.append("Pruning: cut no run")
    return [*lines, *risk_words(trust.risk), *budget_words(snapshot)]
