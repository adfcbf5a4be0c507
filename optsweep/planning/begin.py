"""The beginning of a checked sweep: its data is made ready, the study stored, its runs queued."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optsweep.data.demo import ensure_demo
from optsweep.data.progress import OnProgress
from optsweep.data.reference import composition_entropy, residue_counts, unigram_entropy
from optsweep.data.sequences import Sequences, digest
from optsweep.data.training_data import load_training_data
from optsweep.database.connection import open_storage
from optsweep.database.limits import set_limits
from optsweep.database.open_study import Study
from optsweep.database.urls import storage_url
from optsweep.importing.prepare import Prepared, prepare
from optsweep.planning.defaults import remember
from optsweep.planning.plan import Plan, plan_study, retry_failed
from optsweep.planning.request import Session
from optsweep.planning.timings_file import read_times
from optsweep.results.attributes import StudyAttributes, StudyData, Weights


def prepare_data(session: Session, on_progress: OnProgress) -> tuple[Prepared, StudyData]:
    """Make corpus and subset if they are missing or stale; returns them, and what the study records of them."""
    source = session.choice.data if session.choice.data is not None else ensure_demo()
    prepared = prepare(source, described=session.described, on_progress=on_progress)
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
        fingerprint=prepared.described.fingerprint,
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
    storage = session.storage or open_storage(storage_url(session.request.storage), create=True)
    study, made = plan_study(storage, session.name, session.definition, data, command=command, origin=session.origin)
    if times := read_times(session.name, session.slots):
        study.store(StudyAttributes(measured=times))
    set_limits(study, deadline=session.request.deadline, max_gpu_hours=session.request.max_gpu_hours)
    retried = retry_failed(storage, session.name) if session.request.retry_failed else []
    remember(session.name)
    return study, replace(made, retried=retried)
