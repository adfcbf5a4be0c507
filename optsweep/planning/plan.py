"""Plan a study once, under a lock: make it, check it, queue every run up front; workers never create trials."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import optuna
from optuna.distributions import CategoricalChoiceType
from optuna.trial import TrialState, create_trial

from optsweep.database.connection import Storage
from optsweep.database.losses import take_losses
from optsweep.database.open_study import (
    STANDING,
    Study,
    find_study,
    newest_rows,
    open_study,
    own_attributes,
    run_number,
)
from optsweep.database.run_rows import add_row, add_trial, trials_with_rows
from optsweep.errors import StorageError
from optsweep.planning.changes import check_unchanged
from optsweep.planning.fork import compatible_runs, take_directories
from optsweep.results.records import PREFIX, Source
from optsweep.study.file import StudyDefinition
from optsweep.study.run_config import cost, resolve_run

USER_PRIORITY, SAMPLED_PRIORITY = 1_000_000, 2_000_000


@dataclass(frozen=True)
class PlannedRun:
    """A run as the plan knows it, before anybody has drawn its parameters."""

    run: str
    index: int
    source: Source
    preset: str | None
    priority: int
    fixed: dict[str, CategoricalChoiceType]
    """Parameters that are given; empty for a sampled run."""

    @property
    def attributes(self) -> dict[str, Any]:
        identity = {"run": self.run, "index": self.index, "source": self.source, "preset": self.preset}
        return {PREFIX + key: value for key, value in {**identity, "fixed": self.fixed}.items()}


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
    costs = {
        preset.name: cost(resolve_run(definition, preset.parameters, preset=preset.name, seed=0))
        for preset in definition.presets
    }
    by_cost = sorted(costs, key=lambda name: costs[name], reverse=True)
    presets = [
        PlannedRun(preset.name, index, "preset", preset.name, by_cost.index(preset.name), dict(preset.parameters))
        for index, preset in enumerate(definition.presets)
    ]
    return presets + [_sampled_run(definition, number) for number in range(num_sampled)]


def _sampled_run(definition: StudyDefinition, number: int) -> PlannedRun:
    kind: Source = "random" if definition.study.type == "random" else "tpe"
    index = len(definition.presets) + number
    return PlannedRun(f"{kind}-{number + 1:03d}", index, kind, None, SAMPLED_PRIORITY + number, {})


def plan_study(
    storage: Storage,
    name: str,
    definition: StudyDefinition,
    data: dict[str, Any],
    *,
    command: list[str],
    origin: Study | None = None,
) -> tuple[Study, Plan]:
    """Make the study where it is missing and queue the runs that are missing; safe to repeat and to kill anywhere.

    A new study takes over what ``origin`` has finished and what holds in it too. Raises `ConfigError` where the study
    exists with another definition or other data.
    """
    with storage.lock(f"plan {name}"):
        study = find_study(storage, name)
        created = study is None or "definition" not in study.attributes()
        if study is None:
            made = optuna.create_study(study_name=name, storage=storage.optuna, direction="minimize")
            study = Study(storage, name, made._study_id)
        if created:
            describe_new(study, definition, data, command)
        else:
            check_unchanged(study, definition, data)
            # A corpus that was imported again holds the same sequences in another file.
            study.set_attribute("data", data)
        study.set_attribute("stop", None)
        existing = existing_runs(study)
        taken = _take_over(study, origin, existing) if origin is not None else {}
        plan = _missing(definition, existing, taken, created)
        _queue(study, plan.queued)
        study.set_attribute("target", plan.target)
    return study, plan


def preview(
    study: Study | None, definition: StudyDefinition, data: dict[str, Any] | None = None, origin: Study | None = None
) -> Plan:
    """What `plan_study` would do; stores nothing."""
    if study is not None:
        return _missing(definition, existing_runs(study), {}, created=False)
    copies = compatible_runs(origin, definition, data) if origin is not None else []
    return _missing(definition, {}, {copy.run: copy.source for copy in copies}, created=True)


def _take_over(study: Study, origin: Study, existing: Mapping[str, Source]) -> dict[str, Source]:
    """Add the finished runs of ``origin`` that hold in ``study`` too, while it is being planned for the first time."""
    if "target" in study.attributes():
        return {}
    copies = compatible_runs(origin, study.definition, study.data)
    for copy in copies:
        if copy.run not in existing:
            add_trial(
                study, copy.trial, copy.run, _priority(study.definition, own_attributes(copy.trial)), "taken over"
            )
    taken = [copy.run for copy in copies]
    take_directories(origin.name, study.name, taken)
    take_losses(origin, study, taken)
    return {copy.run: copy.source for copy in copies}


def describe_new(study: Study, definition: StudyDefinition, data: dict[str, Any], command: list[str]) -> None:
    versions = {package: version(package) for package in ("optuna", "optsweep", "torch")}
    study.set_attribute("versions", versions)
    study.set_attribute("data", data)
    study.set_attribute("command", command)
    study.set_attribute("created", time.time())
    # Last: a study with a definition is whole.
    study.set_attribute("definition", definition.model_dump(mode="json"))


def _missing(
    definition: StudyDefinition, existing: Mapping[str, Source], taken: Mapping[str, Source], created: bool
) -> Plan:
    """The runs that the plan names and the study lacks; sampled runs of either kind count towards their number."""
    there = {**existing, **taken}
    numbers = {run_number(run) for run, source in there.items() if source in ("random", "tpe")}
    free = (number for number in itertools.count() if number not in numbers)
    presets = [run for run in planned_runs(definition, 0) if run.run not in there]
    wanted = max(0, definition.num_sampled - len(numbers))
    new = [_sampled_run(definition, number) for number in itertools.islice(free, wanted)]
    target = len(there) + len(presets) + len(new)
    return Plan(created, presets + new, list(existing), target, taken_over=list(taken))


def existing_runs(study: Study) -> dict[str, Source]:
    """Run id -> source, in the order of the trials; also repairs rows that a killed launcher did not write."""
    found: dict[str, Source] = {}
    known = trials_with_rows(study)
    for trial in study.storage.optuna.get_all_trials(study.study_id, deepcopy=False):
        identity = own_attributes(trial)
        if "run" not in identity:
            continue
        found[identity["run"]] = identity["source"]
        if trial._trial_id not in known:
            priority = _priority(study.definition, identity)
            add_row(study, trial._trial_id, identity["run"], priority, identity.get(STANDING, {}))
    return found


def _priority(definition: StudyDefinition, identity: dict[str, Any]) -> int:
    index = int(identity["index"])
    if identity["source"] == "user":
        return USER_PRIORITY + index
    by_run = {run.run: run.priority for run in planned_runs(definition, 0)}
    return by_run.get(identity["run"], SAMPLED_PRIORITY + index - len(definition.presets))


def _queue(study: Study, new: list[PlannedRun]) -> None:
    for planned in new:
        trial = create_trial(state=TrialState.WAITING, user_attrs=planned.attributes)
        add_trial(study, trial, planned.run, planned.priority)


def enqueue(storage: Storage, name: str, parameters: dict[str, CategoricalChoiceType]) -> str:
    """Queue one run of the user's and raise the target by one; parameters that are not given will be sampled."""
    storage.complete()
    with storage.lock(f"plan {name}"):
        study = open_study(storage, name)
        existing = existing_runs(study)
        number = sum(source == "user" for source in existing.values()) + 1
        planned = PlannedRun(
            f"user-{number:03d}", len(existing), "user", None, USER_PRIORITY + len(existing), parameters
        )
        _queue(study, [planned])
        study.set_attribute("target", len(existing) + 1)
    return planned.run


def retry_failed(storage: Storage, name: str, chosen: list[str] | None = None) -> list[str]:
    """Queue failed runs again (all, or the chosen ones): same run, directory, parameters, and checkpoint.

    Raises `StorageError` where a chosen run does not exist or did not fail.
    """
    storage.complete()
    with storage.lock(f"plan {name}"):
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
            add_trial(study, again, run, row.priority, "queued again")
        return list(chosen or failed)
