"""A small study on a small corpus, in a folder of its own: what the tests of faults start, break and start again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from optsweep import cli
from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from tests.faults.small_study import STUDY, Command, write_study
from tests.sweeps import Sweeps, no_process_left


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a corpus of 400 synthetic sequences and its subset."""
    corpus = tmp_path_factory.mktemp("corpus") / "corpus.pt"
    make_demo(corpus, 400)
    ensure_subset(corpus)
    return corpus.parent


@pytest.fixture
def place(workplace: Path, small_corpus: Path) -> Path:
    """The working folder, with the small study file and the corpus."""
    (workplace / "data").symlink_to(small_corpus)
    write_study(workplace / STUDY)
    return workplace


@pytest.fixture
def sweeps(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sweeps]:
    """Sweeps of the small study, on SQLite outside the working folder; commands in this process see its database."""
    made = Sweeps(place, f"sqlite:///{tmp_path / 'study.db'}")
    monkeypatch.setenv("OPTSWEEP_STORAGE", made.url)
    with no_process_left(made):
        yield made


@pytest.fixture
def real_sweeps(sweeps: Sweeps) -> Sweeps:
    """Sweeps that really train: one run of 40 iterations, evaluated every 10."""
    write_study(sweeps.folder / STUDY, lengths=(40,), budget__num_evaluations=10)
    return replace(sweeps, command="optsweep", worker="optsweep.workers.worker")


@pytest.fixture
def optsweep(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run a command line in this process; its exit code and everything that it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        capfd.readouterr()
        code = cli.run(list(arguments))
        printed = capfd.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.fixture
def mounted() -> Iterator[Callable[[Path, str], None]]:
    """Mount a small file system of its own (tmpfs with the given options) on a folder; skips where that needs root."""
    places: list[Path] = []

    def mount(folder: Path, options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
        if done.returncode:
            pytest.skip(f"no file system of our own can be mounted here: {done.stderr.decode().strip()}")
        places.append(folder)

    yield mount
    for folder in places:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
