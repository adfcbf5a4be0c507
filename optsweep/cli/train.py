"""`optsweep train`: one training run in the foreground, with plain progress lines; signals leave a checkpoint."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from optsweep.config import read_config
from optsweep.data.holding_out.exclusion import ensure_exclusion
from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ConfigError
from optsweep.results.words import nats, percent
from optsweep.train.report import Evaluation, TrainReport
from optsweep.views.data import data_progress, exclusion_lines
from optsweep.views.terminal import plain_console


def train(
    config: Path,
    data: Annotated[Path, typer.Option(help="A corpus or subset.")],
    device: str = "auto",
    out: Annotated[
        Path | None, typer.Option(help="Directory for checkpoint and metrics (default: a folder beside the config).")
    ] = None,
) -> int:
    """Train (or go on) in ``out``, or in a folder beside the config; returns the exit code."""
    # A mistake in the config is said before torch is loaded.
    read_config(config)
    out = out if out is not None else config.with_suffix("")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"--out {out}", ["is a file; name a folder"])
    console = plain_console()
    # Kept for the loading below: what takes minutes of a large corpus is seen.
    with data_progress(console) as on_progress:
        excluded = ensure_exclusion(data, on_progress)
    for line in exclusion_lines(excluded):
        console.print(line)
    from optsweep.train.loop import train_from_file

    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, lambda number, _: received.append(number))
    report = train_from_file(config, data, device, out, on_eval=_tell, interrupted=lambda: bool(received))
    typer.echo(_end(report, out))
    if report.outcome == "interrupted":
        return EXIT_INTERRUPTED
    return EXIT_DONE if report.outcome == "complete" else EXIT_FAILED


def _tell(evaluation: Evaluation) -> bool:
    origin = " (from the checkpoint)" if evaluation.restored else ""
    typer.echo(f"{percent(evaluation.progress)}  step {evaluation.step}  NELBO {nats(evaluation.value)}{origin}")
    return True


def _end(report: TrainReport, out: Path) -> str:
    best = (
        f"best NELBO {report.best.value!r} nats per residue at step {report.best.step}" if report.best else "no value"
    )
    if report.outcome == "interrupted":
        return f"Interrupted at step {report.step}; the same command resumes. So far: {best}"
    return f"{report.outcome.replace('_', ' ').capitalize()} after {report.step} steps: {best}; in {out}"
