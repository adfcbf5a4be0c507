"""Asks once for what a study from the database would execute on this host: on a terminal, else by `--trust HASH`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.errors import UserError

if TYPE_CHECKING:
    from optsweep.study.definition import StudyDefinition

Trust = Annotated[
    str | None,
    typer.Option(metavar="HASH", help="Agree to the commands of the study, as asked for on a host that is new to it."),
]
SHOWN = 1000
"""Characters of the commands in an error; a terminal shows all."""


def require_agreed(study: str, definition: StudyDefinition, trust: str | None) -> None:
    """Return if the user wants what the study executes; else raise a `UserError`: what that is, and what to type.

    From then on ``definition`` counts, as it is, whatever the database says meanwhile.
    """
    from optsweep.planning.agreement import is_agreed, remember_agreed
    from optsweep.study.commands import command_lines, commands_digest

    if is_agreed(study, definition):
        remember_agreed(definition)
        return
    digest, lines = commands_digest(definition), command_lines(definition)
    shown = "; ".join(lines)
    if len(shown) > SHOWN:
        shown = f"{shown[:SHOWN]} ... (all of it: the same command in a terminal)"
    to_type = f"if you want that, type the same command with --trust {digest}"
    if trust is None and sys.stdin.isatty() and sys.stderr.isatty():
        print(f"Study {study!r} would execute on this host, by what its database says:", file=sys.stderr)
        print("\n".join(f"  {line}" for line in lines), file=sys.stderr)
        if not typer.confirm("Do you want that?", err=True):
            raise UserError(f"study {study!r}: not agreed to; nothing was started")
    elif trust is None:
        raise UserError(f"study {study!r} executes what you have not agreed to on this host:\n{shown}\n{to_type}")
    elif trust != digest:
        raise UserError(f"--trust {trust}: study {study!r} executes something else:\n{shown}\n{to_type}")
    remember_agreed(definition)
