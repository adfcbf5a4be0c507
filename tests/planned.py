"""Planned studies without data or training, for the tests of what is stored and planned."""

from __future__ import annotations

import uuid
from typing import Any

from optsweep.database.connection import open_storage
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study
from optsweep.database.urls import storage_url
from optsweep.machine.process import ProcessIdentity, identify
from optsweep.planning.plan import plan_study
from optsweep.results.attributes import StudyData
from optsweep.study.file import load_study

DATA = StudyData(
    demo=True,
    corpus="data/demo.pt",
    subset="data/demo_sweep.pt",
    num_sequences=10_000,
    source_sequences=12_000,
    synthetic=True,
    manifest={},
    fingerprint="0",
    reference={"unigram_entropy": 2.9, "composition_entropy": 2.85},
)


def make_study(
    url: str, *, name: str = "study", sampled: int = 7, kind: Any = "random", seed: int = 7, repeats: int = 0
) -> Study:
    """Plan a study of the demo's five presets and ``sampled`` sampled runs, of which ``repeats`` are repeats."""
    definition = load_study("demo").with_overrides(type=kind, trials=sampled, seed=seed)
    section = definition.study.model_copy(update={"repeats": repeats})
    definition = definition.model_copy(update={"study": section})
    return plan_study(open_storage(storage_url(url), create=True), name, definition, DATA, command=["optsweep"])[0]


def take(study: Study, run: str, worker: str = "worker", me: ProcessIdentity | None = None) -> Lease | None:
    """The lease of that waiting run, which is not begun; None if it does not wait."""
    token = uuid.uuid4().hex
    queue, holder = study.queue, identify() if me is None else me
    return study.storage.transaction(lambda connection: queue._take(connection, worker, holder, token, run=run))


def claim(study: Study) -> Lease:
    """The next queued run, claimed by this process."""
    lease = study.queue.claim("CPU worker 0", identify())
    assert lease is not None
    return lease
