"""The table of commands and the application made of it; which errors are whose, and which exit code says so.

A command's module is loaded when the command is called.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort, TyperException

from optsweep.errors import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    PeerLost,
    StorageUnavailable,
    UserError,
)
from optsweep.files import disk_is_full

EPILOG = """\b
Examples:
  optsweep sweep                                     a demo, on any machine
  optsweep sweep --data proteins.fasta.gz --gpus 0   the same command resumes
  optsweep status --watch                            in another terminal
  optsweep confirm                                   the best few with fresh seeds
  optsweep promote --start                           the winner at full length
"""

COMMANDS = {
    "sweep": ("sweep", "Plan and run a study; the same command resumes it."),
    "status": ("show", "Show the verdict and the ranking. With --watch, the live view."),
    "best": ("show", "Show the best runs and the configuration of the first."),
    "show": ("show", "Show the history of one run. Which worker had it when, how far it got, how it ended."),
    "report": ("show", "Write a report of the study: one HTML file. It needs no network."),
    "dashboard": ("show", "Show the study in a browser, with optuna-dashboard."),
    "export": ("show", "Write one row per run, for other programs. JSON also holds curves and configs."),
    "confirm": (
        "confirm",
        "Train the finalists again with fresh seeds. They are scored on sequences that were never used before.",
    ),
    "fidelity": (
        "fidelity",
        "Measure how well short runs predict long ones. Trains runs of the sweep again, for longer, on more data.",
    ),
    "ladder": ("ladder", "Measure how the best lr and batch move with the length. Before the full run."),
    "transfer": (
        "transfer",
        "Say which lr and batch suit the full run. From a study and its ladder, or from a table of runs.",
    ),
    "promote": ("promote", "Write the winner's full-length config. With --start, train it."),
    "sample": ("sample", "Generate proteins with a trained model. Compares them with its training sequences."),
    "train": ("train", "Train one model from a config file. The same command resumes from its checkpoint."),
    "stop": ("steer", "Stop all workers of a study, on all hosts. The same sweep command resumes it."),
    "skip": ("steer", "Skip a queued run, or end a running one now."),
    "retry": ("steer", "Queue failed runs again, all or those named."),
    "enqueue": ("steer", "Queue a configuration of your own. Parameters that you leave out are sampled."),
    "doctor": ("steer", "Check a study and this machine. Hands back the runs of dead workers."),
    "worker": ("join", "Join a planned or running study with one worker. From any host that reaches its database."),
    "submit": ("join", "Start the workers of a planned study as a SLURM job. One for each GPU."),
    "data": ("data", "Make and inspect corpora and subsets."),
}
"""Command -> its module in this package, where a function has the command's name, and its help; in --help's order."""


class Command(TyperCommand):
    """A command that refuses an option given twice, of which the first would be ignored without a word.

    Paths that begin with ~ are below the user's home, also where the shell leaves it to us: in --data=~/x.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for place, option in enumerate(() if ctx.resilient_parsing else given):
            if option.param_type_name == "option" and not option.multiple and option in given[:place]:
                ctx.fail(f"{option.opts[0]} is given twice; give it once")
        rest = super().parse_args(ctx, args)
        ctx.params = {name: _below_home(value) for name, value in ctx.params.items()}
        return rest


def _below_home(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_below_home(part) for part in value)
    return Path(os.path.expanduser(value)) if isinstance(value, Path) else value


class LazyGroup(TyperGroup):
    """The commands of the table: their names and help are known at once, their modules are loaded when called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        # Completion asks for whatever has been typed so far.
        return name, None if name is None else load(name), rest


def load(name: str) -> Any:
    """The command of the table, or its group of commands, with all options; imports its module."""
    module, line = COMMANDS[name]
    found = getattr(import_module(f"optsweep.cli.{module}"), name)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(rich_markup_mode=None, add_completion=False)
        single.command(name, cls=Command, help=line)(found)
        found = single
    return typer.main.get_command(found)


def _not_loaded() -> None:
    """Stands in the table's place until a command is called."""


app = typer.Typer(
    cls=LazyGroup,
    help="Resumable hyperparameter sweeps: of protein language models, and of any training script of your own.",
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"optsweep {version('optsweep')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """What stands in front of a command."""


for _name, (_, _line) in COMMANDS.items():
    app.command(_name, help=_line)(_not_loaded)


def main() -> None:
    """Entry point; every mistake of the user's is at most three lines on stderr and exit code 2."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line; returns its exit code."""
    try:
        code = app(args=arguments or ["--help"], prog_name="optsweep", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else EXIT_DONE
    except TyperException as error:
        print(f"error: {_usage_mistake(error)}", file=sys.stderr)
        return EXIT_USAGE
    except UserError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return EXIT_USAGE
    except (StorageUnavailable, PeerLost) as error:
        print(f"error: {error}; the same command resumes", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has seen enough; what Python still holds for it goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except OSError as error:
        if disk_is_full(error):
            where = error.filename or "the disk"
            print(f"error: {where}: no space is left; free some, the same command resumes", file=sys.stderr)
            return EXIT_FAILED
        if error.filename is None:
            raise
        print("\n".join(UserError(f"{error.filename}: {error.strerror}").lines), file=sys.stderr)
        return EXIT_USAGE
    except (KeyboardInterrupt, Abort):
        print("interrupted; the same command resumes", file=sys.stderr)
        return EXIT_INTERRUPTED
    except Exception as error:
        from optsweep.database.patience import outage

        told = outage(error)
        if told is None:
            raise
        print(f"error: {told}; the same command resumes", file=sys.stderr)
        return EXIT_INTERRUPTED


def _usage_mistake(error: TyperException) -> str:
    """What typer says, in one line; where its message leaves out the wrong value, with that."""
    from pydantic import ValidationError

    message = " ".join(error.format_message().split())
    if isinstance(error.__cause__, ValidationError):
        value = repr(error.__cause__.errors()[0]["input"])
        return message if value in message else f"{message}, not {value[:80]}"
    return message
