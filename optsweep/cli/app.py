"""The application that commands are added to, and what many of them share: options, and how a study is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from optsweep.database.open_study import Study
    from optsweep.results.records import StudySnapshot

EPILOG = """Examples:

  optsweep sweep                                    the demo, without data and GPU

  optsweep sweep --gpus 0,1,2,3 --data corpus.pt    presets and TPE on four GPUs; the same command resumes

  optsweep sweep --type random --trials 12 --dry-run

  optsweep status --json;  optsweep best --toml > best.toml;  optsweep train best.toml --data corpus.pt
"""

Function = TypeVar("Function", bound=Callable[..., None])


class Command(TyperCommand):
    """A command that refuses an option given twice, of which the first would be ignored without a word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for place, option in enumerate(given):
            if option.param_type_name == "option" and not option.multiple and option in given[:place]:
                ctx.fail(f"{option.opts[0]} is given twice; give it once")
        return super().parse_args(ctx, args)


class Commands(typer.Typer):
    """An application, or a group of commands, all of whose commands are a `Command`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, rich_markup_mode=None)

    def command(self, name: str | None = None, **options: Any) -> Callable[[Function], Function]:
        return super().command(name, cls=Command, **options)


app = Commands(
    help="Resumable hyperparameter sweeps for protein language models.",
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
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
    from optsweep.database.connection import nothing_yet, open_storage
    from optsweep.database.open_study import open_study, study_names
    from optsweep.database.urls import storage_url
    from optsweep.planning.defaults import last_study, study_name

    url = storage_url(storage)
    opened = open_storage(url)
    if name is None:
        name = last_study() or next(reversed(study_names(opened)), None)
    if name is None:
        raise nothing_yet(url)
    return open_study(opened, study_name(name, "", None))


def snapshot_of(name: str | None, storage: str | None) -> StudySnapshot:
    from optsweep.database.snapshot import read_snapshot

    return read_snapshot(study_of(name, storage))


def print_json(document: object) -> None:
    typer.echo(json.dumps(document, indent=2, allow_nan=False))
