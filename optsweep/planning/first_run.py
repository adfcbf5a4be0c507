"""The run that a check of a script calls: the first preset, else a random draw; and the data for it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from optsweep.data.demo import DEMO_PATH, make_demo
from optsweep.data.progress import OnProgress
from optsweep.errors import ConfigError
from optsweep.importing.prepare import look, prepare
from optsweep.search.sampling import RandomRuns
from optsweep.study.definition import StudyDefinition
from optsweep.study.script.config import ScriptConfig
from optsweep.trainers import trainer_of


@dataclass(frozen=True)
class FirstRun:
    config: ScriptConfig
    words: str
    """Which one it is."""


def first_run(definition: StudyDefinition) -> FirstRun:
    """The run as a sweep would train it; raises `ConfigError` if the study has no script of its own."""
    if definition.presets:
        preset = definition.presets[0].name
        parameters, words, run = definition.presets[0].parameters, f"preset {preset}", preset
    else:
        parameters, words, run = RandomRuns(definition).parameters(0), "a random draw", "random-001"
    config = trainer_of(definition).resolve(parameters, preset=None, seed=definition.seed_for(0))
    if not isinstance(config, ScriptConfig):
        raise ConfigError("--check", [f"study {definition.name!r} has no script of its own ([trainer]) to be checked"])
    return FirstRun(config.model_copy(update={"provenance": {"run": run}}), words)


def look_data(data: Path | None, folder: Path, on_progress: OnProgress) -> Path:
    """The subset that the sweep would train on: where it is, or made of the data (None: the demo's) in ``folder``."""
    folder.mkdir()
    if data is None and not DEMO_PATH.exists():
        return prepare(make_demo(folder / DEMO_PATH.name), on_progress=on_progress).subset.path
    source = DEMO_PATH if data is None else data
    found = look(source, on_progress=on_progress)
    if found.subset is not None:
        return found.subset
    here = source.absolute()
    if found.import_report is None:
        here = folder / found.corpus.name
        here.symlink_to(found.corpus.absolute())
    # What is made of a corpus is put beside it, and what is imported below this folder.
    with contextlib.chdir(folder):
        return prepare(here, on_progress=on_progress).subset.path.absolute()
