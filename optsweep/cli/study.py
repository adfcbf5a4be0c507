"""What commands on a study share: options, how the study is found, JSON for programs.

The database is loaded when a study is opened, so that help and mistakes in a command line are quick.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.cli.completion import study_names

if TYPE_CHECKING:
    from optsweep.database.open_study import Study

Name = Annotated[
    str | None,
    typer.Option(help="The study's name (default: the one last worked on).", autocompletion=study_names),
]
StorageOption = Annotated[
    str | None,
    typer.Option(help="Database URL (default: $OPTSWEEP_STORAGE, else sqlite:///studies/optsweep.db)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Gpus = Annotated[str | None, typer.Option(help="GPUs: 0,1,2,3 or UUIDs.")]
WorkersPerGpu = Annotated[int, typer.Option(help="Number of workers that share each GPU.")]
CpuWorkers = Annotated[int | None, typer.Option(help="Number of workers without a GPU.")]
NoLaunch = Annotated[bool, typer.Option("--no-launch", help="Plan only; start no workers.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan, store nothing.")]


def print_json(document: object) -> None:
    """Answer a program; raises `ValueError` for a number that JSON does not have."""
    typer.echo(json.dumps(document, indent=2, allow_nan=False))


def study_of(name: str | None, storage: str | None, *, only_looks: bool = False) -> Study:
    """The study of that name (default: the one last worked on); raises a `UserError` if there is none.

    Also if the command needs to write (not ``only_looks``), and this user may not.
    """
    from optsweep.database.connection import check_writable, nothing_yet, open_storage
    from optsweep.database.open_study import open_study, study_names
    from optsweep.database.urls import storage_url
    from optsweep.planning.defaults import last_study, study_name

    url = storage_url(storage)
    opened = open_storage(url)
    if name is None:
        name = last_study() or next(reversed(study_names(opened)), None)
    if name is None:
        raise nothing_yet(url)
    study = open_study(opened, study_name(name))
    if not only_looks:
        check_writable(url, opened)
    return study
