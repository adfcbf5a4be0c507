"""A study to look at."""

from __future__ import annotations

import pytest

from optsweep.results.records import StudySnapshot
from tests.snapshots import make_run, make_snapshot


@pytest.fixture
def busy() -> StudySnapshot:
    """A study in the middle: every state, every source."""
    return make_snapshot(
        [
            make_run("small_fast", "complete", value=2.8412, last_value=2.85),
            make_run("medium_rigorous", "complete", value=2.8511, last_value=2.8511),
            make_run("curriculum_focus", "running", progress=0.5, train_loss=2.87, residues_per_second=123456.0),
            make_run("tpe-001", "pruned", random_start=True, value=2.91),
            make_run("tpe-002", "failed", value=None),
            make_run("tpe-003", "running", source="tpe", worker="physical GPU 1"),
            make_run("user-001"),
        ]
    )
