"""What this user has agreed to have executed on this host: remembered, whatever the database says later.

One empty file for each digest in the user's state folder (XDG Base Directory Specification). Not by study: the same
commands in another database are the same commands.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from optsweep.errors import ConfigError
from optsweep.results.folders import study_directory
from optsweep.study.commands import commands_digest, shown_in
from optsweep.study.definition import StudyDefinition
from optsweep.study.run_config import RunConfig, read_run_config
from optsweep.toml_files import read_toml


def is_agreed(study: str, definition: StudyDefinition) -> bool:
    """Whether the user wants what the study executes: it is nothing, or was agreed to, or ran here before."""
    digest = commands_digest(definition)
    # Versions before this one asked for nothing; their studies go on where the user's own files show what they run.
    return not digest or (_folder() / digest).is_file() or shown_in(definition, _own_configs(study))


def remember_agreed(definition: StudyDefinition) -> None:
    """Ask no more for what this study executes; where nothing can be written, it is asked for again."""
    if digest := commands_digest(definition):
        with contextlib.suppress(OSError):
            _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
            (_folder() / digest).touch()


def _folder() -> Path:
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    home = os.path.expanduser("~")
    # A container's user may have no home: nothing is remembered there.
    home = os.devnull if home == "~" else home
    return (named if named.is_absolute() else Path(home, ".local", "state")) / "optsweep" / "agreed"


def _own_configs(study: str) -> Iterator[RunConfig]:
    """The configs of runs that this user's workers have written here."""
    for path in study_directory(study).glob("runs/*/config.toml"):
        with contextlib.suppress(OSError, ConfigError):
            if not path.is_symlink() and path.stat().st_uid == os.getuid():
                yield read_run_config(read_toml(path), path.parent.name)
