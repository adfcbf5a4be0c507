"""`optsweep promote`: the full-length training config of a sweep's winner, and its training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.cli.completion import run_names
from optsweep.cli.study import Name, StorageOption, study_of
from optsweep.cli.train import Gpus, check_shares, train_at
from optsweep.config import read_config, write_config
from optsweep.errors import EXIT_DONE, StorageError, UserError
from optsweep.files import write_text
from optsweep.machine.foreground import Place, take_place
from optsweep.results.folders import study_directory
from optsweep.train.learning_rate import decay
from optsweep.views.full_run import measure_line

if TYPE_CHECKING:
    from optsweep.results.records import RunRecord, StudySnapshot
    from optsweep.trust.full_run import FullRun


def promote(
    trial: Annotated[int | None, typer.Option(help="The number of the run's trial in Optuna.")] = None,
    run: Annotated[str | None, typer.Option(help="The run's id.", autocompletion=run_names)] = None,
    top: Annotated[int | None, typer.Option(min=1, help="How many of the best (default: the winner).")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The config to write.")] = None,
    start: Annotated[
        bool, typer.Option("--start", help="Train it, or resume training; then export the weights.")
    ] = False,
    gpus: Gpus = None,
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
    if gpus is not None and not start:
        raise UserError(f"--gpus {gpus}: is for the training; give --start too")
    from optsweep.database.snapshot import read_snapshot
    from optsweep.trust.reading import read_full_run, read_trust

    study = study_of(name, storage, only_looks=True)
    snapshot = read_snapshot(study)
    snapshot.lengths("promote")
    if (trial, run, top) == (None, None, None) and (winner := read_trust(study, snapshot).verdict.winner) is not None:
        # Fresh seeds may have found another one than the sweep's leader.
        run = winner.run
    records = chosen_runs(snapshot, trial=trial, run=run, top=top)
    full_runs = [read_full_run(study, snapshot, record, moved=moved) for record in records]
    return promote_runs(snapshot, full_runs, output, start=start, gpus=gpus, goes_on=moved is None)


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
    snapshot: StudySnapshot,
    full_runs: list[FullRun],
    output: Path | None,
    *,
    start: bool,
    gpus: str | None = None,
    goes_on: bool = True,
) -> int:
    """Write the full-length configs (and train the one with ``start``, on ``gpus``); returns the exit code.

    ``goes_on``: a training that has begun keeps the config that it began with, whatever is known by now.
    """
    if len(full_runs) > 1 and (start or output is not None):
        raise UserError(f"--top {len(full_runs)}: with --start or -o promote one run")
    place = take_place(None, gpus) if start else None
    if place is not None and place.size > 1 and place.together is None:
        raise UserError("torchrun's environment (RANK, WORLD_SIZE) and promote --start: give promote --gpus instead")
    folder = study_directory(snapshot.study) / "promoted"
    for one in full_runs:
        path = output or folder / f"{one.run}.toml"
        begun = path.with_suffix("") / "config.toml"
        goes_on_here = start and goes_on and begun.is_file()
        config = read_config(begun) if goes_on_here else one.moved
        if place is not None:
            check_shares(path, config, place)
        write_config(path, config)
        if place is not None and goes_on_here:
            typer.echo(f"Goes on with the config that it began with: {begun}")
            return _train_fully(snapshot, path, place)
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
        if place is not None:
            return _train_fully(snapshot, path, place)
    return EXIT_DONE


def _train_fully(snapshot: StudySnapshot, config: Path, place: Place) -> int:
    """Train on the full corpus, without the held-out sequences and their relatives; then export."""
    out = config.with_suffix("")
    code = train_at(config, Path(snapshot.corpus.corpus), out, place)
    if code == EXIT_DONE:
        from optsweep.train.trained_model import MODEL_NAME, export_model
        from optsweep.views.export import model_card

        trained, value = export_model(out, Path(snapshot.corpus.subset))
        write_text(out / "README.md", model_card(trained, snapshot, value, MODEL_NAME))
        typer.echo(f"Exported {out / MODEL_NAME}; on the confirmation sequences: {value:.4f} nats per residue")
    return code
