"""`optsweep train`: training in the foreground, with plain progress lines, on one device or on several GPUs together.

Signals leave a checkpoint; the same command resumes.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.config import TrainConfig, read_config
from optsweep.data.holding_out.exclusion import ensure_exclusion
from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ConfigError
from optsweep.machine.foreground import Place, take_place
from optsweep.machine.group import run_group
from optsweep.results.words import percent, value_words
from optsweep.train.report import Evaluation, TrainReport
from optsweep.views.data import data_progress, exclusion_lines
from optsweep.views.terminal import plain_console

if TYPE_CHECKING:
    from optsweep.machine.devices import Slot


Gpus = Annotated[
    str | None,
    typer.Option(help="Train on these GPUs, one process each: 0,1,2,3 or UUIDs."),
]


def train(
    config: Path,
    data: Annotated[Path, typer.Option(help="A corpus or subset.")],
    device: Annotated[
        str | None,
        typer.Option(help="auto (the default: the first GPU that is free, else the CPU), cpu, cuda or cuda:N."),
    ] = None,
    gpus: Gpus = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory for checkpoint and metrics (default: a folder beside the config).")
    ] = None,
) -> int:
    """Train (or go on) in ``out``, or in a folder beside the config; returns the exit code.

    A process that torchrun has started joins the others. Raises a `UserError` for what is wrong with config, data or
    device, before anything is written.
    """
    # A mistake in the config is said before torch is loaded.
    settings = read_config(config)
    out = out if out is not None else config.with_suffix("")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"--out {out}", ["is a file; name a folder"])
    place = take_place(device, gpus)
    check_shares(config, settings, place)
    return train_at(config, data, out, place)


def check_shares(path: Path, config: TrainConfig, place: Place) -> None:
    """Raise `ConfigError` if a step has no sequence for each process."""
    batch = config.training.effective_batch
    if batch < place.size:
        mistake = f"training.effective_batch = {batch} is too small for {place.size} processes: each needs a sequence"
        raise ConfigError(str(path), [mistake])


def train_at(config: Path, data: Path, out: Path, place: Place) -> int:
    """Train (or go on) in ``out``; returns the exit code."""
    if place.together is not None:
        return _train_together(config, data, out, place, place.together)
    console = plain_console()
    console.quiet = not place.is_first
    # Kept for the loading below: what takes minutes of a large corpus is seen.
    with data_progress(console) as on_progress:
        excluded = ensure_exclusion(data, on_progress)
    for line in exclusion_lines(excluded):
        console.print(line)
    from optsweep.train.device import resolve_device
    from optsweep.train.loop import train_from_file
    from optsweep.train.ranks import join

    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, lambda number, _: received.append(number))
    with join(resolve_device(place.device)) as ranks:
        on_eval = _tell if ranks.is_first else _go_on
        report = train_from_file(
            config, data, place.device, out, on_eval=on_eval, interrupted=lambda: bool(received), ranks=ranks
        )
    if report.outcome == "interrupted":
        code = EXIT_INTERRUPTED
    else:
        code = EXIT_DONE if report.outcome == "complete" or not ranks.is_first else EXIT_FAILED
    if ranks.is_first:
        typer.echo(_end(report, out))
    return code


def _train_together(config: Path, data: Path, out: Path, place: Place, slot: Slot) -> int:
    """Start this command once for each GPU; this process only watches."""
    command = [sys.executable, "-m", "optsweep", "train", f"--data={data}", f"--out={out}"]
    commands = [[*command, f"--device=cuda:{rank}", "--", str(config)] for rank in range(place.size)]
    return run_group(commands, [gpu.label for gpu in slot.gpus], slot.environment, place.locks)


def _tell(evaluation: Evaluation) -> bool:
    origin = " (from the checkpoint)" if evaluation.restored else ""
    typer.echo(f"{percent(evaluation.progress)}  step {evaluation.step}  NELBO {value_words(evaluation.value)}{origin}")
    return True


def _go_on(_: Evaluation) -> bool:
    return True


def _end(report: TrainReport, out: Path) -> str:
    best = (
        f"best NELBO {report.best.value!r} nats per residue at step {report.best.step}" if report.best else "no value"
    )
    if report.outcome == "interrupted":
        return f"Interrupted at step {report.step}; the same command resumes. So far: {best}"
    early = f" ({report.reason})" if report.reason else ""
    return f"{report.outcome.replace('_', ' ').capitalize()} after {report.step} steps{early}: {best}; in {out}"
