"""`optsweep worker` and `optsweep submit`: workers that join a study which is planned already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.agreement import Trust, require_agreed
from optsweep.cli.study import Name, StorageOption, study_of
from optsweep.errors import DeviceError
from optsweep.machine.devices import misfit
from optsweep.study.commands import commands_digest
from optsweep.views.live import watching
from optsweep.workers.node import join, work_in_job
from optsweep.workers.slurm import Allocation, parse_time, script
from optsweep.workers.slurm import submit as submit_job


def worker(
    gpu: Annotated[
        str | None,
        typer.Option(help="GPU by index or UUID, or those of one run: 0,1 (default: the first, else the CPU)."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="The corpus or subset on this host (default: where the study has it, else a copy of the subset)."
        ),
    ] = None,
    job_gpus: Annotated[int | None, typer.Option(hidden=True, help="The GPUs of a job of `submit`.")] = None,
    trust: Trust = None,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    study = study_of(name, storage)
    definition = study.definition
    require_agreed(study.name, definition, trust)
    agreed = commands_digest(definition, notifies=False)
    if job_gpus is not None:
        return work_in_job(study, job_gpus, watching, agreed)
    return join(study, gpu, data, watching, agreed)


def submit(
    nodes: Annotated[int, typer.Option(min=1, help="Number of nodes.")] = 1,
    gpus_per_node: Annotated[
        int | None, typer.Option(min=0, help="GPUs on each node; 0: one CPU worker (default: as many as a run takes).")
    ] = None,
    time: Annotated[
        str, typer.Option(help="Time limit: 36h, 90m or 1-12:00:00; jobs that reach it are requeued.")
    ] = "24h",
    partition: Annotated[str | None, typer.Option(help="Partition (default: the cluster's).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the sbatch script, submit nothing.")] = False,
    trust: Trust = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    minutes = parse_time(time)
    study = study_of(name, storage, only_looks=dry_run)
    definition = study.definition
    gpus = definition.gpus_per_run if gpus_per_node is None else gpus_per_node
    if why := misfit(gpus, definition.gpus_per_run):
        raise DeviceError(f"--gpus-per-node {gpus}: {why}")
    allocation = Allocation(nodes=nodes, gpus_per_node=gpus, minutes=minutes, partition=partition)
    require_agreed(study.name, definition, trust)
    text = script(study.name, allocation, commands_digest(definition))
    if dry_run:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"Submitted job {submit_job(study, allocation, text)} for study {study.name}")
