"""The end of a sweep: what was found, what it cost, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from optsweep.results.costs import cut_by_pruner, device_seconds, saved_seconds, wall_seconds
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import (
    ABSENT,
    configuration_lines,
    counts_words,
    duration,
    finite,
    nats,
    one_line,
    reference_lines,
)
from optsweep.trust.trust import NOT_MEASURED, Trust
from optsweep.views.fidelity import budget_words, risk_words, tie_words
from optsweep.views.status import reasons
from optsweep.views.terminal import (
    RUN,
    SEQUENCES,
    SOURCE,
    VALUE,
    AsciiSafe,
    Column,
    RunTable,
    notes,
    seconds_column,
    settings_grid,
    state,
)


def summary(snapshot: StudySnapshot, next_commands: Sequence[str], trust: Trust = NOT_MEASURED) -> RenderableType:
    """The table of runs, the best configuration, the reference lines, the cost, and the next commands."""
    head = Text(f"Study {one_line(snapshot.study)}: {counts_words(snapshot)}", style="bold")
    parts: list[RenderableType] = [head, *notes(snapshot, "Stopped")]
    if snapshot.runs:
        parts += [Text(), _ranked_table(snapshot, trust), *map(Text, tie_words(trust.ties)), *reasons(snapshot.runs)]
    parts += [Text(), *best_configuration(snapshot), Text(), *_costs(snapshot, trust)]
    if next_commands:
        parts += [Text(), Text("Next:"), *(Text(f"  {command}") for command in next_commands)]
    return AsciiSafe(Group(*parts))


def next_commands(snapshot: StudySnapshot) -> list[str]:
    """What to type after a sweep, complete with the study's name."""
    name = f"--name {snapshot.study}"
    if not snapshot.ended:
        return [f"optsweep sweep {name}   # goes on", f"optsweep status {name}"]
    commands = [f"optsweep dashboard {name}", f"optsweep report {name}"]
    if not snapshot.definition.trains_script:
        commands += [
            f"optsweep confirm {name}   # the finalists with fresh seeds, on sequences that nothing has looked at",
            f"optsweep promote {name}   # to full length",
        ]
    if snapshot.counts["failed"]:
        commands.insert(0, f"optsweep sweep {name} --retry-failed")
    return commands


def _ranked_table(snapshot: StudySnapshot, trust: Trust) -> RenderableType:
    ranked = trust.ranked(snapshot)
    ranks = {run.run: rank or ABSENT for rank, run in ranked}
    rank = Column("rank", lambda run: ranks[run.run], "right")
    columns = [rank, RUN, VALUE, SOURCE, SEQUENCES, seconds_column(snapshot.runs), Column("state", state)]
    return RunTable([run for _, run in ranked], columns)


def best_configuration(snapshot: StudySnapshot) -> list[RenderableType]:
    """The best run, its parameters and where it stands beside the reference lines; or that there is none."""
    best = snapshot.best
    references = [Text(line) for line in reference_lines(snapshot)]
    if best is None:
        return [Text(_why_none(snapshot)), *references]
    head = Text(f"Best: {one_line(best.run)}, {nats(best.value)} {one_line(snapshot.definition.measure)}", style="bold")
    configuration = settings_grid(configuration_lines(best))
    return [head, *_last_value(best), configuration, *references]


def _last_value(best: RunRecord) -> list[RenderableType]:
    if finite(best.last_value) is None or best.last_value == best.value:
        return []
    return [Text(f"  its last value: {nats(best.last_value)} (the best one was seen before the run's end)")]


def _why_none(snapshot: StudySnapshot) -> str:
    counts = snapshot.counts
    if counts["pruned"]:
        return "No run went on to its end (all finished runs were pruned), so there is no best configuration."
    if counts["failed"]:
        return "No run has finished: every run that ended failed, so there is no best configuration."
    return "No run has finished yet, so there is no best configuration."


def _costs(snapshot: StudySnapshot, trust: Trust) -> list[RenderableType]:
    lines = [
        f"Wall time: {duration(wall_seconds(snapshot))} (first start to last end), "
        f"{duration(device_seconds(snapshot))} on the devices"
    ]
    if cut := sum(cut_by_pruner(run) for run in snapshot.runs):
        lines.append(
            f"Pruning: cut {cut} {'run' if cut == 1 else 'runs'}, saved about {duration(saved_seconds(snapshot))} "
            "on the devices (an estimate: each cut run at its own speed to its end)"
        )
    else:
        lines.append("Pruning: cut no run")
    lines += [*risk_words(trust.risk), *budget_words(snapshot)]
    return [Text(line) for line in lines]
