"""The beginning of a checked sweep: what it would do; its data made ready, the study stored, its runs queued."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from optsweep.data.demo import ensure_demo
from optsweep.data.progress import OnProgress
from optsweep.data.reference import composition_entropy, residue_counts, unigram_entropy
from optsweep.data.sequences import Sequences, digest
from optsweep.data.training_data import load_training_data
from optsweep.database.change import read_identities
from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study
from optsweep.database.urls import storage_url
from optsweep.errors import ConfigError
from optsweep.importing.prepare import Prepared, look_at_demo, prepare
from optsweep.importing.prepare import Preview as Found
from optsweep.planning.defaults import remember
from optsweep.planning.draws import with_draws
from optsweep.planning.fork import compatible_runs
from optsweep.planning.plan import Plan, missing_runs, plan_study, priorities
from optsweep.planning.request import seconds_until
from optsweep.planning.session import Session
from optsweep.planning.timing import read_times
from optsweep.results.attributes import StudyAttributes, StudyData, TrainingSize, Weights
from optsweep.results.folders import KEPT_BEST, study_directory
from optsweep.results.repetition import DataUse, data_use
from optsweep.search.sampling import RandomRuns
from optsweep.study.run_config import RunConfig

DISK_MARGIN = 1.2


@dataclass(frozen=True)
class Preview:
    """What `--dry-run` shows: the plan, a config for every run that has one already, and the disk it takes."""

    session: Session
    plan: Plan
    """Its runs in the order in which workers take them, with the parameters that are known."""
    configs: dict[str, RunConfig]
    peak_disk_bytes: int | None
    """None if only the study's script knows what it writes."""
    use: DataUse | None
    """How runs use their data; None while nothing is known of it."""


def preview_session(session: Session, found: Found | None = None) -> Preview:
    """What the sweep would do; stores nothing. ``found`` is what was found in the user's data, if it was looked at."""
    takes_data = session.trainer.takes_data
    if takes_data and session.known_data is None and session.choice.data is None:
        found = look_at_demo()
    size, num_validation, on_corpus = _expected(session, found)
    session = replace(session, definition=with_draws(session.definition, num_validation))
    definition, trainer = session.definition, session.trainer
    existing, taken = [], []
    if session.existing is not None:
        existing = list({one.run: one for one in read_identities(session.existing).values()}.values())
    elif session.origin is not None:
        taken = [run for run, _ in compatible_runs(session.origin, definition, session.corpus)]
    plan = missing_runs(definition, existing, taken)
    random_runs = RandomRuns(definition)
    drawn = [
        replace(run, fixed=random_runs.parameters(run.number)) if run.source == "random" else run for run in plan.queued
    ]
    queued = sorted(drawn, key=priorities(definition))
    configs = {
        run.run: trainer.resolve(run.fixed, preset=run.preset, seed=definition.seed_for(run.index))
        for run in queued
        if run.source not in ("tpe", "repeat")
    }
    peak = trainer.peak_disk(configs, len(session.slots), KEPT_BEST)
    use = None
    if takes_data:
        corpus, num_source = _source(session, found)
        use = data_use(definition, size, str(corpus), num_source, on_corpus=on_corpus)
    return Preview(session, replace(plan, queued=queued), configs, peak, use)


def _source(session: Session, found: Found | None) -> tuple[Path, int]:
    """The corpus, and how many sequences it has."""
    if session.known_data is not None:
        return Path(session.known_data.corpus), session.known_data.source_sequences
    if found is not None:
        return found.corpus, found.num_sequences
    assert session.choice.data is not None, "the demo was looked at"
    return session.choice.data, 0


def _expected(session: Session, found: Found | None) -> tuple[TrainingSize | None, int | None, bool]:
    """What there is to train on, how many sequences runs will be scored on, and whether they train on the corpus.

    None where that is not known.
    """
    settings = session.definition.settings
    if (known := session.known_data) is not None:
        return known.training, None, known.trains_on is not None
    if found is None:
        return None, None, False
    on_corpus = session.definition.takes_corpus(found.subset_sequences, found.num_sequences)
    # How many relatives of held-out sequences the rest of the corpus has is found when it is read.
    sequences = found.num_training + (found.num_sequences - found.subset_sequences if on_corpus else 0)
    residues = round(sequences * min(found.mean_length, settings.max_protein_len - 2))
    scored = min(found.num_validation, settings.num_validation or found.num_validation)
    return TrainingSize(sequences=sequences, residues=residues), scored, on_corpus


def check_disk(preview: Preview) -> None:
    """Refuse a start if runs cannot be written, or without 1.2 times the peak free; raises `ConfigError`."""
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


def prepare_data(session: Session, on_progress: OnProgress) -> tuple[Prepared, StudyData]:
    """Make corpus and subset if they are missing or stale; returns them, and what the study records of them."""
    source = session.choice.data if session.choice.data is not None else ensure_demo()
    prepared = prepare(source, described=session.described, on_progress=on_progress)
    data = load_training_data(prepared.subset.path)
    settings = session.definition.settings
    cropped = settings.max_protein_len - 2
    known, subset = session.known_data, prepared.subset
    if known is None:
        on_corpus = session.definition.takes_corpus(subset.num_sequences, subset.num_source)
    else:
        # A study goes on with what it began with, whatever its file would mean in this version.
        on_corpus = known.trains_on is not None
    if not on_corpus:
        training = _size(data.train, cropped)
    elif known is not None and known.training is not None and known.fingerprint == prepared.described.fingerprint:
        training = known.training
    else:
        training = _size(load_training_data(prepared.corpus, on_progress).train, cropped)
    # The lines that values are compared with speak of the sequences that values are computed on.
    scored, confirmation = (
        part.take(np.arange(len(part))[: settings.num_validation]) for part in (data.validation, data.confirmation)
    )
    validation_weights, confirmation_weights = (
        residue_counts(part, cropped).sum(axis=1).astype(int).tolist() for part in (scored, confirmation)
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
        synthetic=prepared.synthetic,
        manifest=data.manifest,
        fingerprint=prepared.described.fingerprint,
        content=digest(data.train, data.validation, data.confirmation),
        training=training,
        trains_on=str(prepared.corpus.absolute()) if on_corpus else None,
        weights=Weights(validation=validation_weights, confirmation=confirmation_weights),
        # A script's values are on a scale of its own.
        reference=reference if session.trainer.has_reference else {},
    )
    return prepared, record


def _size(train: Sequences, cropped: int) -> TrainingSize:
    return TrainingSize(sequences=len(train), residues=int(np.minimum(train.lengths, cropped).sum()))


def plan(session: Session, data: StudyData | None, command: list[str]) -> tuple[Study, Plan]:
    """Store the study and queue what is missing."""
    storage = session.storage or open_storage(storage_url(session.request.storage), create=True)
    study, made = plan_study(storage, session.name, session.definition, data, command=command, origin=session.origin)
    if times := read_times(session.name, session.slots):
        study.store(StudyAttributes(measured=times))
    # A start without limits lifts earlier ones.
    deadline, max_gpu_hours = session.request.deadline, session.request.max_gpu_hours
    ends = None if deadline is None else storage.transaction(storage.now) + seconds_until(deadline)
    study.store(StudyAttributes(deadline=ends, max_gpu_hours=max_gpu_hours))
    remember(session.name)
    return study, made
