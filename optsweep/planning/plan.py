"""Plan a study once, under a lock: make it, check it, queue every run up front; workers never create trials."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version

import optuna
from optuna.trial import TrialState, create_trial

from optsweep.database.connection import Storage
from optsweep.database.losses import take_losses
from optsweep.database.open_study import Study, find_study, newest_rows, open_study
from optsweep.database.run_rows import add_row, add_trial, trials_with_rows
from optsweep.errors import StorageError
from optsweep.planning.changes import check_unchanged
from optsweep.planning.fork import compatible_runs, take_directories
from optsweep.results.attributes import PREFIX, CorpusRecord, RunIdentity, Source, StudyAttributes, StudyData, Values
from optsweep.study.definition import StudyDefinition
from optsweep.trainers import trainer_of

USER_PRIORITY, SAMPLED_PRIORITY = 1_000_000, 2_000_000


@dataclass(frozen=True, kw_only=True)
class PlannedRun(RunIdentity):
    """A run as the plan knows it, before anybody has drawn its parameters."""

    priority: int


@dataclass(frozen=True)
class Plan:
    """What planning found and did (or, in a dry run, would do)."""

    created: bool
    queued: list[PlannedRun]
    existing: list[str]
    target: int
    taken_over: list[str] = field(default_factory=list)
    """Runs that had finished in the study from which this one was forked."""
    retried: list[str] = field(default_factory=list)


def planned_runs(definition: StudyDefinition, num_sampled: int) -> list[PlannedRun]:
    """The presets, longest first, and ``num_sampled`` sampled runs."""
    trainer = trainer_of(definition)
    costs = {
        preset.name: trainer.work(trainer.resolve(preset.parameters, preset=preset.name, seed=0)).operations
        for preset in definition.presets
    }
    by_cost = sorted(costs, key=lambda name: costs[name], reverse=True)
    presets = [
        PlannedRun(
            run=preset.name,
            index=index,
            source="preset",
            preset=preset.name,
            fixed=dict(preset.parameters),
            priority=by_cost.index(preset.name),
        )
        for index, preset in enumerate(definition.presets)
    ]
    return presets + [_sampled_run(definition, number) for number in range(num_sampled)]


def _sampled_run(definition: StudyDefinition, number: int) -> PlannedRun:
    kind: Source = "random" if definition.study.type == "random" else "tpe"
    run, index = f"{kind}-{number + 1:03d}", len(definition.presets) + number
    return PlannedRun(run=run, index=index, source=kind, preset=None, fixed={}, priority=SAMPLED_PRIORITY + number)


def plan_study(
    storage: Storage,
    name: str,
    definition: StudyDefinition,
    data: StudyData,
    *,
    command: list[str],
    origin: Study | None = None,
) -> tuple[Study, Plan]:
    """Make the study if it is missing and queue the runs that are missing; safe to repeat and to kill anywhere.

    A new study takes over the finished runs of ``origin`` that hold in it too. Raises `ConfigError` if the study exists
    with another definition or other data.
    """
    with storage.planning(name):
        study = find_or_create(storage, name)
        created = study.attributes().definition is None
        if created:
            describe_new(study, definition, data, command)
        else:
            check_unchanged(study, definition, data)
            # A corpus that was imported again holds the same sequences in another file.
            study.store(StudyAttributes(data=data))
        study.store(StudyAttributes(stop=None))
        existing = existing_runs(study)
        taken = _take_over(study, origin, existing) if origin is not None else []
        plan = _missing(definition, existing, taken, created)
        _queue(study, plan.queued)
        study.store(StudyAttributes(target=plan.target))
    return study, plan


def find_or_create(storage: Storage, name: str) -> Study:
    """The study of that name; while the plan's lock is held."""
    if (study := find_study(storage, name)) is not None:
        return study
    made = optuna.create_study(study_name=name, storage=storage.optuna, direction="minimize")
    return Study(storage, name, made._study_id)


def preview(
    study: Study | None, definition: StudyDefinition, data: CorpusRecord | None = None, origin: Study | None = None
) -> Plan:
    """What `plan_study` would do; stores nothing."""
    if study is not None:
        return _missing(definition, existing_runs(study), [], created=False)
    copies = compatible_runs(origin, definition, data) if origin is not None else []
    return _missing(definition, [], [RunIdentity.read(copy.user_attrs) for copy in copies], created=True)


def _take_over(study: Study, origin: Study, existing: list[RunIdentity]) -> list[RunIdentity]:
    """Add the finished runs of ``origin`` that hold in ``study`` too, while it is being planned for the first time."""
    if study.attributes().target is not None:
        return []
    there, priority = {one.run for one in existing}, priorities(study.definition)
    taken = []
    for trial in compatible_runs(origin, study.definition, study.data):
        taken.append(identity := RunIdentity.read(trial.user_attrs))
        if identity.run not in there:
            add_trial(study, trial, priority(identity), "taken over")
    names = [one.run for one in taken]
    take_directories(origin.name, study.name, names)
    take_losses(origin, study, names)
    return taken


def describe_new(study: Study, definition: StudyDefinition, data: StudyData, command: list[str]) -> None:
    study.store(
        StudyAttributes(
            versions={package: version(package) for package in ("optuna", "optsweep", "torch")},
            data=data,
            command=command,
            created=time.time(),
            definition=definition.model_dump(mode="json"),
        )
    )


def _missing(definition: StudyDefinition, existing: list[RunIdentity], taken: list[RunIdentity], created: bool) -> Plan:
    """The runs that the plan names and the study lacks; sampled runs of either kind count towards their number."""
    there = {one.run: one for one in (*existing, *taken)}
    numbers = {one.number for one in there.values() if one.sampled}
    free = (number for number in itertools.count() if number not in numbers)
    presets = [run for run in planned_runs(definition, 0) if run.run not in there]
    wanted = max(0, definition.num_sampled - len(numbers))
    new = [_sampled_run(definition, number) for number in itertools.islice(free, wanted)]
    target = len(there) + len(presets) + len(new)
    return Plan(created, presets + new, [one.run for one in existing], target, taken_over=[one.run for one in taken])


def existing_runs(study: Study) -> list[RunIdentity]:
    """The runs in the order of their first trials; also repairs rows that a killed launcher did not write."""
    found: dict[str, RunIdentity] = {}
    known = trials_with_rows(study)
    for trial in study.storage.optuna.get_all_trials(study.study_id, deepcopy=False):
        # A trial without a run was made by another program.
        if f"{PREFIX}run" in trial.user_attrs:
            identity = RunIdentity.read(trial.user_attrs)
            found[identity.run] = identity
            if trial._trial_id not in known:
                add_row(study, trial._trial_id, identity, priorities(study.definition)(identity))
    return list(found.values())


def priorities(definition: StudyDefinition) -> Callable[[RunIdentity], int]:
    """What claims order runs by: presets, the longest first, then the user's, then sampled ones (invariant 13)."""
    presets = {planned.run: planned.priority for planned in planned_runs(definition, 0)}

    def priority(identity: RunIdentity) -> int:
        if identity.source == "user":
            return USER_PRIORITY + identity.index
        return presets.get(identity.run, SAMPLED_PRIORITY + identity.index - len(definition.presets))

    return priority


def _queue(study: Study, new: list[PlannedRun]) -> None:
    for planned in new:
        add_trial(study, create_trial(state=TrialState.WAITING, user_attrs=planned.stored()), planned.priority)


def enqueue(storage: Storage, name: str, parameters: Values) -> str:
    """Queue one run of the user's and raise the target by one; parameters that are not given will be sampled."""
    with storage.planning(name):
        study = open_study(storage, name)
        existing = existing_runs(study)
        run, index = f"user-{sum(one.source == 'user' for one in existing) + 1:03d}", len(existing)
        priority = USER_PRIORITY + index
        planned = PlannedRun(run=run, index=index, source="user", preset=None, fixed=parameters, priority=priority)
        _queue(study, [planned])
        study.store(StudyAttributes(target=index + 1))
    return run


def retry_failed(storage: Storage, name: str, chosen: list[str] | None = None) -> list[str]:
    """Queue failed runs again (all, or the chosen ones): same run, directory, parameters, and checkpoint.

    Raises `StorageError` if a chosen run does not exist or did not fail.
    """
    with storage.planning(name):
        study = open_study(storage, name)
        failed = {row.run: row for row in newest_rows(study) if row.outcome == "failed"}
        wrong = [run for run in chosen or [] if run not in failed]
        if wrong:
            there = ", ".join(failed) or "none"
            raise StorageError(f"study {name!r}: {', '.join(wrong)} did not fail; failed runs: {there}")
        for run in chosen or failed:
            row = failed[run]
            old = study.trial(row.trial_id)
            again = create_trial(
                state=TrialState.WAITING,
                params=old.params,
                distributions=old.distributions,
                user_attrs=old.user_attrs,
                system_attrs=old.system_attrs,
            )
            add_trial(study, again, row.priority, "queued again")
        return list(chosen or failed)
