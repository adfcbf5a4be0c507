"""Commands that show how a study stands, and write that down."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from optsweep.cli.app import AsJson, Name, StorageOption, app, print_json, snapshot_of, study_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from optsweep.results.records import StudySnapshot

ExportFormat = Literal["csv", "json", "parquet"]


@app.command()
def status(
    watch: Annotated[bool, typer.Option("--watch", help="Stay and show the live view.")] = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Show how a study stands."""
    from optsweep.database.snapshot import read_snapshot
    from optsweep.views.live import watch as watch_study
    from optsweep.views.status import status_document, status_table
    from optsweep.views.terminal import show
    from optsweep.workers.slurm import job_states

    def table(snapshot: StudySnapshot) -> RenderableType:
        return status_table(snapshot, job_states(snapshot.slurm_jobs))

    study = study_of(name, storage)
    if as_json:
        print_json(status_document(read_snapshot(study)))
    elif watch:
        watch_study(lambda: read_snapshot(study), at_end=table)
    else:
        show(table(read_snapshot(study)))


@app.command()
def best(
    top: Annotated[int, typer.Option(min=1, help="How many.")] = 1,
    as_json: AsJson = False,
    as_toml: Annotated[bool, typer.Option("--toml", help="The best run's config, as `train` reads it.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Show the best configurations."""
    from optsweep.views.best import best_document, best_table, best_toml
    from optsweep.views.terminal import show

    snapshot = snapshot_of(name, storage)
    if as_json:
        print_json(best_document(snapshot, top))
    elif as_toml:
        typer.echo(best_toml(snapshot), nl=False)
    else:
        show(best_table(snapshot, top))


@app.command()
def report(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder to write (default: studies/STUDY/report).")
    ] = None,
    png: Annotated[bool, typer.Option("--png", help="Write every figure as a picture too.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Write the study as one HTML file that needs no network."""
    from optsweep.cli.read_trust import read_trust
    from optsweep.database.snapshot import read_snapshot
    from optsweep.results.folders import study_directory
    from optsweep.views.html import write_report
    from optsweep.views.pictures import require_kaleido, write_pictures

    if png:
        require_kaleido()
    study = study_of(name, storage)
    snapshot = read_snapshot(study)
    folder = output or study_directory(snapshot.study) / "report"
    typer.echo(f"Report: {write_report(snapshot, folder, read_trust(study, snapshot))}")
    for picture in write_pictures(snapshot, folder) if png else ():
        typer.echo(f"Picture: {picture}")


@app.command()
def export(
    format: Annotated[ExportFormat, typer.Option(help="Of the table of runs.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write (default: standard output).")
    ] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Write one row per run for other tools; JSON also holds curves and configs."""
    from optsweep.views.export import export as export_study
    from optsweep.views.export import write_export

    snapshot = snapshot_of(name, storage)
    if output is None:
        sys.stdout.buffer.write(export_study(snapshot, format))
    else:
        typer.echo(f"Exported {len(snapshot.runs)} runs: {write_export(snapshot, format, output)}")


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    host: str = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Serve a copy of this moment.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Serve optuna-dashboard for the study's database."""
    from optsweep.integrations.dashboard import serve

    serve(study_of(name, storage), host, port, typer.echo, read_only=read_only)
