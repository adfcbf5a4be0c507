"""What `sweep --dry-run` shows: every planned run, what exists already, the order of the workers, the disk it takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from optsweep.data.demo import DEMO_PATH
from optsweep.data.subset_file import subset_path
from optsweep.importing.prepare import Preview as DataPreview
from optsweep.outside_text import clean
from optsweep.plain import Plain
from optsweep.planning.begin import Preview
from optsweep.planning.session import Session
from optsweep.planning.timing import Cost, Measured
from optsweep.results.attributes import RunIdentity
from optsweep.results.folders import RunDirectory
from optsweep.results.repetition import Repetition, said
from optsweep.results.words import counted, duration, one_line, setting
from optsweep.study.script.command_line import Call
from optsweep.study.script.config import ScriptConfig
from optsweep.trainers.script_start import filled, places_of
from optsweep.trainers.trainer import KnownLengths
from optsweep.views.data import preview_lines
from optsweep.views.terminal import stack

CALL_LIMIT = 20_000
"""Characters of a line that are shown: none of a call is left out, whatever a terminal makes of it."""


def dry_run(preview: Preview, data: DataPreview | None = None, measured: Measured | None = None) -> RenderableType:
    """The plan as tables; nothing has been stored.

    ``data`` is what was found in the user's data, ``measured`` what the presets took on this machine.
    """
    session, plan = preview.session, preview.plan
    peak = preview.peak_disk_bytes
    disk = "what the script writes" if peak is None else f"about {peak / 1e9:.2f} GB of checkpoints"
    return stack(
        "Dry run: nothing is stored or started",
        one_line(session.choice.line(session.name)),
        f"Target {plan.target} runs: {len(plan.existing)} exist, {len(plan.queued)} would be queued",
        *(preview_lines(data) if data is not None else []),
        "Workers: " + ", ".join(f"{slot.label} ({counted(slot.threads, 'thread')})" for slot in session.slots),
        "Order: interrupted runs, presets (longest first), sampled runs, repeats; a free worker takes the next one",
        *([kept_line(session)] if session.kept else []),
        *session.trainer.notes,
        *said(preview.use),
        *([f"Exist: {', '.join(plan.existing)}"] if plan.existing else []),
        *(_queued(preview) if plan.queued else []),
        *_calls(preview, data),
        f"Peak disk: {disk}",
        *(["", *_measured(measured, len(session.slots))] if measured is not None else []),
    )


def kept_line(session: Session) -> str:
    """That a study goes on as it began, though the shipped file says something else by now; empty if it does not."""
    if not session.kept:
        return ""
    name = f"{session.definition.name}.toml"
    return f"The shipped {name} has changed since, the study goes on as it began, with its own {session.kept}"


def _queued(preview: Preview) -> list[RenderableType]:
    """The queued runs in the order in which workers take them."""
    trainer = preview.session.trainer
    lengths: list[RenderableType] = [] if trainer.lengths is None else [_lengths(preview, trainer.lengths), ""]
    parameters = [
        f"{run.run}: " + ", ".join(f"{name} {setting(value)}" for name, value in run.fixed.items())
        for run in preview.plan.queued
        if run.fixed
    ]
    return ["", *lengths, Text("Parameters", style="italic"), *parameters, ""]


def _lengths(preview: Preview, lengths: KnownLengths) -> Table:
    heads = ["order", "run", "iterations", "warmup", "preschool", "batch (micro)", "size", "sequences"]
    size = None if preview.use is None else preview.use.size
    heads += [] if size is None else ["epochs", "parameters per residue"]
    table = Table(*heads, box=None, pad_edge=False, title="Lengths", title_justify="left")
    for place, run in enumerate(preview.plan.queued, start=1):
        config = preview.configs.get(run.run)
        cells = [_decided_later(run)] if config is None else lengths.cells(config)
        if (repeated := Repetition.of(config, size)) is not None:
            cells += [f"{repeated.epochs:.1f}", f"{repeated.parameters_per_residue:.3g}"]
        table.add_row(str(place), run.run, *cells)
    return table


def _decided_later(run: RunIdentity) -> str:
    return "a further seed of one of the best" if run.source == "repeat" else "drawn by TPE when a worker takes it"


def _measured(measured: Measured, num_workers: int) -> list[RenderableType]:
    """How long every preset takes here, and how long the sweep will."""
    heads = (
        "preset",
        "on",
        "iteration",
        "evaluation",
        "compiling",
        "its run in the sweep",
        "at full length",
        "memory",
        "power",
    )
    table = Table(*heads, box=None, pad_edge=False, title="Measured on this machine", title_justify="left")
    for cost in measured.costs:
        table.add_row(cost.preset, cost.kind, *_cost_cells(cost))
    return [table, "", *_sweep_lines(measured, num_workers)]


def _cost_cells(cost: Cost) -> list[str]:
    if cost.iteration is None or cost.evaluation is None or cost.sweep is None or cost.full is None:
        return ["does not fit into memory"]
    memory = f"{cost.memory / 1e9:.1f} GB" if cost.memory is not None else ""
    power = f"{cost.power:.0f} W" if cost.power is not None else ""
    compiling = f"{cost.compilation:.0f} s" if cost.compilation else ""
    times = [f"{1000 * cost.iteration:.0f} ms", f"{cost.evaluation:.2f} s", compiling]
    return [*times, duration(cost.sweep), duration(cost.full), memory, power]


def _sweep_lines(measured: Measured, num_workers: int) -> list[str]:
    if measured.makespan is None or measured.pruned_makespan is None or measured.longest is None:
        return ["How long the sweep takes is unknown: a preset does not fit into memory"]
    lines = [
        f"The whole sweep on {counted(num_workers, 'worker')}: about {duration(measured.makespan)}, "
        f"{duration(measured.pruned_makespan)} with the expected pruning",
        f"With any number of workers it takes at least as long as its longest run, {duration(measured.longest)}",
        "Sampled runs are assumed to take as long per sequence as the presets",
    ]
    energies = [cost.power * cost.full / 3.6e6 for cost in measured.costs if cost.power and cost.full]
    if energies:
        lines.append(f"One preset at full length takes {min(energies):.2g} to {max(energies):.2g} kWh on its GPU")
    return lines


def _first_calls(preview: Preview, data: DataPreview | None) -> Iterator[tuple[str, ScriptConfig, Call, str | None]]:
    """How a script is called for the first run of each kind whose parameters are known, and its config file's text."""
    kinds = set[str]()
    for run in preview.plan.queued:
        config = preview.configs.get(run.run)
        if isinstance(config, ScriptConfig) and run.source not in kinds:
            kinds.add(run.source)
            named = config.model_copy(update={"provenance": {"run": run.run}})
            directory = RunDirectory.of(preview.session.name, run.run).path
            yield run.run, named, *filled(named, places_of(named, directory, _subset(preview, data)))


def _subset(preview: Preview, data: DataPreview | None) -> Path | None:
    """Where the subset is that runs would train on, or will be."""
    session = preview.session
    if not session.trainer.takes_data:
        return None
    if session.known_data is not None:
        return Path(session.known_data.subset)
    if data is None:
        return subset_path(DEMO_PATH)
    return subset_path(data.corpus) if data.subset is None else data.subset


def _calls(preview: Preview, data: DataPreview | None) -> Iterator[str]:
    for run, config, call, text in _first_calls(preview, data):
        yield f"Call of {run}, in {call.cwd}:"
        yield f"  {clean(shlex.join(call.words), CALL_LIMIT)}"
        if config.trainer.env:
            yield f"  with {', '.join(config.trainer.env)} in its environment"
        if text is not None:
            yield f"Its config ({config.trainer.config}):"
            yield from (f"  {clean(line, CALL_LIMIT)}" for line in text.splitlines())
        yield ""


def _data_document(data: DataPreview) -> dict[str, Plain]:
    return {
        "corpus": str(data.corpus),
        "num_sequences": data.num_sequences,
        "subset": None if data.subset is None else str(data.subset),
        "differing_rows": data.num_differing,
        "import": None if data.import_report is None else asdict(data.import_report),
    }


def dry_run_document(
    preview: Preview, data: DataPreview | None = None, measured: Measured | None = None
) -> dict[str, Plain]:
    """The same for programs (`--dry-run --json`)."""
    session, plan = preview.session, preview.plan
    size = None if preview.use is None else preview.use.size
    calls: list[Plain] = [
        {"run": run, "command": [*call.words], "cwd": str(call.cwd), "config_file": text}
        for run, _, call, text in _first_calls(preview, data)
    ]
    return {
        "study": session.name,
        "target": plan.target,
        **({"data": None if data is None else _data_document(data)} if session.trainer.takes_data else {}),
        "existing": plan.existing,
        "taken_over": plan.taken_over,
        "workers": [slot.label for slot in session.slots],
        "peak_disk_bytes": preview.peak_disk_bytes or 0,
        **({} if preview.use is None else {"repetition": preview.use.document()}),
        "queued": [
            {
                "run": run.run,
                "source": run.source,
                "preset": run.preset,
                "parameters": run.fixed if run.run in preview.configs else None,
                "config": config.model_dump(mode="json") if (config := preview.configs.get(run.run)) else None,
                **({} if (repeated := Repetition.of(config, size)) is None else repeated.document()),
            }
            for run in plan.queued
        ],
        **({} if not calls else {"calls": calls}),
        **({} if measured is None else {"measured": asdict(measured)}),
    }
