"""A planned study without data or training, for the tests of the queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study
from optsweep.database.urls import storage_url
from optsweep.planning.plan import plan_study
from optsweep.study.file import load_study

DATA: dict[str, Any] = {
    "demo": True,
    "corpus": "data/demo.pt",
    "subset": "data/demo_sweep.pt",
    "num_sequences": 10_000,
    "source_sequences": 12_000,
    "synthetic": True,
    "manifest": {},
    "fingerprint": "0",
    "reference": {"unigram_entropy": 2.9, "composition_entropy": 2.85},
}


def make_study(url: str, *, name: str = "study", sampled: int = 7, kind: Any = "random", seed: int = 7) -> Study:
    """Plan a study of the demo's five presets and ``sampled`` sampled runs."""
    definition = load_study("demo").with_overrides(type=kind, trials=sampled, seed=seed)
    return plan_study(open_storage(storage_url(url), create=True), name, definition, DATA, command=["optsweep"])[0]


@pytest.fixture
def study(database_url: str) -> Iterator[Study]:
    """Twelve queued runs on each kind of database."""
    study = make_study(database_url)
    yield study
    study.storage.close()
