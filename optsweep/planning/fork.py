"""Begin a study with what another one has finished: which of its runs still hold, and what is taken over of them."""

from __future__ import annotations

import contextlib
import copy
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from optsweep.database.open_study import Study, newest_rows
from optsweep.database.run_rows import result_of
from optsweep.results.attributes import CorpusRecord, RunIdentity, Values
from optsweep.results.folders import RunDirectory
from optsweep.search.sampling import RandomRuns, distributions_for
from optsweep.study.definition import StudyDefinition
from optsweep.study.run_config import read_run_config
from optsweep.study.space import identity as key
from optsweep.trainers import trainer_of

FINISHED = ("complete", "pruned", "diverged", "out_of_memory")
INCIDENTAL: Any = {"provenance": True, "seed": True, "training": {"seed", "threads", "micro_batch", "compile"}}
"""What two configs may differ in, and their values still be compared: its names, its luck, how the work is split."""


def compatible_runs(origin: Study, definition: StudyDefinition, data: CorpusRecord | None) -> list[FrozenTrial]:
    """The finished runs of ``origin`` that the new study would have trained in the same way, on the same data.

    Their parameters, with what they had before a younger hyperparameter existed, are valid in the new space (a preset's
    are those of the new study file), and the lengths and evaluations that follow from them are the same. ``data`` is
    None while it is not known, and taken for the same.
    They are trials as the new study adds them.
    """
    if data is not None and not origin.data.same_as(data):
        return []
    finished = [(result_of(row), origin.trial(row.trial_id)) for row in newest_rows(origin) if row.outcome in FINISHED]
    taken = [_taken_over(origin.name, definition, one, trial) for one, trial in finished if _holds(definition, trial)]
    return _distinct(definition, taken)


def _holds(definition: StudyDefinition, trial: FrozenTrial) -> bool:
    identity, parameters = RunIdentity.read(trial.user_attrs), definition.space.completed(trial.params)
    name = identity.preset
    preset = next((preset for preset in definition.presets if preset.name == name), None)
    if definition.space.check(parameters) or (name is not None and (preset is None or preset.parameters != parameters)):
        return False
    wanted = trainer_of(definition).resolve(parameters, preset=name, seed=0)
    trained = read_run_config(identity.config, identity.run)
    return wanted.model_dump(exclude=INCIDENTAL) == trained.model_dump(exclude=INCIDENTAL)


def _taken_over(origin: str, definition: StudyDefinition, result: Values, trial: FrozenTrial) -> FrozenTrial:
    identity = RunIdentity.read(trial.user_attrs)
    index = _index(definition, identity)
    taken = copy.copy(trial)
    taken.user_attrs = replace(identity, index=index, forked_from=origin, standing=result).stored()
    taken.params = definition.space.completed(trial.params)
    taken.distributions = dict(distributions_for(definition, taken.params))
    return taken


def _index(definition: StudyDefinition, identity: RunIdentity) -> int:
    """The run's place in the new study's plan."""
    if identity.preset is not None:
        return [preset.name for preset in definition.presets].index(identity.preset)
    return identity.index if identity.source == "user" else len(definition.presets) + identity.number


def _distinct(definition: StudyDefinition, taken: list[FrozenTrial]) -> list[FrozenTrial]:
    """Without sampled runs that the new study will draw at random under another number (invariant 9)."""
    runs = [RunIdentity.read(trial.user_attrs) for trial in taken]
    numbers = {run.number for run in runs if run.sampled}
    if definition.study.type != "random" or not numbers:
        return taken
    planned = set(range(definition.num_sampled)) - numbers
    random_runs = RandomRuns(definition)
    drawn = {key(random_runs.parameters(number)) for number in planned}
    pairs = zip(runs, taken, strict=True)
    return [trial for run, trial in pairs if run.source == "preset" or key(trial.params) not in drawn]


def take_directories(origin: str, study: str, runs: list[str]) -> None:
    """Give the new study the files of the runs that it takes over, if they are on this machine."""
    for run in runs:
        old, new = RunDirectory.of(origin, run).path, RunDirectory.of(study, run).path
        if old.is_dir() and not new.exists():
            shutil.copytree(old, new, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    # A checkpoint is only ever replaced as a whole, so that two studies can share it; a log may be appended to.
    if Path(source).suffix == ".pt":
        with contextlib.suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)
