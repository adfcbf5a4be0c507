"""Commands that begin, steer and end a study."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from optsweep.cli.app import AsJson, CpuWorkers, DryRun, Gpus, Name, NoLaunch, StorageOption, app, study_of

StudyType = Literal["predefined", "random", "tpe"]
PrunerKind = Literal["median", "percentile", "halving", "none"]


@app.command()
def sweep(
    context: typer.Context,
    study: Annotated[str | None, typer.Argument(help="A study file, or the name of a shipped one.")] = None,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    type: Annotated[StudyType | None, typer.Option(help="What follows the presets.")] = None,
    trials: Annotated[int | None, typer.Option("--trials", "--num-random", help="Sampled runs.")] = None,
    data: Annotated[Path | None, typer.Option(help="FASTA, CSV, TSV, Parquet or .pt.")] = None,
    seed: int | None = None,
    pruner: Annotated[PrunerKind | None, typer.Option(help="What cuts poor runs.")] = None,
    max_gpu_hours: float | None = None,
    deadline: Annotated[str | None, typer.Option(help="36h, 90m or 2026-11-23T08:00.")] = None,
    retry_failed: bool = False,
    fork: Annotated[
        str | None, typer.Option(metavar="NAME", help="New study NAME, with the finished runs that hold in it too.")
    ] = None,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    measure: Annotated[
        bool, typer.Option("--measure", help="With --dry-run: time every preset on this machine.")
    ] = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Plan a study, run it, resume it: the same command goes on where it was stopped."""
    from optsweep.cli.sweep import sweep as run_sweep
    from optsweep.planning.request import SweepRequest

    options: dict[str, Any] = {
        key: value for key, value in context.params.items() if key not in ("no_launch", "dry_run", "measure", "as_json")
    }
    code = run_sweep(
        SweepRequest(**options),
        preview_only=dry_run,
        timed=measure,
        launch=not no_launch,
        as_json=as_json,
        command=_command_line(),
    )
    raise typer.Exit(code)


@app.command()
def worker(
    gpu: Annotated[str | None, typer.Option(help="One GPU: index or UUID (default: the first, else the CPU).")] = None,
    data: Annotated[
        Path | None, typer.Option(help="The corpus or subset on this host (default: where it lies, else a copy).")
    ] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Join a planned or running study with one worker, from any host that reaches its database."""
    from optsweep.views.live import watching
    from optsweep.workers.node import join

    raise typer.Exit(join(study_of(name, storage), gpu, data, watching))


@app.command()
def submit(
    nodes: Annotated[int, typer.Option(min=1, help="So many nodes.")] = 1,
    gpus_per_node: Annotated[int, typer.Option(min=0, help="GPUs of each; 0: one worker on the CPU.")] = 1,
    time: Annotated[str, typer.Option(help="Time limit: 36h, 90m or 1-12:00:00; the jobs come back.")] = "24h",
    partition: Annotated[str | None, typer.Option(help="SLURM's partition (default: SLURM's).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the sbatch script, submit nothing.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Start workers of a planned study as a job of SLURM, one for each GPU."""
    from optsweep.views.live import watching
    from optsweep.workers.node import submit as submit_job
    from optsweep.workers.slurm import Allocation, parse_time, script

    minutes = parse_time(time)
    allocation = Allocation(nodes=nodes, gpus_per_node=gpus_per_node, minutes=minutes, partition=partition)
    study = study_of(name, storage)
    if dry_run:
        typer.echo(script(study.name, allocation), nl=False)
    else:
        typer.echo(f"Submitted job {submit_job(study, allocation, watching)} for study {study.name}")


@app.command()
def stop(
    drain: Annotated[bool, typer.Option("--drain", help="Let running runs end first.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Stop all workers of a study on all hosts; the same sweep command goes on later."""
    from optsweep.database.limits import stop as stop_study
    from optsweep.workers.slurm import cancel_waiting

    study = study_of(name, storage)
    stop_study(study, drain=drain)
    how = "runs in training end first" if drain else "runs in training write a checkpoint and go back to the queue"
    typer.echo(f"Study {study.name} is stopping: {how}")
    if jobs := cancel_waiting(study):
        typer.echo(f"Jobs of SLURM that end with it: {', '.join(jobs)}")


@app.command()
def enqueue(
    parameters: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Such as lr=1e-4 n_blocks=8.")],
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Queue a configuration of your own; what is not given is sampled."""
    from optsweep.planning.steering import enqueue_assignments

    study = study_of(name, storage)
    typer.echo(f"Queued {enqueue_assignments(study, parameters)} in study {study.name}")


@app.command()
def skip(run: str, name: Name = None, storage: StorageOption = None) -> None:
    """Leave a run out, or end it where it stands."""
    from optsweep.planning.steering import skip_run

    typer.echo(skip_run(study_of(name, storage), run))


@app.command()
def retry(
    runs: Annotated[list[str] | None, typer.Argument(metavar="[RUN...]")] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Queue failed runs again (all, or those named)."""
    from optsweep.planning.plan import retry_failed

    study = study_of(name, storage)
    again = retry_failed(study.storage, study.name, runs or None)
    typer.echo(f"Queued again: {', '.join(again)}" if again else "No run has failed")


@app.command()
def doctor(name: Name = None, storage: StorageOption = None) -> None:
    """Check a study and this machine; hand back the runs of dead workers."""
    from optsweep.planning.steering import examine

    for line in examine(study_of(name, storage)):
        typer.echo(line)


def _command_line() -> list[str]:
    """The command for the study's record; a storage URL may hold a password, so it is left out."""
    words, kept = sys.argv[1:], []
    for number, word in enumerate(words):
        if word == "--storage" or word.startswith("--storage=") or words[number - 1 : number] == ["--storage"]:
            continue
        kept.append(word)
    return ["optsweep", *kept]
