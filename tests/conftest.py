"""Fixtures that the tests of several rooms share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from optsweep.data.demo import ensure_demo
from optsweep.data.subset import ensure_subset
from optsweep.database.open_study import Study
from tests.databases import KINDS, fresh_database
from tests.planned import make_study

WITH_MMSEQS = os.environ.get("PATH", "")
SHARED = Path(__file__).parents[1].parent / "shared"

IN_ONE_PROCESS = (
    "tests/slurm/test_submit.py",
    "tests/integrations/test_dashboard.py",
    "tests/gpu/test_commands.py",
)
"""Their tests share what is started once, or is there once: a SLURM, a browser, a GPU."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests, by their time limits, begin first: none is left for the end, when other processes are done."""
    items.sort(key=_time_limit, reverse=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """With ``--dist loadgroup``, the tests of these files run in one process each.

    xdist's own groups are names that it adds to the tests' ids, which pytest 9.2 no longer takes.
    """
    return _InOneProcess(config, log) if config.option.dist == "loadgroup" else None


class _InOneProcess(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in IN_ONE_PROCESS else nodeid


def _time_limit(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return 0.0 if marker is None else float(marker.args[0])


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests agree to is remembered by them alone."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


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


@pytest.fixture(scope="session")
def demo_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo corpus and its subset, made once."""
    corpus = ensure_demo(tmp_path_factory.mktemp("corpus") / "demo.pt")
    ensure_subset(corpus)
    return corpus.parent


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


@pytest.fixture(scope="session")
def path_without_mmseqs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The PATH, in which a folder that holds mmseqs is replaced by links to the other programs in it."""
    folders = []
    for number, folder in enumerate(WITH_MMSEQS.split(os.pathsep)):
        if folder and (Path(folder) / "mmseqs").exists():
            links = tmp_path_factory.mktemp(f"programs{number}")
            for program in Path(folder).iterdir():
                if program.name != "mmseqs":
                    (links / program.name).symlink_to(program)
            folder = str(links)
        folders.append(folder)
    return os.pathsep.join(folders)


@pytest.fixture
def without_mmseqs(path_without_mmseqs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relatedness is told without MMseqs2, whether it is installed or not."""
    monkeypatch.setenv("PATH", path_without_mmseqs)


@pytest.fixture
def with_mmseqs(without_mmseqs: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program; the test is skipped if it is not installed."""
    program = shutil.which("mmseqs", path=WITH_MMSEQS)
    if program is None:
        pytest.skip("MMseqs2 is not installed (Debian: mmseqs2)")
    monkeypatch.setenv("PATH", WITH_MMSEQS)
    return program


@pytest.fixture
def hide_mmseqs(path_without_mmseqs: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Take MMseqs2 off the PATH in the middle of a test, as on another host."""
    return lambda: monkeypatch.setenv("PATH", path_without_mmseqs)
