"""One study in the database: its definition, data, limits and runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import optuna
import sqlalchemy as sa
from optuna.trial import FrozenTrial

from optsweep.database.connection import Storage, transaction
from optsweep.database.optuna_rows import put_study_attribute, read_study_attributes
from optsweep.database.patience import patiently
from optsweep.database.queue import Queue
from optsweep.database.tables import runs
from optsweep.database.urls import masked
from optsweep.errors import StorageError, StudyGone
from optsweep.results.attributes import PREFIX, Stop, StudyAttributes, StudyData
from optsweep.results.records import ReachedLimit
from optsweep.study.definition import StudyDefinition
from optsweep.toml_files import validate
from optsweep.trainers import trainer_of
from optsweep.trainers.trainer import Trainer


@dataclass(frozen=True)
class Study:
    """A study that `planning` has made; opened by `open_study`."""

    storage: Storage
    name: str
    study_id: int
    _created: dict[str, float] = field(default_factory=dict, compare=False)
    """When it was made, once that was read."""

    @cached_property
    def trainer(self) -> Trainer:
        return trainer_of(self.definition)

    @cached_property
    def queue(self) -> Queue:
        """For all that changes runs; a database of an earlier version gets the tables that it lacks."""
        patiently(self.storage.complete)
        return Queue(self.storage, self.study_id)

    @cached_property
    def definition(self) -> StudyDefinition:
        """The study file as it was when the study began; raises `ConfigError` if it cannot be read."""
        return stored_definition(self.name, self.attributes())

    @cached_property
    def data(self) -> StudyData | None:
        """None if its script is given none."""
        return data_of(self.trainer, self.attributes())

    @property
    def corpus(self) -> StudyData:
        """``data`` where it is certain that there is some."""
        assert self.data is not None, "who asks has seen that its runs are given data"
        return self.data

    def optuna(self, **arguments: Any) -> optuna.Study:
        """The study as Optuna sees it; sampler and pruner are the caller's, since Optuna stores neither."""
        return patiently(optuna.load_study, study_name=self.name, storage=self.storage.optuna, **arguments)

    def attributes(self) -> StudyAttributes:
        """Raises `StudyGone` if the study was deleted."""
        return self.storage.transaction(self.read_attributes)

    def read_attributes(self, connection: sa.Connection) -> StudyAttributes:
        """`attributes` within a transaction."""
        stored = read_study_attributes(connection, self.study_id)
        attributes = StudyAttributes.read(stored or {})
        # SQLite gives ids out again: another study may have this one's.
        created = self._created.get("at", attributes.created)
        if attributes.created:
            self._created["at"] = created
        if stored is None or created != attributes.created:
            gone = f"study {self.name!r} was deleted from {masked(self.storage.url)}, and its runs with it"
            raise StudyGone(f"{gone}, or has begun anew")
        return attributes

    def expect_another(self) -> None:
        """The study begins anew: whoever else has opened it finds that the one it knew is gone."""
        self._created.clear()

    def store(self, attributes: StudyAttributes) -> None:
        """Store the attributes that are set, all of them or none; the others stay as they are."""
        self.storage.transaction(lambda connection: self.write_attributes(connection, attributes))

    def write_attributes(self, connection: sa.Connection, attributes: StudyAttributes) -> None:
        """`store` within a transaction."""
        for key, value in attributes.model_dump(exclude_unset=True).items():
            put_study_attribute(connection, self.study_id, PREFIX + key, value)
        for cached in ("definition", "trainer", "data"):
            # What was read before would be what it no longer is.
            self.__dict__.pop(cached, None)

    def trial(self, trial_id: int) -> FrozenTrial:
        return patiently(self.storage.backend.get_trial, trial_id)

    def stop(self, *, drain: bool) -> None:
        """Ask every worker on every host to leave: at once with a checkpoint, or (drain) when its run has ended."""
        reason = "stopped by the user" + (" (running runs end first)" if drain else "")
        self.store(StudyAttributes(stop=Stop(reason=reason, drain=drain)))

    def stop_reason(self) -> str | None:
        """Why no run may go on ("stopped by the user", a limit that is reached), or None."""
        attributes = self.attributes()
        if attributes.stop is not None and not attributes.stop.drain:
            return attributes.stop.reason
        limit = self.limit_reached(attributes)
        return None if limit is None else limit.reason

    def claim_refusal(self) -> str | None:
        """Why no further run may be claimed; running ones may go on."""
        attributes = self.attributes()
        if attributes.stop is not None:
            return attributes.stop.reason
        limit = self.limit_reached(attributes)
        return None if limit is None else limit.reason

    def limit_reached(self, attributes: StudyAttributes) -> ReachedLimit | None:
        """The limit among ``attributes``, the study's, that is reached."""
        deadline, hours = attributes.deadline, attributes.max_gpu_hours
        if deadline is not None and self.storage.transaction(self.storage.now) >= deadline:
            return ReachedLimit("the deadline is reached", "--deadline 24h")
        if hours is not None and (used := self._device_seconds() / 3600) >= hours:
            larger = hours * (round(used / hours) + 1)
            return ReachedLimit(f"the limit of {hours:g} GPU-hours is reached", f"--max-gpu-hours {larger:g}")
        return None

    def _device_seconds(self) -> float:
        return self._seconds_used() * self.definition.gpus_per_run

    @transaction
    def _seconds_used(self, connection: sa.Connection) -> float:
        # Runs without an attempt were taken over from another study, which has paid for them.
        paid = [runs.c.study_id == self.study_id, runs.c.attempts > 0]
        return connection.execute(sa.select(sa.func.sum(runs.c.seconds)).where(*paid)).scalar() or 0.0


def stored_definition(study: str, attributes: StudyAttributes) -> StudyDefinition:
    """The definition among the attributes of a study that has one; raises `ConfigError` if it cannot be read."""
    assert attributes.definition is not None, "who opens a study has seen that it is whole"
    return validate(StudyDefinition, attributes.definition, f"stored definition of study {study}")


def data_of(trainer: Trainer, attributes: StudyAttributes) -> StudyData | None:
    """The data that runs are given; what an earlier version has stored beside a script without {data} counts for none.

    The study must be whole.
    """
    if not trainer.takes_data:
        return None
    assert attributes.data is not None, "it is stored with the definition"
    return attributes.data


def study_names(storage: Storage) -> list[str]:
    """All studies of the database, in the order they were made."""
    with storage.engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT study_name FROM studies ORDER BY study_id")).scalars())


def find_study(storage: Storage, name: str) -> Study | None:
    """The study, or None; raises `StorageError` if another program or another major Optuna made it.

    Also if the database takes the name for another study's: MySQL mostly does so where they differ in case only.
    """
    query = sa.text("SELECT study_id, study_name FROM studies WHERE study_name = :name")
    row = storage.transaction(lambda connection: connection.execute(query, {"name": name}).first())
    if row is None:
        return None
    if row.study_name != name:
        raise StorageError(
            f"no study {name!r} in {masked(storage.url)}, which cannot tell that name from {row.study_name!r}; "
            "give the name as it is there, or choose another"
        )
    study = Study(storage, name, int(row.study_id))
    attributes = study.attributes()
    if attributes.definition is None:
        # A launcher that died between the study's row and its definition leaves one without trials: it can be planned.
        # One that has just been planned has both, but not yet at the first look.
        if storage.optuna.get_n_trials(study.study_id) and study.attributes().definition is None:
            raise StorageError(
                f"study {name!r} in {masked(storage.url)} was not made by optsweep; choose another --name"
            )
        return study
    written, running = attributes.versions["optuna"], optuna.__version__
    if written.split(".")[0] != running.split(".")[0]:
        raise StorageError(
            f"study {name!r} was written by optuna {written}, this is {running}: their clocks and schemas differ\n"
            f"go on with it by: pip install 'optuna=={written}', or start a new one with --name"
        )
    return study


def open_study(storage: Storage, name: str) -> Study:
    """The study of that name; raises `StorageError` naming those that exist."""
    study = find_study(storage, name)
    # The target is what planning writes last.
    if study is None or study.attributes().target is None:
        there = ", ".join(study_names(storage)) or "none"
        raise StorageError(f"no study {name!r} in {masked(storage.url)}; there: {there}")
    return study
