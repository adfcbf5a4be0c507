"""The command line: parse, choose, call; no logic, and no slow import before it is known what to do."""

from optsweep.cli.app import app, main, run

__all__ = ["app", "main", "run"]
