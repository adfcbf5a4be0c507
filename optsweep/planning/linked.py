"""Studies that train runs of another study again: with other seeds, at a larger setting, for the last word.

A linked study stands in the same database and has the same queue, workers and commands; only its runs come with their
configs, and its name is the origin's with the purpose after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import optuna
from optuna.trial import TrialState, create_trial

from optsweep.config import TrainConfig
from optsweep.database.open_study import Study, find_study, study_names
from optsweep.database.run_rows import add_trial
from optsweep.errors import StorageError
from optsweep.planning.plan import describe_new, existing_runs
from optsweep.results.records import PREFIX, RunRecord
from optsweep.search.sampling import distributions_for

Purpose = Literal["repeats", "fidelity", "confirm"]
PURPOSES: tuple[Purpose, ...] = ("repeats", "fidelity", "confirm")


@dataclass(frozen=True)
class RunAgain:
    """A run of the origin that is to be trained again."""

    run: str
    origin: RunRecord
    config: TrainConfig


def plan_linked(
    origin: Study,
    purpose: Purpose,
    again: list[RunAgain],
    *,
    suffix: str = "",
    data: Mapping[str, Any] | None = None,
    command: list[str],
) -> Study:
    """Make the linked study where it is missing and queue those of ``again`` that it lacks; safe to repeat.

    ``data`` goes before the origin's: `trains_on` (a corpus in place of its subset), `scores_confirmation`, `setting`
    (words for people). Raises `StorageError` where a study of the user's has the name.
    """
    name = f"{origin.name}-{purpose}{suffix}"
    with origin.storage.lock(f"plan {name}"):
        study = find_study(origin.storage, name)
        if study is None:
            made = optuna.create_study(study_name=name, storage=origin.storage.optuna, direction="minimize")
            study = Study(origin.storage, name, made._study_id)
        link = {"origin": origin.name, "purpose": purpose}
        if not study.attributes():  # new, or left by a planner that was killed right here
            study.set_attribute("linked", link)
        if study.attributes().get("linked") != link:
            raise StorageError(f"study {name!r} is there and was not made from {origin.name!r}")
        if "definition" not in study.attributes():
            definition = origin.definition.with_overrides(pruner="none")
            describe_new(study, definition, {**origin.data, **(data or {})}, command)
        study.set_attribute("stop", None)
        existing = existing_runs(study)
        for index, run in enumerate((run for run in again if run.run not in existing), start=len(existing)):
            _queue(study, run, index)
        study.set_attribute("target", len(existing_runs(study)))
    return study


def _queue(study: Study, again: RunAgain, index: int) -> None:
    parameters = again.origin.parameters
    provenance = {**again.origin.train_config.provenance, "study": study.name, "run": again.run, "of": again.origin.run}
    config = again.config.model_copy(update={"provenance": provenance})
    attributes: dict[str, Any] = {
        "run": again.run,
        "index": index,
        "source": "linked",
        "preset": None,
        "fixed": parameters,
        "of": again.origin.run,
        "config": config.model_dump(mode="json"),
    }
    trial = create_trial(
        state=TrialState.WAITING,
        params=parameters,
        distributions=distributions_for(study.definition, parameters),
        user_attrs={PREFIX + key: value for key, value in attributes.items()},
    )
    add_trial(study, trial, again.run, index)


def linked_studies(origin: Study, purpose: Purpose) -> list[Study]:
    """The origin's linked studies of that purpose, as far as they were planned to the end; oldest first."""
    beginning = f"{origin.name}-{purpose}"
    names = [name for name in study_names(origin.storage) if name.startswith(beginning)]
    found = [study for name in names if (study := find_study(origin.storage, name)) is not None]
    link = {"origin": origin.name, "purpose": purpose}
    return [study for study in found if (own := study.attributes()).get("linked") == link and "target" in own]
