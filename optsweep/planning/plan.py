"""Plan a study once, under a lock: make it, check it, queue every run up front; workers never create trials."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import optuna
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from optsweep.database.change import Change, change
from optsweep.database.connection import Storage
from optsweep.database.open_study import Study, find_study
from optsweep.database.repeats import CLAIMED_PRIORITY, SLOT_PRIORITY
from optsweep.errors import ConfigError
from optsweep.planning.differences import check_unchanged, corrected, shown
from optsweep.planning.draws import with_draws
from optsweep.planning.fork import TakenOver, take_over
from optsweep.results.attributes import RunIdentity, Source, StudyAttributes, StudyData
from optsweep.study.definition import StudyDefinition
from optsweep.trainers import trainer_of

USER_PRIORITY, SAMPLED_PRIORITY = 1_000_000, 2_000_000
"""Beyond them are the repeats: `database.repeats.CLAIMED_PRIORITY` and `SLOT_PRIORITY`."""


@dataclass(frozen=True)
class Plan:
    """What planning found and did (or, in a dry run, would do)."""

    queued: list[RunIdentity]
    existing: list[str]
    """The runs that were there before; none in a new study."""
    taken_over: list[str]
    """Runs that had finished in the study from which this one was forked."""
    target: int
    changed: str = ""
    """What has changed in a study that begins anew, since none of its runs had a value."""


def plan_study(
    storage: Storage,
    name: str,
    definition: StudyDefinition,
    data: StudyData | None,
    *,
    command: list[str],
    origin: Study | None = None,
) -> tuple[Study, Plan]:
    """Make the study if it is missing and queue the runs that are missing; safe to repeat and to kill anywhere.

    A new study takes over the finished runs of ``origin`` that hold in it too. One with another definition
    begins anew on the same data if none of its runs has a value yet and nobody holds one; else `ConfigError` is raised.
    """
    definition = with_draws(definition, None if data is None or data.weights is None else len(data.weights.validation))
    with storage.planning(name):
        study = find_or_create(storage, name, definition)
        # A study with a target has taken over all that it will.
        takes = origin is not None and study.attributes().target is None
        taken = take_over(origin, name, definition, data) if origin is not None and takes else TakenOver()

        def write(plan: Change) -> Plan:
            attributes, changed, users = plan.attributes(), "", list[RunIdentity]()
            if attributes.definition is None:
                describe_new(plan, definition, data, command)
            elif (found := corrected(name, attributes, definition, data)) and plan.is_untried():
                changed, users = shown(found), users_runs(existing_runs(plan, definition), definition)
                plan.replace_runs(f"the study began anew: {changed}")
                if attributes.data is not None:
                    plan.store(StudyAttributes(data=data))
                describe_new(plan, definition, data, command)
            else:
                check_unchanged(name, attributes, definition, data)
            existing, priority = existing_runs(plan, definition), priorities(definition)
            made = missing_runs(definition, existing, [run for run, _ in taken.runs])
            made = replace(_with_users(made, users), changed=changed)
            # An earlier version's planner that was killed may have taken over some.
            new = [(trial, priority(run)) for run, trial in taken.runs if run.run not in made.existing]
            plan.add(new, what="taken over")
            plan.add_losses(taken.losses)
            queue_runs(plan, definition, made.queued)
            if data is not None:
                # A corpus that was imported again holds the same sequences in another file.
                plan.store(StudyAttributes(data=data))
            plan.store(StudyAttributes(stop=None, target=made.target))
            return made

        made = change(study, write)
        study.attributes()  # from now on it knows itself from another one that gets its id
        return study, made


def find_or_create(storage: Storage, name: str, definition: StudyDefinition) -> Study:
    """The study of that name, made for that definition if it is missing; while the plan's lock is held."""
    if (study := find_study(storage, name)) is not None:
        return study
    # It may be there all the same: a creation whose answer was lost is repeated.
    way = StudyDirection[definition.stored_direction.name]
    made = optuna.create_study(study_name=name, storage=storage.optuna, direction=way, load_if_exists=True)
    return Study(storage, name, made._study_id)


def describe_new(plan: Change, definition: StudyDefinition, data: StudyData | None, command: list[str]) -> None:
    if data is not None:
        plan.store(StudyAttributes(data=data))
    described = StudyAttributes(
        versions={package: version(package) for package in ("optuna", "optsweep", "torch")},
        command=command,
        created=time.time(),
        definition=definition.model_dump(mode="json"),
    )
    plan.store(described)
    plan.put_direction(definition.stored_direction)


def users_runs(existing: list[RunIdentity], definition: StudyDefinition) -> list[RunIdentity]:
    """The user's own runs, which a study that begins anew keeps; raises `ConfigError` if they do not fit any more."""
    users = [one for one in existing if one.source == "user"]
    mistakes = [f"{one.run}: {mistake}" for one in users for mistake in definition.given_mistakes(one.fixed)]
    if mistakes:
        raise ConfigError("enqueued runs", [f"{mistake}; skip it, or choose another --name" for mistake in mistakes])
    return users


def _with_users(made: Plan, users: list[RunIdentity]) -> Plan:
    queued = [*made.queued, *(replace(one, index=index) for index, one in enumerate(users, made.target))]
    return replace(made, queued=queued, target=made.target + len(users))


def existing_runs(plan: Change, definition: StudyDefinition) -> list[RunIdentity]:
    """The runs in the order of their first trials; adds rows that an earlier version may have left out."""
    there, priority, identities = plan.trials_with_rows(), priorities(definition), plan.identities()
    for trial_id, identity in identities.items():
        if trial_id not in there:
            plan.add_row(trial_id, identity, priority(identity))
    return list({identity.run: identity for identity in identities.values()}.values())


def missing_runs(definition: StudyDefinition, existing: list[RunIdentity], taken: list[RunIdentity]) -> Plan:
    """The runs that the plan names and the study lacks; sampled runs of either kind count towards their number.

    So do repeats. Of what is missing in all, first seeds come first: those that are there are never too many.
    """
    there = {one.run: one for one in (*existing, *taken)}
    numbers = {one.number for one in there.values() if one.sampled}
    repeats = sum(one.source == "repeat" for one in there.values())
    missing = max(0, definition.num_sampled - len(numbers) - repeats)
    first_seeds = min(missing, max(0, definition.num_first_seeds - len(numbers)))
    free = (number for number in itertools.count() if number not in numbers)
    new = itertools.islice(free, first_seeds)
    queued = [run for run in planned_runs(definition, new) if run.run not in there]
    queued += planned_repeats(range(repeats, repeats + missing - first_seeds))
    return Plan(queued, [one.run for one in existing], [one.run for one in taken], len(there) + len(queued))


def planned_runs(definition: StudyDefinition, numbers: Iterable[int]) -> list[RunIdentity]:
    """The presets, and the sampled runs of these ``numbers`` (from 0)."""
    presets = [
        RunIdentity(run=preset.name, index=index, source="preset", preset=preset.name, fixed=dict(preset.parameters))
        for index, preset in enumerate(definition.presets)
    ]
    kind: Source = "random" if definition.study.type == "random" else "tpe"
    sampled = [
        RunIdentity(run=f"{kind}-{number + 1:03d}", index=len(presets) + number, source=kind, preset=None, fixed={})
        for number in numbers
    ]
    return presets + sampled


def planned_repeats(numbers: Iterable[int]) -> list[RunIdentity]:
    """Slots for repeats, of these numbers among them (from 0); what each repeats is chosen when it is claimed."""
    return [
        RunIdentity(run=f"repeat-{number + 1:03d}", index=number, source="repeat", preset=None, fixed={})
        for number in numbers
    ]


def priorities(definition: StudyDefinition) -> Callable[[RunIdentity], int]:
    """What claims order runs by (invariant 13): presets, the longest first, the user's, sampled ones, repeats."""
    trainer = trainer_of(definition)
    costs = {
        preset.name: trainer.work(trainer.resolve(preset.parameters, preset=preset.name, seed=0)).operations
        for preset in definition.presets
    }
    longest_first = sorted(costs, key=lambda name: costs[name], reverse=True)

    def priority(identity: RunIdentity) -> int:
        if identity.source == "repeat":
            return (SLOT_PRIORITY if identity.repeat_of is None else CLAIMED_PRIORITY) + identity.index
        if identity.source == "user":
            return USER_PRIORITY + identity.index
        if identity.run in costs:
            return longest_first.index(identity.run)
        return SAMPLED_PRIORITY + identity.index - len(costs)

    return priority


def queue_runs(plan: Change, definition: StudyDefinition, new: Sequence[RunIdentity], *, token: str = "") -> None:
    """Add waiting runs; ``token`` is the change's name in their history."""
    priority = priorities(definition)
    waiting = [(create_trial(state=TrialState.WAITING, user_attrs=run.stored()), priority(run)) for run in new]
    plan.add(waiting, token=token)
