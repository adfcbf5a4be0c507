"""The application that commands are added to, and what many of them share: options, and how a study is found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from optsweep.sweep.records import StudySnapshot
    from optsweep.sweep.study import Study

EPILOG = """Examples:

  optsweep sweep                                    the demo, without data and GPU

  optsweep sweep --gpus 0,1,2,3 --data corpus.pt    presets and TPE on four GPUs; the same command resumes

  optsweep sweep --type random --trials 12 --dry-run

  optsweep status --json;  optsweep best --toml > best.toml;  optsweep train best.toml --data corpus.pt
"""

app = typer.Typer(
    help="Resumable hyperparameter sweeps for protein language models.",
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Name = Annotated[str | None, typer.Option(help="The study's name (default: the one last worked on).")]
StorageOption = Annotated[
    str | None,
    typer.Option(help="Database URL (default: $OPTSWEEP_STORAGE, else sqlite:///studies/optsweep.db)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Gpus = Annotated[str | None, typer.Option(help="GPUs: 0,1,2,3 or UUIDs.")]
CpuWorkers = Annotated[int | None, typer.Option(help="Workers without a GPU.")]
NoLaunch = Annotated[bool, typer.Option("--no-launch", help="Plan only.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan, store nothing.")]


def study_of(name: str | None, storage: str | None) -> Study:
    from optsweep.sweep.choice import last_study, study_name
    from optsweep.sweep.storage import nothing_yet, open_storage, storage_url
    from optsweep.sweep.study import open_study, study_names

    url = storage_url(storage)
    opened = open_storage(url)
    if name is None:
        name = last_study() or next(reversed(study_names(opened)), None)
    if name is None:
        raise nothing_yet(url)
    return open_study(opened, study_name(name, "", None))


def snapshot_of(name: str | None, storage: str | None) -> StudySnapshot:
    from optsweep.sweep.snapshot import read_snapshot

    return read_snapshot(study_of(name, storage))


def print_json(document: object) -> None:
    typer.echo(json.dumps(document, indent=2, allow_nan=False))
