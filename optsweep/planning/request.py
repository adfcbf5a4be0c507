"""What `optsweep sweep` was asked for: its options, and which study, data and devices they mean."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from optsweep.database.connection import Storage, open_existing
from optsweep.database.open_study import Study, find_study
from optsweep.database.urls import storage_url
from optsweep.durations import SECONDS, parse_duration
from optsweep.errors import ConfigError, DeviceError
from optsweep.machine.devices import Slot
from optsweep.planning.defaults import Choice, choose, choose_slots, study_name
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study
from optsweep.study.sections import MAX_TRIALS, PrunerKind, StudyType
from optsweep.trainers import trainer_of

LONGEST = 3650.0 * SECONDS["d"]


@dataclass(frozen=True, kw_only=True)
class SweepRequest:
    """What was asked for; None if the user said nothing."""

    study: str | None = None
    data: Path | None = None
    name: str | None = None
    storage: str | None = None
    gpus: str | None = None
    cpu_workers: int | None = None
    workers_per_gpu: int = 1
    type: StudyType | None = None
    trials: int | None = None
    seed: int | None = None
    pruner: PrunerKind | None = None
    max_gpu_hours: float | None = None
    deadline: str | None = None
    retry_failed: bool = False
    fork: str | None = None


@dataclass(frozen=True)
class Asked:
    """What a request is about: which study, what its file says, its name, and where to train."""

    name: str
    choice: Choice
    definition: StudyDefinition
    slots: list[Slot]


def asked(request: SweepRequest, database: Callable[[], Storage | None]) -> Asked:
    """What the request is about, all of which can be done here; raises a `UserError`."""
    _check_options(request)
    choice, definition, name = _chosen(request, database)
    trainer, per_run = trainer_of(definition), definition.gpus_per_run
    demo = choice.data is None and trainer.takes_data
    slots = choose_slots(request.gpus, request.cpu_workers, request.workers_per_gpu, demo=demo, gpus_per_run=per_run)
    trainer.check()
    return Asked(name, choice, definition, slots)


def asked_once(request: SweepRequest) -> Asked:
    """The same for one run alone, whatever the database has of its study."""
    given = {"fork": request.fork, "deadline": request.deadline, "max-gpu-hours": request.max_gpu_hours}
    if useless := [f"--{name}" for name, value in given.items() if value is not None]:
        raise ConfigError("--check", [f"calls one run and stores nothing; leave out {', '.join(useless)}"])
    found = asked(request, functools.partial(open_existing, storage_url(request.storage)))
    if not found.choice.begun:
        trainer_of(found.definition).check_data(request.data)
        check_new(found.definition)
    return replace(found, definition=with_overrides(found.definition, request))


def check_new(definition: StudyDefinition) -> None:
    """Raise `ConfigError` if a new study may not be so, though one that has begun goes on with it."""
    if refused := definition.refused_anew():
        raise ConfigError(f"study {definition.name}", refused)


def with_overrides(definition: StudyDefinition, request: SweepRequest) -> StudyDefinition:
    """The study with what the command line gave in place of the file's values."""
    return definition.with_overrides(type=request.type, trials=request.trials, seed=request.seed, pruner=request.pruner)


def _check_options(request: SweepRequest) -> None:
    if request.gpus is not None and request.cpu_workers is not None:
        raise DeviceError("--gpus and --cpu-workers: give one of the two")
    if request.trials is not None and not 0 <= request.trials <= MAX_TRIALS:
        raise ConfigError("--trials", [f"{request.trials} sampled runs: must be 0 to {MAX_TRIALS}"])
    if request.max_gpu_hours is not None and not 0 < request.max_gpu_hours < math.inf:
        raise ConfigError("--max-gpu-hours", [f"{request.max_gpu_hours:g}: must be a number above 0"])
    if request.deadline is not None:
        seconds_until(request.deadline)


def seconds_until(deadline: str) -> float:
    """``36h``, ``90m``, ``2d`` from now, or a local time such as ``2026-11-23T08:00``; raises `ConfigError`."""
    seconds = parse_duration(deadline)
    if seconds is not None:
        if not 0 < seconds < LONGEST:
            raise ConfigError("--deadline", [f"{deadline} from now: must be more than 0 and less than 10 years"])
        return seconds
    try:
        moment = datetime.fromisoformat(deadline).astimezone()
    except (ValueError, OverflowError):
        raise ConfigError(
            "--deadline", [f"{deadline!r} is neither like 36h or 90m nor like 2026-11-23T08:00"]
        ) from None
    left = moment.timestamp() - time.time()
    if left <= 0:
        raise ConfigError("--deadline", [f"{deadline} has passed"])
    return left


def _chosen(request: SweepRequest, database: Callable[[], Storage | None]) -> tuple[Choice, StudyDefinition, str]:
    """Which study file and data, what the file says, and the study's name."""
    if request.name is not None and request.study is None and request.data is None:
        # `sweep --name NAME` alone goes on with that study as it began, whatever files are there now.
        begun = find(database(), study_name(request.name))
        if begun is not None and is_begun(begun):
            corpus = None if begun.data is None or begun.data.demo else Path(begun.data.corpus)
            choice = Choice(begun.definition.name, corpus, "as it was begun", begun=True)
            return choice, begun.definition, begun.name
    # A study that does not exist is said before data that is missing.
    given = load_study(request.study) if request.study is not None else None
    takes_data = given is None or trainer_of(given).takes_data
    choice = choose(request.study, request.data, gpus_asked=request.gpus is not None, takes_data=takes_data)
    return choice, given or load_study(choice.study), study_name(request.name, choice.study, choice.data)


def find(storage: Storage | None, name: str) -> Study | None:
    """The study of that name, if there is one."""
    return find_study(storage, name) if storage is not None else None


def is_begun(study: Study) -> bool:
    """Whether its definition is stored; a launcher that died before that leaves a study without."""
    return study.attributes().definition is not None
