"""Begin a study with what another one has finished: which of its runs still hold, and what is taken over of them."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial, create_trial

from optsweep.database.open_study import STANDING, Study, newest_rows, own_attributes, run_number
from optsweep.planning.changes import same_data
from optsweep.results.folders import RunDirectory
from optsweep.results.records import PREFIX, Source
from optsweep.search.sampling import distributions_for, random_parameters
from optsweep.study.file import StudyDefinition
from optsweep.study.run_config import read_run_config, resolve_run
from optsweep.study.space import identity

FINISHED = ("complete", "pruned", "diverged", "out_of_memory")
KEPT = (
    "outcome", "reason", "progress", "sequences", "seconds", "checkpoint_step", "best_value", "best_step", "last_value",
    "started", "ended",
)  # fmt: skip
"""What a run's row tells of its result. Its attempts stay behind: the new study has spent nothing on it."""
INCIDENTAL: Any = {"provenance": True, "seed": True, "training": {"seed", "threads", "micro_batch", "compile"}}
"""What two configs may differ in, and their values still be compared: its names, its luck, how the work is split."""


@dataclass(frozen=True)
class TakenOver:
    """A finished run of another study, as the new one adds it."""

    run: str
    source: Source
    trial: FrozenTrial


def compatible_runs(origin: Study, definition: StudyDefinition, data: dict[str, Any] | None) -> list[TakenOver]:
    """The finished runs of ``origin`` that the new study would have trained in the same way, on the same data.

    Their parameters are valid in the new space (a preset's are those of the new study file), and the lengths and
    evaluations that follow from them are the same. ``data`` is None where it is not known yet and taken for the same.
    """
    if data is not None and not same_data(origin.data, data):
        return []
    finished = [(row, origin.trial(row.trial_id)) for row in newest_rows(origin) if row.outcome in FINISHED]
    taken = [_taken_over(origin.name, definition, row, trial) for row, trial in finished if _holds(definition, trial)]
    return _distinct(definition, taken)


def _holds(definition: StudyDefinition, trial: FrozenTrial) -> bool:
    attributes, parameters = own_attributes(trial), trial.params
    name = attributes["preset"]
    preset = next((preset for preset in definition.presets if preset.name == name), None)
    if definition.space.check(parameters) or (name is not None and (preset is None or preset.parameters != parameters)):
        return False
    wanted = resolve_run(definition, parameters, preset=name, seed=0)
    trained = read_run_config(attributes["config"], attributes["run"])
    return wanted.model_dump(exclude=INCIDENTAL) == trained.model_dump(exclude=INCIDENTAL)


def _taken_over(origin: str, definition: StudyDefinition, row: Any, trial: FrozenTrial) -> TakenOver:
    attributes = own_attributes(trial)
    copied = {
        **attributes,
        "index": _index(definition, attributes),
        "forked_from": origin,
        STANDING: {name: getattr(row, name) for name in KEPT},
    }
    again = create_trial(
        state=trial.state,
        values=trial.values,
        params=trial.params,
        distributions=distributions_for(definition, trial.params),
        user_attrs={PREFIX + key: value for key, value in copied.items()},
        system_attrs=trial.system_attrs,
        intermediate_values=trial.intermediate_values,
    )
    again.datetime_start, again.datetime_complete = trial.datetime_start, trial.datetime_complete
    return TakenOver(attributes["run"], attributes["source"], again)


def _index(definition: StudyDefinition, attributes: dict[str, Any]) -> int:
    """The run's place in the new study's plan."""
    if attributes["source"] == "preset":
        return [preset.name for preset in definition.presets].index(attributes["preset"])
    if attributes["source"] == "user":
        return int(attributes["index"])
    return len(definition.presets) + run_number(attributes["run"])


def _distinct(definition: StudyDefinition, taken: list[TakenOver]) -> list[TakenOver]:
    """Without sampled runs that the new study will draw at random under another number (invariant 9)."""
    numbers = {run_number(copy.run) for copy in taken if copy.source in ("random", "tpe")}
    if definition.study.type != "random" or not numbers:
        return taken
    planned = set(range(definition.num_sampled)) - numbers
    drawn = {identity(random_parameters(definition, number)) for number in planned}
    return [copy for copy in taken if copy.source == "preset" or identity(copy.trial.params) not in drawn]


def take_directories(origin: str, study: str, runs: list[str]) -> None:
    """Give the new study the files of the runs that it takes over, as far as they lie on this machine."""
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
