"""Commands that show how a study stands, in the terminal or a browser, and write that down.

What they need is imported by their functions: help, completion and mistakes in the command line are quick.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.cli.completion import run_names
from optsweep.cli.study import AsJson, Name, StorageOption, print_json, study_of
from optsweep.errors import ConfigError
from optsweep.results.folders import study_directory
from optsweep.views.formats import ExportFormat

if TYPE_CHECKING:
    from rich.console import RenderableType

    from optsweep.database.open_study import Study
    from optsweep.results.records import StudySnapshot


def status(
    watch: Annotated[bool, typer.Option("--watch", help="Stay and show the live view.")] = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    from optsweep.database.snapshot import read_snapshot
    from optsweep.trust.reading import read_trust
    from optsweep.views.live import watch as watch_study
    from optsweep.views.status import status_document
    from optsweep.views.terminal import show as show_view

    study = study_of(name, storage, only_looks=True)
    if as_json:
        snapshot = read_snapshot(study)
        print_json(status_document(snapshot, read_trust(study, snapshot).verdict))
        return
    table = partial(_table, study)
    if watch:
        watch_study(lambda: read_snapshot(study), at_end=table)
    else:
        show_view(table(read_snapshot(study)))


def _table(study: Study, snapshot: StudySnapshot) -> RenderableType:
    from optsweep.trust.reading import read_trust
    from optsweep.views.status import status_table
    from optsweep.workers.slurm import job_states

    return status_table(snapshot, read_trust(study, snapshot), job_states(snapshot.attributes.slurm_jobs))


def show(
    run: Annotated[str, typer.Argument(help="Its name, as the ranking has it.", autocompletion=run_names)],
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    from optsweep.database.snapshot import read_history, read_run, read_snapshot
    from optsweep.trust.reading import read_trust
    from optsweep.views.status import history_document, history_lines

    study = study_of(name, storage, only_looks=True)
    record, events = read_run(study, run), read_history(study, run)
    if as_json:
        print_json(history_document(study.name, record, events))
        return
    snapshot = read_snapshot(study)
    place = next(one for one in read_trust(study, snapshot).ranking if one.run.run == record.run)
    typer.echo("\n".join(history_lines(place, snapshot, events)))


def best(
    top: Annotated[int, typer.Option(min=1, help="Number of runs.")] = 1,
    as_json: AsJson = False,
    as_toml: Annotated[bool, typer.Option("--toml", help="The best run's config, as `train` reads it.")] = False,
    as_command: Annotated[
        bool, typer.Option("--command", help="The best run's call of your own script, as a shell script.")
    ] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    if as_json + as_toml + as_command > 1:
        raise ConfigError("--json, --toml and --command", ["give one of them"])
    from optsweep.database.snapshot import read_snapshot
    from optsweep.trust.reading import read_trust
    from optsweep.views.summary import best_command, best_document, best_table, best_toml, toml_notes
    from optsweep.views.terminal import show as show_view

    study = study_of(name, storage, only_looks=True)
    snapshot = read_snapshot(study)
    if as_command:
        typer.echo(best_command(snapshot), nl=False)
    elif as_json:
        print_json(best_document(snapshot, top))
    elif as_toml:
        typer.echo(best_toml(snapshot), nl=False)
        if not sys.stdout.isatty():
            # Whoever writes it into a file does not see its first lines.
            typer.echo("".join(f"Note: {line}\n" for line in toml_notes(snapshot)), err=True, nl=False)
    else:
        show_view(best_table(snapshot, read_trust(study, snapshot), top))


def report(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder to write (default: studies/STUDY/report).")
    ] = None,
    png: Annotated[bool, typer.Option("--png", help="Also write every figure as a PNG file.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    from optsweep.database.snapshot import read_snapshot
    from optsweep.trust.reading import read_trust
    from optsweep.views.drawings import require_kaleido, write_pictures
    from optsweep.views.html import write_report

    if png:
        require_kaleido()
    study = study_of(name, storage, only_looks=True)
    snapshot = read_snapshot(study)
    folder = output or study_directory(snapshot.study) / "report"
    typer.echo(f"Report: {write_report(snapshot, folder, read_trust(study, snapshot))}")
    for picture in write_pictures(snapshot, folder) if png else ():
        typer.echo(f"Picture: {picture}")


def export(
    format: Annotated[ExportFormat, typer.Option(help="Format of the table of runs.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write (default: standard output).")
    ] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    from optsweep.database.snapshot import read_snapshot
    from optsweep.views.export import export as export_bytes
    from optsweep.views.export import write_output

    snapshot = read_snapshot(study_of(name, storage, only_looks=True))
    content = export_bytes(snapshot, format)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        typer.echo(f"Exported {len(snapshot.runs)} runs: {write_output(output, content)}")


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    host: str = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Serve a copy of the database as it is now.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    # The package takes a second to load.
    from optsweep.database.urls import storage_option
    from optsweep.integrations.dashboard import serve
    from optsweep.workers.describe import describe_runs, describe_study

    study = study_of(name, storage, only_looks=read_only)
    found_by = storage_option(study.storage.url)

    def describe(served: Study) -> None:
        describe_study(served, storage=found_by)
        describe_runs(served, files=not read_only)

    serve(study, host, port, typer.echo, describe=describe, read_only=read_only)
