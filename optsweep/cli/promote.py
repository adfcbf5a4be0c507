"""From a sweep's winner to the full training: its full-length config, and with --start the training and its export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.options import Name, StorageOption
from optsweep.cli.study import study_of
from optsweep.cli.train import train
from optsweep.config import write_config
from optsweep.database.snapshot import read_snapshot
from optsweep.errors import EXIT_DONE, StorageError, UserError
from optsweep.files import write_text
from optsweep.planning.full_config import full_config
from optsweep.results.folders import study_directory
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.views.export import model_card


def promote(
    trial: Annotated[int | None, typer.Option(help="The number of the run's trial in Optuna.")] = None,
    run: Annotated[str | None, typer.Option(help="The run's id.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="How many of the best (default: one).")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The config to write.")] = None,
    start: Annotated[
        bool, typer.Option("--start", help="Train it, or resume training; then export the weights.")
    ] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    snapshot = read_snapshot(study_of(name, storage))
    return promote_runs(snapshot, chosen_runs(snapshot, trial=trial, run=run, top=top), output, start=start)


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
        return found
    best = snapshot.ranking[: top or 1]
    if not best:
        raise StorageError(f"study {snapshot.study!r} has no complete run yet; `optsweep status` shows its state")
    return best


def promote_runs(snapshot: StudySnapshot, records: list[RunRecord], output: Path | None, *, start: bool) -> int:
    """Write the full-length configs (and train the one with ``start``); returns the exit code."""
    if len(records) > 1 and (start or output is not None):
        raise UserError(f"--top {len(records)}: with --start or -o promote one run")
    folder = study_directory(snapshot.study) / "promoted"
    for record in records:
        path = output or folder / f"{record.run}.toml"
        config = full_config(snapshot, record)
        write_config(path, config)
        typer.echo(f"Wrote {path}: {config.training.n_iters:,} iterations instead of {_swept_iterations(record):,}")
        typer.echo(f"Train it: optsweep promote --name {snapshot.study} --run {record.run} --start")
        if start:
            return _train(snapshot, path)
    return EXIT_DONE


def _swept_iterations(record: RunRecord) -> int:
    return record.train_config.training.n_iters


def _train(snapshot: StudySnapshot, config: Path) -> int:
    """Train on the full corpus, without the held-out sequences and their relatives; then export."""
    out = config.with_suffix("")
    code = train(config, Path(snapshot.data.corpus), out=out)
    if code == EXIT_DONE:
        from optsweep.train.trained_model import MODEL_NAME, export_model

        trained, value = export_model(out, Path(snapshot.data.subset))
        write_text(out / "README.md", model_card(trained, snapshot, value, MODEL_NAME))
        typer.echo(f"Exported {out / MODEL_NAME}; on the confirmation sequences: {value:.4f} nats per residue")
    return code
