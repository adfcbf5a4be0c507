"""Commands that train outside a study, and those that say how far its ranking can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.app import AsJson, CpuWorkers, DryRun, Gpus, Name, NoLaunch, StorageOption, app, snapshot_of, study_of


@app.command()
def train(
    config: Path,
    data: Annotated[Path, typer.Option(help="A corpus or subset.")],
    device: str = "auto",
    out: Annotated[
        Path | None, typer.Option(help="Directory for checkpoint and metrics (default: a folder beside the config).")
    ] = None,
) -> None:
    """Train one model from a config file; the same command goes on from its checkpoint."""
    from optsweep.cli.train import train_command

    raise typer.Exit(train_command(config, data, device, out))


@app.command()
def promote(
    trial: Annotated[int | None, typer.Option(help="Optuna's number of the run's trial.")] = None,
    run: Annotated[str | None, typer.Option(help="The run's id.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="The best so many (default: the best one).")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The config to write.")] = None,
    start: Annotated[bool, typer.Option("--start", help="Train it, or go on; then export the weights.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Write the full-length training config of the winner."""
    from optsweep.cli.promote import chosen_runs
    from optsweep.cli.promote import promote as promote_runs

    snapshot = snapshot_of(name, storage)
    chosen = chosen_runs(snapshot, trial=trial, run=run, top=top)
    raise typer.Exit(promote_runs(snapshot, chosen, output, start=start, say=typer.echo))


@app.command()
def fidelity(
    runs: Annotated[int, typer.Option(min=4, help="So many finished runs, denser at the top of the ranking.")] = 20,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Seeds of each of the five best, for the noise.")] = 3,
    length: Annotated[
        str, typer.Option(metavar="FACTOR|full", help="Times the sweep's length, or the full length.")
    ] = "full",
    sequences: Annotated[int | None, typer.Option(min=1, help="Sequences to train on (default: the corpus).")] = None,
    pruners: Annotated[
        bool, typer.Option("--pruner", help="Replay pruners over the study's complete curves; trains nothing.")
    ] = False,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Measure how far the sweep's ranking holds for longer training on more data."""
    from optsweep.cli.fidelity import Workers, run_fidelity
    from optsweep.cli.pruner_replay import tell_replay
    from optsweep.planning.trained_again import Setting, factor

    study = study_of(name, storage)
    if pruners:
        raise typer.Exit(tell_replay(study, as_json=as_json))
    workers = Workers(gpus, cpu_workers, workers_per_gpu, launch=not no_launch, as_json=as_json)
    setting = Setting(factor(length), sequences)
    code = run_fidelity(study, setting, runs=runs, seeds=seeds, workers=None if dry_run else workers)
    raise typer.Exit(code)


@app.command()
def confirm(
    top: Annotated[int, typer.Option(min=1, help="So many of the best.")] = 3,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Fresh seeds of each.")] = 3,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Train the finalists with fresh seeds and score them on sequences that nothing has looked at."""
    from optsweep.cli.fidelity import Workers, run_confirm

    study = study_of(name, storage)
    workers = Workers(gpus, cpu_workers, workers_per_gpu, launch=not no_launch, as_json=as_json)
    code = run_confirm(study, top=top, seeds=seeds, workers=None if dry_run else workers)
    raise typer.Exit(code)


@app.command()
def sample(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint.pt, or the folder of a run.")],
    count: Annotated[int, typer.Option("-n", min=1, max=1_000_000, help="Number of proteins.")] = 10,
    data: Annotated[Path | None, typer.Option(help="What it was trained on (default: as its config says).")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="FASTA file (default: standard output).")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=10_000, help="Steps from all masked to none.")] = 64,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 0,
    device: str = "auto",
) -> None:
    """Generate proteins with a trained model and tell how they compare with the training sequences."""
    from optsweep.cli.sample import sample as write_samples

    write_samples(checkpoint, count, data=data, output=output, steps=steps, seed=seed, device=device)
