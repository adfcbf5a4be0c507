"""Begin a study with what another one has finished: which of its runs still hold, and what is taken over of them."""

from __future__ import annotations

import contextlib
import copy
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from optsweep.database.open_study import Study
from optsweep.database.repeats import CLAIMED_PRIORITY
from optsweep.database.run_rows import Losses, newest_rows, read_losses, result_of
from optsweep.results.attributes import CorpusRecord, RunIdentity, StudyData
from optsweep.results.folders import RunDirectory
from optsweep.search.sampling import RandomRuns, distributions_for
from optsweep.study.definition import StudyDefinition
from optsweep.study.run_config import read_run_config
from optsweep.study.scalar import Parameters
from optsweep.study.space import Identity
from optsweep.trainers import trainer_of

FINISHED = ("complete", "pruned", "diverged", "out_of_memory")
INCIDENTAL: Any = {"provenance": True, "seed": True, "training": {"seed", "threads", "micro_batch", "compile"}}
"""What two configs may differ in, and their values still be compared: its names, its luck, how the work is split."""


@dataclass(frozen=True)
class TakenOver:
    """What a new study takes over: runs with their trials as it adds them, and the losses that they have."""

    runs: Sequence[tuple[RunIdentity, FrozenTrial]] = ()
    losses: Losses = field(default_factory=dict)


def compatible_runs(
    origin: Study, definition: StudyDefinition, data: CorpusRecord | None
) -> list[tuple[RunIdentity, FrozenTrial]]:
    """The finished runs of ``origin`` that the new study would have trained in the same way, on the same data.

    Their parameters, with what they had before a younger hyperparameter existed, are valid in the new space (a preset's
    are those of the new study file), and the lengths and evaluations that follow from them are the same. ``data`` is
    None while it is not known, and taken for the same.
    Each with its trial as the new study adds it.
    """
    if origin.data is not None and not _same_data(definition, data, origin.data):
        return []
    taken = list[tuple[RunIdentity, FrozenTrial]]()
    # Repeats after all first seeds: one holds if its first seed does.
    for row in sorted(newest_rows(origin).values(), key=lambda row: row.priority >= CLAIMED_PRIORITY):
        if row.outcome in FINISHED:
            trial = copy.copy(origin.trial(row.trial_id))
            identity, known = RunIdentity.read(trial.user_attrs), trial.params
            first = next((one for one, _ in taken if one.run == identity.repeat_of), None)
            if identity.source == "repeat" and first is None:
                continue
            trial.params = definition.completed(known, first.preset if first else identity.preset)
            if first or _holds(definition, identity, trial.params, known):
                index, result = _index(definition, identity), result_of(row)
                identity = replace(identity, index=index, forked_from=origin.name, standing=result)
                trial.user_attrs = identity.stored()
                trial.distributions = dict(distributions_for(definition, trial.params))
                taken.append((identity, trial))
    drawn = _drawn_again(definition, {identity.number for identity, _ in taken if identity.sampled})
    kept = [
        (one, trial) for one, trial in taken if one.source == "preset" or definition.identity(trial.params) not in drawn
    ]
    return _renumbered(kept)


def _same_data(definition: StudyDefinition, data: CorpusRecord | None, begun: StudyData) -> bool:
    if data is not None and not begun.same_as(data):
        return False
    return _on_corpus(definition, data, begun) == (begun.trains_on is not None)


def _on_corpus(definition: StudyDefinition, data: CorpusRecord | None, begun: StudyData) -> bool:
    """Whether the new study trains on the corpus; before its data is read, by what is known of the same data."""
    if isinstance(data, StudyData):
        return data.trains_on is not None
    return definition.takes_corpus(begun.num_sequences, begun.source_sequences)


def _holds(definition: StudyDefinition, run: RunIdentity, parameters: Parameters, known: Parameters) -> bool:
    presets = {preset.name: preset.parameters for preset in definition.presets}
    if definition.space.check(parameters) or (run.preset is not None and presets.get(run.preset) != parameters):
        return False
    # What it had besides in the study from before, or from its user, says to the digit what its config has.
    wanted = trainer_of(definition).resolve({**run.fixed, **known, **parameters}, preset=run.preset, seed=0)
    trained = read_run_config(run.config, run.run)
    return wanted.model_dump(exclude=INCIDENTAL) == trained.model_dump(exclude=INCIDENTAL)


def _index(definition: StudyDefinition, run: RunIdentity) -> int:
    """The run's place in the new study's plan."""
    if run.preset is not None:
        return [preset.name for preset in definition.presets].index(run.preset)
    return run.index if run.source in ("user", "repeat") else len(definition.presets) + run.number


def _drawn_again(definition: StudyDefinition, taken: set[int]) -> set[Identity]:
    """What the new study will draw at random for its other numbers: it must have none of it already (invariant 9)."""
    if definition.study.type != "random" or not taken:
        return set()
    random_runs = RandomRuns(definition)
    return {
        definition.identity(random_runs.parameters(number)) for number in set(range(definition.num_first_seeds)) - taken
    }


def _renumbered(runs: Sequence[tuple[RunIdentity, FrozenTrial]]) -> list[tuple[RunIdentity, FrozenTrial]]:
    """Without repeats whose first seeds are not taken over, and the places of the others among the repeats anew."""
    found = [(one, trial) for one, trial in runs if one.source != "repeat"]
    names = {one.run for one, _ in found}
    for index, (one, trial) in enumerate((one, trial) for one, trial in runs if one.repeat_of in names):
        moved = replace(one, index=index)
        trial.user_attrs = moved.stored()
        found.append((moved, trial))
    return found


def take_over(origin: Study, study: str, definition: StudyDefinition, data: CorpusRecord | None) -> TakenOver:
    """Give the new study the files of the runs that hold in it too, and return what it is to store of them."""
    runs = compatible_runs(origin, definition, data)
    names = [identity.run for identity, _ in runs]
    _take_directories(origin.name, study, names)
    kept = read_losses(origin)
    return TakenOver(runs, {run: kept[run] for run in names if run in kept})


def _take_directories(origin: str, study: str, runs: list[str]) -> None:
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
