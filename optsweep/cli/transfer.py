"""`optsweep transfer`: the learning rate and batch of a longer training, from a study or from a table of short runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.study import AsJson, Name, StorageOption, print_json, study_of
from optsweep.errors import EXIT_DONE, UserError
from optsweep.results.run_table import Columns


def transfer(
    table: Annotated[
        Path | None, typer.Option(help="CSV with one run a line, in place of a study.", metavar="FILE")
    ] = None,
    length: Annotated[
        str | None, typer.Option(help="Column of the training length: tokens or sequences.", metavar="COLUMN")
    ] = None,
    value: Annotated[str | None, typer.Option(help="Column of the value; lower is better.", metavar="COLUMN")] = None,
    lr: Annotated[str | None, typer.Option(help="Column of the learning rate.", metavar="COLUMN")] = None,
    batch: Annotated[str | None, typer.Option(help="Column of the batch.", metavar="COLUMN")] = None,
    to: Annotated[
        float | None, typer.Option(help="The length to transfer to (a study: its full length).", metavar="LENGTH")
    ] = None,
    run: Annotated[
        str | None, typer.Option(help="Of a study: the run (default: the confirmed one, else the leader).")
    ] = None,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    """Print what is expected to be best there, with an interval, or why nothing can be said; returns the exit code."""
    of_table = {"length": length, "value": value, "lr": lr, "batch": batch, "to": to}
    of_study = {"run": run, "name": name, "storage": storage}
    if table is None:
        _refuse("without --table", of_table)
        return _of_study(run, name, storage, as_json=as_json)
    _refuse("with --table", of_study)
    if length is None or value is None or lr is None or batch is None or to is None:
        missing = [f"--{option}" for option, given in of_table.items() if given is None]
        raise UserError(f"--table {table}: give {', '.join(missing)}, too")
    return _of_table(table, Columns(length=length, lr=lr, batch=batch, value=value), to, as_json=as_json)


def _refuse(why: str, options: Mapping[str, object]) -> None:
    if given := [f"--{option}" for option, value in options.items() if value is not None]:
        raise UserError(f"{', '.join(given)}: has no meaning {why}")


def _of_table(table: Path, columns: Columns, to: float, *, as_json: bool) -> int:
    from optsweep.results.run_table import read_run_table
    from optsweep.trust.transfer import transfer as transferred
    from optsweep.views.transfer import document, lines

    _check(columns._asdict(), to)
    runs = read_run_table(table, columns)
    if len(runs) and to < (longest := runs.length.max()):
        raise UserError(f"--to {to:g}: the longest runs of {table} are of length {longest:g}; give no less")
    found = transferred(runs, to)
    if as_json:
        print_json(document(found))
    else:
        typer.echo("\n".join(lines(found, runs)))
    return EXIT_DONE


def _of_study(run: str | None, name: str | None, storage: str | None, *, as_json: bool) -> int:
    from optsweep.cli.ladder import tell
    from optsweep.cli.linked import finalist, worth_training_again

    study = study_of(name, storage, only_looks=True)
    snapshot = worth_training_again(study, "transfer")
    tell(study, snapshot, finalist(study, snapshot, run, "transfer"), as_json=as_json)
    return EXIT_DONE


def _check(columns: dict[str, str], to: float) -> None:
    if not 0 < to < math.inf:
        raise UserError(f"--to {to:g}: a finite length above 0 is expected")
    options = {name: option for option, name in reversed(columns.items())}
    for option, name in columns.items():
        if options[name] != option:
            raise UserError(f"--{options[name]} and --{option} both name the column {name!r}; give each its own")
