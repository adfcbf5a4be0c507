"""A request of `optsweep sweep`, checked as a whole before anything is written: a mistake costs nothing."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from optsweep.data.fingerprint import FileDescription, describe_file
from optsweep.database.change import is_untried
from optsweep.database.connection import Storage, names_alike, open_existing
from optsweep.database.open_study import Study, open_study
from optsweep.database.urls import masked, storage_url
from optsweep.errors import ConfigError
from optsweep.machine.devices import Slot
from optsweep.planning.defaults import Choice, study_name
from optsweep.planning.differences import changed_names, check_unchanged, corrected
from optsweep.planning.request import SweepRequest, asked, check_new, find, is_begun, with_overrides
from optsweep.results.attributes import CorpusRecord, StudyData
from optsweep.study.definition import StudyDefinition
from optsweep.study.shipped import is_shipped
from optsweep.trainers import trainer_of
from optsweep.trainers.trainer import NO_SEED, Trainer


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
    found = asked(request, database)
    choice, definition, name = found.choice, found.definition, found.name
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
        definition=_as_before(definition, request, existing, origin),
        slots=found.slots,
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
    check_new(session.definition)
    return session


def _check_names(request: SweepRequest, definition: StudyDefinition) -> None:
    """Raise `ConfigError` if the database would take two presets, or two parameters, for one."""
    url = storage_url(request.storage)
    presets = [preset.name for preset in definition.presets]
    for kind, names in (("presets", presets), ("parameters", definition.space.names())):
        if alike := names_alike(url, names):
            shown = "; ".join(alike)
            mistake = f"the {kind} {shown} have one name to {masked(url)}; rename, or take SQLite or PostgreSQL"
            raise ConfigError(f"study {definition.name}", [mistake])


def _existing(storage: Storage | None, name: str) -> Study | None:
    """The study of that name if it has begun, which must be one that `sweep` goes on with."""
    study = find(storage, name)
    if study is not None and (linked := study.attributes().linked) is not None:
        go_on = f"optsweep {linked.command} --name {linked.origin}"
        raise ConfigError(f"study {name!r}", [f"trains runs of another study again; it resumes with: {go_on}"])
    return study if study is not None and is_begun(study) else None


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
    given = _as_before(shipped, SweepRequest(), begun, None)
    found = changed_names(begun.name, begun.attributes(), given) if stored.name == shipped.name else []
    if not found:
        return shipped, ""
    wanted = shipped.study
    return stored.with_overrides(type=wanted.type, trials=wanted.trials), ", ".join(found)


def _as_before(
    definition: StudyDefinition, request: SweepRequest, begun: Study | None, origin: Study | None
) -> StudyDefinition:
    """The study as the request has it, with what it leaves open as in the study that goes on or is forked."""
    if begun is not None:
        # A resume need not repeat what the first start was given.
        seed = begun.definition.study.seed if request.seed is None else request.seed
        pruner = begun.definition.pruner.kind if request.pruner is None else request.pruner
        request = replace(request, seed=seed, pruner=pruner)
        definition = definition.planned_like(begun.definition)
    elif origin is not None:
        definition = definition.scored_like(origin.definition)
    return with_overrides(definition, request)
