"""Two studies to look at: one planned by hand, whose runs a test ends as it likes, and one that a real sweep made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.data.demo import ensure_demo
from optsweep.data.subset import ensure_subset
from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study
from optsweep.database.urls import storage_url
from optsweep.planning.plan import plan_study
from optsweep.study.file import load_study
from tests.integrations.swept import Swept
from tests.planned import DATA
from tests.sweeps import Sweeps, no_process_left


@pytest.fixture
def study(workplace: Path, database_url: str) -> Iterator[Study]:
    """The demo's five presets, queued."""
    definition = load_study("demo").with_overrides(type="predefined")
    storage = open_storage(storage_url(database_url), create=True)
    yield plan_study(storage, "study", definition, DATA, command=["optsweep"])[0]
    storage.close()


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    """Five presets and fourteen random runs, some of them pruned, one failed."""
    folder = tmp_path_factory.mktemp("swept")
    ensure_subset(ensure_demo(folder / "data" / "demo.pt"))
    sweeps = Sweeps(folder, f"sqlite:///{folder}/studies/optsweep.db", trouble={"random-009": "raise"}, described=True)
    with no_process_left(sweeps):
        arguments = ("demo", "--cpu-workers", "2", "--type", "random", "--seed", "7", "--trials", "14")
        _, output = sweeps.run(*arguments)
        yield Swept(sweeps, output)
