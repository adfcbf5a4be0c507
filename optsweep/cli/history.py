"""`show`: what happened to one run."""

from __future__ import annotations

import typer

from optsweep.cli.options import AsJson, Name, StorageOption, print_json
from optsweep.cli.study import study_of
from optsweep.database.history import read_history
from optsweep.database.snapshot import read_run
from optsweep.views.status import history_document, history_lines


def show(run: str, as_json: AsJson = False, name: Name = None, storage: StorageOption = None) -> None:
    study = study_of(name, storage)
    record, events = read_run(study, run), read_history(study, run)
    if as_json:
        print_json(history_document(study.name, record, events))
    else:
        typer.echo("\n".join(history_lines(record, events)))
