"""The table of commands, and the application made of it: a command's module is loaded when the command is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

EPILOG = """Examples:

  optsweep sweep                                    the demo, without data and GPU

  optsweep sweep --gpus 0,1,2,3 --data corpus.pt    presets and TPE on four GPUs; the same command resumes

  optsweep sweep --type random --trials 12 --dry-run

  optsweep status --json;  optsweep best --toml > best.toml;  optsweep train best.toml --data corpus.pt
"""

COMMANDS = {
    "train": ("train", "Train one model from a config file; the same command resumes from its checkpoint."),
    "promote": ("promote", "Write the full-length training config of the winner."),
    "fidelity": ("trust", "Measure how far the sweep's ranking holds for longer training on more data."),
    "confirm": (
        "trust",
        "Train the finalists with fresh seeds and score them on sequences that were never used before.",
    ),
    "sample": (
        "sample",
        "Generate proteins with a trained model and compare them with its training sequences.",
    ),
    "sweep": ("sweep", "Plan and run a study; the same command resumes it."),
    "worker": ("join", "Join a planned or running study with one worker, from any host that reaches its database."),
    "submit": ("join", "Start the workers of a planned study as a SLURM job, one for each GPU."),
    "stop": ("steer", "Stop all workers of a study on all hosts; the same sweep command resumes it."),
    "enqueue": ("steer", "Queue a configuration of your own; parameters that you leave out are sampled."),
    "skip": ("steer", "Skip a queued run, or end a running one now."),
    "retry": ("steer", "Queue failed runs again (all, or those named)."),
    "doctor": ("steer", "Check a study and this machine; hand back the runs of dead workers."),
    "status": ("show", "Show the state of a study."),
    "show": ("history", "Show a run's history: which worker had it when, how far it got, how it ended."),
    "best": ("show", "Show the best configurations."),
    "report": ("show", "Write a report of the study: one HTML file that needs no network."),
    "export": ("show", "Write one row per run for other tools; JSON also holds curves and configs."),
    "dashboard": ("dashboard", "Serve optuna-dashboard for the study's database."),
    "data": ("data", "Make and inspect corpora and subsets."),
}
"""Command -> its module in this package, where a function has the command's name, and its help; in --help's order."""


class Command(TyperCommand):
    """A command that refuses an option given twice, of which the first would be ignored without a word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for place, option in enumerate(given):
            if option.param_type_name == "option" and not option.multiple and option in given[:place]:
                ctx.fail(f"{option.opts[0]} is given twice; give it once")
        return super().parse_args(ctx, args)


class LazyGroup(TyperGroup):
    """The commands of the table: their names and help are known at once, their modules are loaded when called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, load(args[0]), rest


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
    help="Resumable hyperparameter sweeps for protein language models.",
    epilog=EPILOG,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name, (_, _line) in COMMANDS.items():
    app.command(_name, help=_line)(_not_loaded)
