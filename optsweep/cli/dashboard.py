"""`optsweep dashboard`."""

from __future__ import annotations

from typing import Annotated

import typer

from optsweep.cli.options import Name, StorageOption
from optsweep.cli.study import study_of
from optsweep.integrations.dashboard import serve


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    host: str = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Serve a copy of the database as it is now.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    serve(study_of(name, storage), host, port, typer.echo, read_only=read_only)
