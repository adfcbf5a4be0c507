"""`optsweep sweep`: what it can be asked for."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.agreement import Trust
from optsweep.cli.completion import study_files
from optsweep.cli.study import AsJson, CpuWorkers, DryRun, Gpus, Name, NoLaunch, StorageOption, WorkersPerGpu
from optsweep.errors import ConfigError
from optsweep.study.sections import PrunerKind, StudyType


def sweep(
    context: typer.Context,
    study: Annotated[
        str | None, typer.Argument(help="A study file, or the name of a shipped one.", autocompletion=study_files)
    ] = None,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: WorkersPerGpu = 1,
    type: Annotated[StudyType | None, typer.Option(help="What runs after the presets.")] = None,
    trials: Annotated[int | None, typer.Option("--trials", "--num-random", help="Number of sampled runs.")] = None,
    data: Annotated[Path | None, typer.Option(help="Sequences: FASTA, CSV, TSV, Parquet or .pt.")] = None,
    seed: Annotated[int | None, typer.Option(help="Drawn configurations and training seeds follow from it.")] = None,
    pruner: Annotated[PrunerKind | None, typer.Option(help="How poor runs are cut early.")] = None,
    max_gpu_hours: Annotated[
        float | None, typer.Option(help="Stop when the study has used so much device time.")
    ] = None,
    deadline: Annotated[str | None, typer.Option(help="When to stop: 36h, 90m or 2026-11-23T08:00.")] = None,
    retry_failed: Annotated[bool, typer.Option(help="Queue failed runs again first.")] = False,
    fork: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Make a new study NAME; take over finished runs that are valid in it."),
    ] = None,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    check: Annotated[
        bool, typer.Option("--check", help="Call your own script once, to its first value; store nothing.")
    ] = False,
    measure: Annotated[
        bool, typer.Option("--measure", help="With --dry-run: time every preset on this machine.")
    ] = False,
    trust: Trust = None,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    # Not at the top: help and mistakes in the command line are quick.
    from optsweep.cli.launch import preview, run
    from optsweep.planning.request import SweepRequest

    request = SweepRequest(**{field.name: context.params[field.name] for field in fields(SweepRequest)})
    if check:
        if dry_run or no_launch or retry_failed or measure:
            raise ConfigError("--check", ["goes with none of --dry-run, --measure, --no-launch and --retry-failed"])
        from optsweep.cli.check import check_first_run

        return check_first_run(request, trust=trust, as_json=as_json)
    if dry_run:
        return preview(request, timed=measure, as_json=as_json)
    if measure:
        raise ConfigError("--measure", ["goes with --dry-run"])
    return run(request, launch=not no_launch, trust=trust, as_json=as_json)
