"""Training in the foreground, with plain progress lines: a config file, or a sweep's winner at its full length.

Signals leave a checkpoint; the same command resumes.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.cli.study import Name, StorageOption, study_of
from optsweep.config import read_config, write_config
from optsweep.data.holding_out.exclusion import ensure_exclusion
from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ConfigError, StorageError, UserError
from optsweep.files import write_text
from optsweep.machine.devices import waiting
from optsweep.results.folders import study_directory
from optsweep.results.words import nats, percent
from optsweep.train.learning_rate import decay
from optsweep.train.report import Evaluation, TrainReport
from optsweep.views.data import data_progress, exclusion_lines
from optsweep.views.full_run import measure_line
from optsweep.views.terminal import plain_console

if TYPE_CHECKING:
    from optsweep.results.records import RunRecord, StudySnapshot
    from optsweep.trust.full_run import FullRun


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
    os.environ.update(waiting())
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
    early = f" ({report.reason})" if report.reason else ""
    return f"{report.outcome.replace('_', ' ').capitalize()} after {report.step} steps{early}: {best}; in {out}"


def promote(
    trial: Annotated[int | None, typer.Option(help="The number of the run's trial in Optuna.")] = None,
    run: Annotated[str | None, typer.Option(help="The run's id.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="How many of the best (default: one).")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The config to write.")] = None,
    start: Annotated[
        bool, typer.Option("--start", help="Train it, or resume training; then export the weights.")
    ] = False,
    moved: Annotated[
        bool | None,
        typer.Option(
            "--moved/--as-found",
            help="Move batch and lr for the length, presets' too, or nothing (default: of sampled runs only).",
        ),
    ] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    # Not at the top: `train` needs no database.
    from optsweep.cli.study import read_full_run
    from optsweep.database.snapshot import read_snapshot

    study = study_of(name, storage, only_looks=True)
    snapshot = read_snapshot(study)
    records = chosen_runs(snapshot, trial=trial, run=run, top=top)
    full_runs = [read_full_run(study, snapshot, record, moved=moved) for record in records]
    return promote_runs(snapshot, full_runs, output, start=start, goes_on=moved is None)


def chosen_runs(
    snapshot: StudySnapshot, *, trial: int | None = None, run: str | None = None, top: int | None = None
) -> list[RunRecord]:
    """The runs to promote: one by its trial number or id, else the best ``top``; raises a `UserError`."""
    if sum(given is not None for given in (trial, run, top)) > 1:
        raise UserError("--trial, --run and --top: give one of the three")
    if trial is not None or run is not None:
        found = [record for record in snapshot.runs if run == record.run or trial == record.trial]
        if not found:
            wanted = f"run {run!r}" if run is not None else f"trial {trial}"
            raise StorageError(
                f"study {snapshot.study!r} has no {wanted}; there: {', '.join(r.run for r in snapshot.runs)}"
            )
        if found[0].config is None:
            raise StorageError(f"run {found[0].run!r} of study {snapshot.study!r} has no parameters yet: it is waiting")
        # A repeat is promoted as what it is a seed of: its first seed's run has the preset's lengths.
        return [record for record in snapshot.runs if record.run == (found[0].repeat_of or found[0].run)]
    best = snapshot.ranking[: top or 1]
    if not best:
        raise StorageError(f"study {snapshot.study!r} has no complete run yet; `optsweep status` shows its state")
    return best


def promote_runs(
    snapshot: StudySnapshot, full_runs: list[FullRun], output: Path | None, *, start: bool, goes_on: bool = True
) -> int:
    """Write the full-length configs (and train the one with ``start``); returns the exit code.

    ``goes_on``: a training that has begun keeps the config that it began with, whatever is known by now.
    """
    if len(full_runs) > 1 and (start or output is not None):
        raise UserError(f"--top {len(full_runs)}: with --start or -o promote one run")
    folder = study_directory(snapshot.study) / "promoted"
    for one in full_runs:
        path = output or folder / f"{one.run}.toml"
        begun = path.with_suffix("") / "config.toml"
        if start and goes_on and begun.is_file():
            write_config(path, read_config(begun))
            typer.echo(f"Goes on with the config that it began with: {begun}")
            return _train_fully(snapshot, path)
        config = one.moved
        write_config(path, config)
        swept = one.swept
        typer.echo(f"Wrote {path}: {config.training.n_iters:,} iterations instead of {swept.training.n_iters:,}")
        typer.echo(f"{one.line[0].upper()}{one.line[1:]}")
        typer.echo(
            f"Weight decay {config.optim.weight_decay:g}, as found; times the sum of lr it is "
            f"{decay(swept):.3g} in the sweep, {decay(config):.3g} at full length"
        )
        if one.method != "ladder":
            typer.echo(measure_line(one, snapshot.study))
        typer.echo(f"Train it: optsweep promote --name {snapshot.study} --run {one.run} --start")
        if start:
            return _train_fully(snapshot, path)
    return EXIT_DONE


def _train_fully(snapshot: StudySnapshot, config: Path) -> int:
    """Train on the full corpus, without the held-out sequences and their relatives; then export."""
    out = config.with_suffix("")
    code = train(config, Path(snapshot.data.corpus), out=out)
    if code == EXIT_DONE:
        from optsweep.train.trained_model import MODEL_NAME, export_model
        from optsweep.views.export import model_card

        trained, value = export_model(out, Path(snapshot.data.subset))
        write_text(out / "README.md", model_card(trained, snapshot, value, MODEL_NAME))
        typer.echo(f"Exported {out / MODEL_NAME}; on the confirmation sequences: {value:.4f} nats per residue")
    return code
