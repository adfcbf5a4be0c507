"""One command line: which errors are whose, and which exit code says so."""

from __future__ import annotations

import os
import sys

from typer.exceptions import Abort, TyperException

from optsweep.cli.app import app
from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, StorageUnavailable, UserError
from optsweep.files import disk_is_full


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
    except StorageUnavailable as error:
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
        from optsweep.database.outage import outage

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
