"""Fixtures that the tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.database.open_study import Study
from tests.databases import KINDS, fresh_database
from tests.planned import make_study

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with an ugly name and without what the shell exports."""
    place = tmp_path / "it's a folder"
    place.mkdir()
    monkeypatch.chdir(place)
    for name in ("OPTSWEEP_STORAGE", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    return place


@pytest.fixture(params=[pytest.param(kind, marks=[] if kind == "sqlite" else pytest.mark.heavy) for kind in KINDS])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database: SQLite in `make test`, PostgreSQL and MariaDB too in `make test-all`."""
    with fresh_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def study(database_url: str) -> Iterator[Study]:
    """Twelve queued runs on each kind of database."""
    study = make_study(database_url)
    yield study
    study.storage.close()


@pytest.fixture
def real_proteins() -> Path:
    """18,287 real protein sequences, where they are at hand."""
    path = SHARED / "data" / "proteins.fasta.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there: no real proteins to test on")
    return path
