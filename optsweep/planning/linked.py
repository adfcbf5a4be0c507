"""Studies that train runs of another study again: with other seeds, at a larger setting, for the last word.

A linked study is in the same database and has the same queue, workers and commands; only its runs come with their
configs, and its name is the origin's with the purpose after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, Unpack

from optuna.trial import TrialState, create_trial

from optsweep.config import TrainConfig
from optsweep.database.open_study import Study, find_study, study_names
from optsweep.database.run_rows import add_trial
from optsweep.errors import StorageError
from optsweep.planning.plan import describe_new, existing_runs, find_or_create
from optsweep.results.attributes import Link, Purpose, RunIdentity, StudyAttributes
from optsweep.results.records import RunRecord
from optsweep.search.sampling import distributions_for


class OtherData(TypedDict, total=False):
    """What a linked study's data may say otherwise than the origin's; see `StudyData`."""

    trains_on: str
    scores_confirmation: bool
    setting: str


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
    command: list[str],
    **data: Unpack[OtherData],
) -> Study:
    """Make the linked study if it is missing and queue those of ``again`` that it lacks; safe to repeat.

    ``data`` is what differs from the origin's. Raises `StorageError` if a study of the user's has the name.
    """
    name = f"{origin.name}-{purpose}{suffix}"
    with origin.storage.planning(name):
        study, link = find_or_create(origin.storage, name), Link(origin=origin.name, purpose=purpose)
        if not study.attributes().model_fields_set:  # new, or left by a planner that was killed right here
            study.store(StudyAttributes(linked=link))
        if study.attributes().linked != link:
            raise StorageError(f"study {name!r} is there and was not made from {origin.name!r}")
        if study.attributes().definition is None:
            definition = origin.definition.with_overrides(pruner="none")
            describe_new(study, definition, origin.data.model_copy(update=dict(data)), command)
        study.store(StudyAttributes(stop=None))
        existing = {one.run for one in existing_runs(study)}
        new = [run for run in again if run.run not in existing]
        for index, run in enumerate(new, start=len(existing)):
            _queue(study, run, index)
        study.store(StudyAttributes(target=len(existing) + len(new)))
    return study


def _queue(study: Study, again: RunAgain, index: int) -> None:
    parameters = again.origin.parameters
    provenance = {**again.origin.train_config.provenance, "study": study.name, "run": again.run, "of": again.origin.run}
    config = again.config.model_copy(update={"provenance": provenance})
    identity = RunIdentity(
        run=again.run,
        index=index,
        source="linked",
        preset=None,
        fixed=parameters,
        of=again.origin.run,
        config=config.model_dump(mode="json"),
    )
    trial = create_trial(
        state=TrialState.WAITING,
        params=parameters,
        distributions=distributions_for(study.definition, parameters),
        user_attrs=identity.stored(),
    )
    add_trial(study, trial, index)


def linked_studies(origin: Study, purpose: Purpose) -> list[Study]:
    """The origin's linked studies of that purpose that are planned to the end; oldest first."""
    beginning = f"{origin.name}-{purpose}"
    names = [name for name in study_names(origin.storage) if name.startswith(beginning)]
    found = [study for name in names if (study := find_study(origin.storage, name)) is not None]
    link = Link(origin=origin.name, purpose=purpose)
    return [study for study in found if (own := study.attributes()).linked == link and own.target is not None]
