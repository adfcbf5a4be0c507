"""`optsweep transfer`: the learning rate and batch of a longer training, from a table of short runs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.study import AsJson, print_json
from optsweep.errors import UserError


def transfer(
    table: Annotated[Path, typer.Option(help="CSV with one run a line.", metavar="FILE")],
    length: Annotated[str, typer.Option(help="Column of the training length: tokens or sequences.", metavar="COLUMN")],
    value: Annotated[str, typer.Option(help="Column of the value; lower is better.", metavar="COLUMN")],
    lr: Annotated[str, typer.Option(help="Column of the learning rate.", metavar="COLUMN")],
    batch: Annotated[str, typer.Option(help="Column of the batch.", metavar="COLUMN")],
    to: Annotated[float, typer.Option(help="The length to transfer to.", metavar="LENGTH")],
    as_json: AsJson = False,
) -> None:
    """Print what is expected to be best there, with an interval, or why nothing can be said."""
    from optsweep.results.run_table import Columns, read_run_table
    from optsweep.trust.transfer import transfer as transferred
    from optsweep.views.transfer import document, lines

    columns = Columns(length=length, lr=lr, batch=batch, value=value)
    _check(columns._asdict(), to)
    runs = read_run_table(table, columns)
    if len(runs) and to < (longest := runs.length.max()):
        raise UserError(f"--to {to:g}: the longest runs of {table} are of length {longest:g}; give no less")
    found = transferred(runs, to)
    if as_json:
        print_json(document(found))
    else:
        typer.echo("\n".join(lines(found, runs)))


def _check(columns: dict[str, str], to: float) -> None:
    if not 0 < to < math.inf:
        raise UserError(f"--to {to:g}: a finite length above 0 is expected")
    options = {name: option for option, name in reversed(columns.items())}
    for option, name in columns.items():
        if options[name] != option:
            raise UserError(f"--{options[name]} and --{option} both name the column {name!r}; give each its own")
