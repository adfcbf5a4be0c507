"""One `optsweep sweep` up to its launch: check all, prepare the data, plan; in that order, a mistake costs nothing."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from optsweep.data.demo import ensure_demo
from optsweep.data.fingerprint import describe_file
from optsweep.data.reference import composition_entropy, residue_counts, unigram_entropy
from optsweep.data.sequences import Sequences, digest
from optsweep.data.training_data import load_training_data
from optsweep.database.connection import Storage, check_reachable, open_existing, open_storage
from optsweep.database.limits import seconds_until, set_limits
from optsweep.database.open_study import Study, find_study, open_study
from optsweep.database.urls import storage_url
from optsweep.errors import ConfigError, DeviceError
from optsweep.importing.prepare import Prepared, prepare
from optsweep.machine.devices import Slot
from optsweep.planning.changes import check_unchanged
from optsweep.planning.defaults import Choice, choose, choose_slots, remember, study_name
from optsweep.planning.plan import Plan, plan_study, preview, retry_failed
from optsweep.planning.timings_file import read_times
from optsweep.results.attributes import StudyAttributes
from optsweep.results.folders import KEPT_BEST, study_directory
from optsweep.results.study_data import CorpusRecord, StudyData, Weights
from optsweep.search.sampling import RandomRuns
from optsweep.study.definition import MAX_TRIALS, PrunerKind, StudyDefinition, StudyType
from optsweep.study.file import load_study
from optsweep.study.parameter import Scalar
from optsweep.study.resolve import training_seed
from optsweep.study.run_config import RunConfig
from optsweep.trainers.trainer import Trainer
from optsweep.trainers.trainer_of import trainer_of

DISK_MARGIN = 1.2


@dataclass(frozen=True, kw_only=True)
class SweepRequest:
    """What was asked for; None where the user said nothing."""

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
class Session:
    """A checked request: nothing has been written yet, and everything that can be known is right."""

    request: SweepRequest
    choice: Choice
    name: str
    definition: StudyDefinition
    slots: list[Slot]
    existing: Study | None
    origin: Study | None = None
    """The study from which this one is forked."""

    @property
    def trainer(self) -> Trainer:
        return trainer_of(self.definition)


@dataclass(frozen=True)
class Preview:
    """What `--dry-run` shows: the plan, a config for every run that has one already, and the disk it takes."""

    session: Session
    plan: Plan
    configs: dict[str, RunConfig]
    parameters: dict[str, dict[str, Scalar]]
    peak_disk_bytes: int | None
    """None if only the study's script knows what it writes."""


def check(request: SweepRequest) -> Session:
    """Check the whole request without writing anything; raises a `UserError`."""
    url = storage_url(request.storage)
    _check_options(request)
    resumed = _resumed(request)
    if resumed is not None:
        choice, definition, name = resumed
    else:
        # A study that does not exist is said before data that is missing.
        given = load_study(request.study) if request.study is not None else None
        takes_data = given is None or trainer_of(given).takes_data
        choice = choose(request.study, request.data, gpus_asked=request.gpus is not None, takes_data=takes_data)
        definition = given or load_study(choice.study)
        name = study_name(request.name, choice.study, choice.data)
    trainer = trainer_of(definition)
    demo = choice.data is None and trainer.takes_data
    slots = choose_slots(request.gpus, request.cpu_workers, request.workers_per_gpu, demo=demo)
    trainer.check()
    check_reachable(url)
    storage = open_existing(url)
    origin = None
    if request.fork is not None:
        fork = study_name(request.fork, "", None)
        origin, name = _origin(storage, name, fork), fork
    existing = find_study(storage, name) if storage is not None else None
    if existing is not None and (linked := existing.attributes().linked) is not None:
        command = "confirm" if linked.purpose == "confirm" else "fidelity"
        go_on = f"optsweep {command} --name {linked.origin}"
        raise ConfigError(f"study {name!r}", [f"trains runs of another study again; it goes on with: {go_on}"])
    definition = _with_overrides(definition, request, existing)
    if existing is not None and existing.attributes().definition is not None:
        check_unchanged(existing, definition, _corpus(choice))
    return Session(request, choice, name, definition, slots, existing, origin)


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


def _check_options(request: SweepRequest) -> None:
    if request.gpus is not None and request.cpu_workers is not None:
        raise DeviceError("--gpus and --cpu-workers: give one of the two")
    if request.trials is not None and not 0 <= request.trials <= MAX_TRIALS:
        raise ConfigError("--trials", [f"{request.trials} sampled runs: must be 0 to {MAX_TRIALS}"])
    if request.max_gpu_hours is not None and not 0 < request.max_gpu_hours < math.inf:
        raise ConfigError("--max-gpu-hours", [f"{request.max_gpu_hours:g}: must be a number above 0"])
    if request.deadline is not None:
        seconds_until(request.deadline)


def _corpus(choice: Choice) -> CorpusRecord | None:
    """What can be known of the data before it is imported; None for the demo's."""
    if choice.data is None:
        return None
    return CorpusRecord(corpus=str(choice.data), fingerprint=describe_file(choice.data).fingerprint)


def _resumed(request: SweepRequest) -> tuple[Choice, StudyDefinition, str] | None:
    """`sweep --name NAME` alone goes on with that study as it was begun, whatever files lie about now."""
    if request.name is None or request.study is not None or request.data is not None:
        return None
    name = study_name(request.name, "", None)
    storage = open_existing(storage_url(request.storage))
    study = find_study(storage, name) if storage is not None else None
    if study is None or study.attributes().definition is None:
        return None
    corpus = None if study.data.demo else Path(study.data.corpus)
    return Choice(study.definition.name, corpus, f"study {name} as it was begun"), study.definition, name


def _with_overrides(definition: StudyDefinition, request: SweepRequest, existing: Study | None) -> StudyDefinition:
    seed, pruner = request.seed, request.pruner
    if existing is not None and existing.attributes().definition is not None:
        # A resume need not repeat what the first start was given.
        seed = existing.definition.study.seed if seed is None else seed
        pruner = existing.definition.pruner.kind if pruner is None else pruner
        definition = definition.planned_like(existing.definition)
    return definition.with_overrides(type=request.type, trials=request.trials, seed=seed, pruner=pruner)


def preview_session(session: Session) -> Preview:
    """What `start` would do; stores nothing."""
    plan = preview(session.existing, session.definition, _corpus(session.choice), session.origin)
    definition, trainer, random_runs = session.definition, session.trainer, RandomRuns(session.definition)
    parameters: dict[str, dict[str, Scalar]] = {}
    for run in plan.queued:
        if run.source == "random":
            parameters[run.run] = random_runs.parameters(run.index - len(definition.presets))
        elif run.source == "preset":
            parameters[run.run] = dict(run.fixed)
    configs = {
        run.run: trainer.resolve(known, preset=run.preset, seed=training_seed(definition.study.seed, run.index))
        for run in plan.queued
        if (known := parameters.get(run.run)) is not None
    }
    return Preview(session, plan, configs, parameters, trainer.peak_disk(configs, len(session.slots), KEPT_BEST))


def check_disk(preview: Preview) -> None:
    """Refuse a start where runs cannot be written, or without 1.2 times the peak free; raises `ConfigError`."""
    directory = study_directory(preview.session.name).absolute()
    place = next(place for place in (directory, *directory.parents) if place.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        raise ConfigError(f"folder {place}", ["cannot be written, and the runs' files go there; start in another one"])
    free = shutil.disk_usage(Path.cwd()).free
    needed = int((preview.peak_disk_bytes or 0) * DISK_MARGIN)
    if preview.plan.queued and free < needed:
        raise ConfigError(
            f"disk of {Path.cwd()}",
            [f"{free / 1e9:.1f} GB are free, the sweep may need {needed / 1e9:.1f} GB (checkpoints); free some"],
        )


def prepare_data(session: Session, on_progress: Callable[[int, int], None] | None) -> tuple[Prepared, StudyData]:
    """Make corpus and subset where they are missing or stale; returns them, and what the study records of them."""
    source = session.choice.data if session.choice.data is not None else ensure_demo()
    prepared = prepare(source, on_progress=on_progress)
    data = load_training_data(prepared.subset.path)
    settings = session.definition.settings
    cropped = settings.max_protein_len - 2
    # The lines that values are compared with speak of the sequences that values are computed on.
    scored, confirmation = (
        part.take(np.arange(len(part))[: settings.num_validation]) for part in (data.validation, data.confirmation)
    )
    reference = {
        "unigram_entropy": unigram_entropy(scored, cropped),
        "composition_entropy": composition_entropy(scored, cropped),
    }
    record = StudyData(
        demo=session.choice.data is None,
        corpus=str(prepared.corpus.absolute()),
        subset=str(prepared.subset.path.absolute()),
        num_sequences=prepared.subset.num_sequences,
        source_sequences=prepared.subset.num_source,
        synthetic=prepared.synthetic and session.trainer.takes_data,
        manifest=data.manifest,
        fingerprint=describe_file(prepared.corpus).fingerprint,
        content=digest(data.train, data.validation, data.confirmation),
        weights=Weights(
            validation=_num_residues(scored, cropped),
            confirmation=_num_residues(confirmation, cropped),
        ),
        # A script's values are on a scale of its own.
        reference=reference if session.trainer.has_reference else {},
    )
    return prepared, record


def _num_residues(sequences: Sequences, max_residues: int) -> list[int]:
    return [int(count) for count in residue_counts(sequences, max_residues).sum(axis=1)]


def plan(session: Session, data: StudyData, command: list[str]) -> tuple[Study, Plan]:
    """Store the study and queue what is missing."""
    storage: Storage = open_storage(storage_url(session.request.storage), create=True)
    study, made = plan_study(storage, session.name, session.definition, data, command=command, origin=session.origin)
    if times := read_times(session.name, session.slots):
        study.store(StudyAttributes(measured=times))
    set_limits(study, deadline=session.request.deadline, max_gpu_hours=session.request.max_gpu_hours)
    retried = retry_failed(storage, session.name) if session.request.retry_failed else []
    remember(session.name)
    return study, replace(made, retried=retried)
