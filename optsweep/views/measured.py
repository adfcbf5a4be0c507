"""What `sweep --dry-run --measure` adds: how long every preset takes here, and how long the sweep will."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table

from optsweep.planning.timing import Cost, Measured
from optsweep.results.words import duration


def measured_parts(measured: Measured, num_workers: int) -> list[RenderableType]:
    heads = ("preset", "on", "iteration", "evaluation", "its run in the sweep", "at full length", "memory", "power")
    table = Table(*heads, box=None, pad_edge=False, title="Measured on this machine", title_justify="left")
    for cost in measured.costs:
        table.add_row(cost.preset, cost.kind, *_cells(cost))
    return [table, "", *_sweep_lines(measured, num_workers)]


def _cells(cost: Cost) -> list[str]:
    if cost.iteration is None or cost.evaluation is None or cost.sweep is None or cost.full is None:
        return ["does not fit into memory"]
    memory = f"{cost.memory / 1e9:.1f} GB" if cost.memory is not None else ""
    power = f"{cost.power:.0f} W" if cost.power is not None else ""
    times = [f"{1000 * cost.iteration:.0f} ms", f"{cost.evaluation:.2f} s"]
    return [*times, duration(cost.sweep), duration(cost.full), memory, power]


def _sweep_lines(measured: Measured, num_workers: int) -> list[str]:
    if measured.makespan is None or measured.pruned_makespan is None or measured.longest is None:
        return ["How long the sweep takes cannot be said: a preset does not fit into memory"]
    workers = f"{num_workers} worker" + ("s" if num_workers > 1 else "")
    lines = [
        f"The whole sweep on {workers}: about {duration(measured.makespan)}, "
        f"{duration(measured.pruned_makespan)} with the expected pruning",
        f"No number of workers makes it shorter than its longest run, {duration(measured.longest)}",
        "Sampled runs are taken to cost a sequence what the presets do; compilation is not counted",
    ]
    energies = [cost.power * cost.full / 3.6e6 for cost in measured.costs if cost.power and cost.full]
    if energies:
        lines.append(f"One preset at full length takes {min(energies):.2g} to {max(energies):.2g} kWh on its GPU")
    return lines
