"""What many commands share: options, and how programs are answered."""

from __future__ import annotations

import json
from typing import Annotated

import typer

Name = Annotated[str | None, typer.Option(help="The study's name (default: the one last worked on).")]
StorageOption = Annotated[
    str | None,
    typer.Option(help="Database URL (default: $OPTSWEEP_STORAGE, else sqlite:///studies/optsweep.db)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Gpus = Annotated[str | None, typer.Option(help="GPUs: 0,1,2,3 or UUIDs.")]
CpuWorkers = Annotated[int | None, typer.Option(help="Number of workers without a GPU.")]
NoLaunch = Annotated[bool, typer.Option("--no-launch", help="Plan only; start no workers.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan, store nothing.")]


def print_json(document: object) -> None:
    """Answer a program; raises `ValueError` for a number that JSON does not have."""
    typer.echo(json.dumps(document, indent=2, allow_nan=False))
