"""Commands that steer a planned or running study."""

from __future__ import annotations

from typing import Annotated

import typer

from optsweep.cli.completion import run_names
from optsweep.cli.study import Name, StorageOption, study_of
from optsweep.planning import steering
from optsweep.workers.slurm import cancel_waiting


def stop(
    drain: Annotated[bool, typer.Option("--drain", help="Let running runs end first.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    study = study_of(name, storage)
    study.stop(drain=drain)
    how = "runs in training end first" if drain else "runs in training write a checkpoint and go back to the queue"
    typer.echo(f"Study {study.name} is stopping: {how}")
    if jobs := cancel_waiting(study):
        typer.echo(f"SLURM jobs that end with it: {', '.join(jobs)}")


def enqueue(
    parameters: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Such as lr=1e-4 n_blocks=8.")],
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    study = study_of(name, storage)
    typer.echo(f"Queued {steering.enqueue(study, parameters)} in study {study.name}")


def skip(
    run: Annotated[str, typer.Argument(help="Its name, as the ranking has it.", autocompletion=run_names)],
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    typer.echo(steering.skip(study_of(name, storage), run))


def retry(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN...]", help="Names of runs; none: all.", autocompletion=run_names)
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, not from the last checkpoint.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    study = study_of(name, storage)
    again = steering.retry_failed(study, runs, fresh=fresh)
    named = ", ".join(again)
    queued = f"Queued again, to begin anew: {named}; {study.trainer.anew}" if fresh else f"Queued again: {named}"
    typer.echo(queued if again else "No run has failed")


def doctor(name: Name = None, storage: StorageOption = None) -> None:
    for line in steering.doctor_lines(study_of(name, storage)):
        typer.echo(line)
