"""What `optsweep sweep` was asked for, checked as a whole before anything is written: a mistake costs nothing."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from optsweep.data.fingerprint import FileDescription, describe_file
from optsweep.database.change import is_untried
from optsweep.database.connection import Storage, names_alike, open_existing
from optsweep.database.open_study import Study, find_study, open_study
from optsweep.database.urls import masked, storage_url
from optsweep.durations import SECONDS, parse_duration
from optsweep.errors import ConfigError, DeviceError
from optsweep.machine.devices import Slot
from optsweep.planning.defaults import Choice, choose, choose_slots, study_name
from optsweep.planning.plan import changed_names, check_unchanged, corrected
from optsweep.results.attributes import CorpusRecord, StudyData
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study
from optsweep.study.sections import MAX_TRIALS, PrunerKind, StudyType
from optsweep.study.shipped import is_shipped
from optsweep.trainers import trainer_of
from optsweep.trainers.trainer import NO_SEED, Trainer

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


@dataclass(frozen=True, kw_only=True)
class Session:
    """A checked request and what was opened for it: nothing is written yet, and all that can be known is right."""

    request: SweepRequest
    choice: Choice
    name: str
    definition: StudyDefinition
    slots: list[Slot]
    storage: Storage | None
    """None if there is nothing of ours in the database yet."""
    described: FileDescription | None
    """The user's data file; None for the demo's, and where the study's script is given none."""
    existing: Study | None
    """The study, if it has begun and does not begin anew."""
    known_data: StudyData | None = None
    """What that study has stored of its data."""
    origin: Study | None
    """The study from which this one is forked."""
    kept: str = ""
    """The names of what has changed in the shipped study file, where the study goes on with what it began with."""

    @property
    def trainer(self) -> Trainer:
        return trainer_of(self.definition)

    @property
    def corpus(self) -> CorpusRecord | None:
        """What is known of the data before it is imported; None for the demo's."""
        if self.described is None:
            return None
        return CorpusRecord(corpus=str(self.choice.data), fingerprint=self.described.fingerprint)


def check(request: SweepRequest) -> Session:
    """Check the whole request without writing anything; raises a `UserError`."""
    # Opened once, and not before it is needed: mistakes in files are told first.
    database = functools.cache(functools.partial(open_existing, storage_url(request.storage)))
    choice, definition, name, slots = _asked(request, database)
    trainer = trainer_of(definition)
    storage, origin = database(), None
    if request.fork is not None:
        fork = study_name(request.fork)
        origin, name = _origin(storage, name, fork), fork
    existing, kept = _existing(storage, name), ""
    if existing is None or existing.attributes().data is None:
        # An earlier version has taken data for a script that reads none; such a study goes on by the same command.
        trainer.check_data(request.data)
    if existing is not None and not choice.begun and is_shipped(choice.study):
        definition, kept = _as_begun(existing, definition)
    session = Session(
        request=request,
        choice=choice,
        name=name,
        definition=_with_overrides(definition, request, existing, origin),
        slots=slots,
        storage=storage,
        described=None if choice.data is None else describe_file(choice.data),
        existing=existing,
        origin=origin,
        kept=kept,
    )
    if existing is not None:
        begun = existing.attributes()
        if not (corrected(name, begun, session.definition, session.corpus) and is_untried(existing)):
            check_unchanged(name, begun, session.definition, session.corpus)
            return replace(session, known_data=begun.data if trainer.takes_data else None)
        session = replace(session, existing=None)
    if session.definition.study.repeats not in ("auto", 0) and not trainer.takes_seed:
        raise ConfigError(f"study.repeats = {session.definition.study.repeats}", [NO_SEED])
    _check_names(request, session.definition)
    if refused := session.definition.refused_anew():
        raise ConfigError(f"study {definition.name}", refused)
    return session


@dataclass(frozen=True)
class Call:
    """A study of which one run is to be called, whatever the database has of it."""

    name: str
    choice: Choice
    definition: StudyDefinition
    slots: list[Slot]


def check_call(request: SweepRequest) -> Call:
    """Check what has to do with one run alone; raises a `UserError`."""
    given = {"fork": request.fork, "deadline": request.deadline, "max-gpu-hours": request.max_gpu_hours}
    if useless := [f"--{name}" for name, value in given.items() if value is not None]:
        raise ConfigError("--check", [f"calls one run and stores nothing; leave out {', '.join(useless)}"])
    database = functools.cache(functools.partial(open_existing, storage_url(request.storage)))
    choice, definition, name, slots = _asked(request, database)
    if not choice.begun:
        trainer_of(definition).check_data(request.data)
        if refused := definition.refused_anew():
            raise ConfigError(f"study {definition.name}", refused)
    return Call(name, choice, _with_overrides(definition, request, None, None), slots)


def _asked(
    request: SweepRequest, database: Callable[[], Storage | None]
) -> tuple[Choice, StudyDefinition, str, list[Slot]]:
    """Which study, what its file says, its name, and where to train; all of which can be done here."""
    _check_options(request)
    choice, definition, name = _chosen(request, database)
    trainer, per_run = trainer_of(definition), definition.gpus_per_run
    demo = choice.data is None and trainer.takes_data
    slots = choose_slots(request.gpus, request.cpu_workers, request.workers_per_gpu, demo=demo, gpus_per_run=per_run)
    trainer.check()
    return choice, definition, name, slots


def _check_names(request: SweepRequest, definition: StudyDefinition) -> None:
    """Raise `ConfigError` if the database would take two presets, or two parameters, for one."""
    url = storage_url(request.storage)
    presets = [preset.name for preset in definition.presets]
    for kind, names in (("presets", presets), ("parameters", definition.space.names())):
        if alike := names_alike(url, names):
            shown = "; ".join(alike)
            mistake = f"the {kind} {shown} have one name to {masked(url)}; rename, or take SQLite or PostgreSQL"
            raise ConfigError(f"study {definition.name}", [mistake])


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
        begun = _find(database(), study_name(request.name))
        if begun is not None and _is_begun(begun):
            corpus = None if begun.data is None or begun.data.demo else Path(begun.data.corpus)
            choice = Choice(begun.definition.name, corpus, f"study {begun.name} as it was begun", begun=True)
            return choice, begun.definition, begun.name
    # A study that does not exist is said before data that is missing.
    given = load_study(request.study) if request.study is not None else None
    takes_data = given is None or trainer_of(given).takes_data
    choice = choose(request.study, request.data, gpus_asked=request.gpus is not None, takes_data=takes_data)
    return choice, given or load_study(choice.study), study_name(request.name, choice.study, choice.data)


def _find(storage: Storage | None, name: str) -> Study | None:
    return find_study(storage, name) if storage is not None else None


def _is_begun(study: Study) -> bool:
    """Whether its definition is stored; a launcher that died before that leaves a study without."""
    return study.attributes().definition is not None


def _existing(storage: Storage | None, name: str) -> Study | None:
    """The study of that name if it has begun, which must be one that `sweep` goes on with."""
    study = _find(storage, name)
    if study is not None and (linked := study.attributes().linked) is not None:
        go_on = f"optsweep {linked.command} --name {linked.origin}"
        raise ConfigError(f"study {name!r}", [f"trains runs of another study again; it resumes with: {go_on}"])
    return study if study is not None and _is_begun(study) else None


def _origin(storage: Storage | None, name: str, fork: str) -> Study:
    """The study to fork from: the one that the same command without ``--fork`` is about."""
    if fork == name:
        raise ConfigError(f"--fork {fork}", ["is the study to fork from; give the new one another name"])
    if storage is None:
        raise ConfigError(f"--fork {fork}", [f"there is no study {name!r} to fork from; choose one with --name"])
    study = open_study(storage, name)
    if linked := study.attributes().linked:
        again = f"study {name!r} trains runs of study {linked.origin!r} again; fork that one"
        raise ConfigError(f"--fork {fork}", [again])
    return study


def _as_begun(begun: Study, shipped: StudyDefinition) -> tuple[StudyDefinition, str]:
    """What the study goes on with, and in what the shipped file has changed since (invariant 15)."""
    stored = begun.definition
    given = _with_overrides(shipped, SweepRequest(), begun, None)
    found = changed_names(begun.name, begun.attributes(), given) if stored.name == shipped.name else []
    if not found:
        return shipped, ""
    wanted = shipped.study
    return stored.with_overrides(type=wanted.type, trials=wanted.trials), ", ".join(found)


def _with_overrides(
    definition: StudyDefinition, request: SweepRequest, begun: Study | None, origin: Study | None
) -> StudyDefinition:
    seed, pruner = request.seed, request.pruner
    if begun is not None:
        # A resume need not repeat what the first start was given.
        seed = begun.definition.study.seed if seed is None else seed
        pruner = begun.definition.pruner.kind if pruner is None else pruner
        definition = definition.planned_like(begun.definition)
    elif origin is not None:
        definition = definition.scored_like(origin.definition)
    return definition.with_overrides(type=request.type, trials=request.trials, seed=seed, pruner=pruner)
