"""What a sweep opens and reads on its way to the first worker: one database engine, each file's fingerprint once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import sqlalchemy as sa

from optsweep import cli
from optsweep.data import fingerprint
from optsweep.data.demo import make_demo
from optsweep.errors import EXIT_DONE
from tests.faults.small_study import STUDY, write_study

NEW = ("sweep", STUDY, "--data", "data/corpus.pt", "--name", "study", "--cpu-workers", "1", "--no-launch")
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
ALONE = ("sweep", "--name", "study", "--cpu-workers", "1", "--no-launch")


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[sa.Engine]:
    """The engines made from now on, ours and Optuna's."""
    made: list[sa.Engine] = []
    create: Callable[..., sa.Engine] = sa.create_engine

    def note(*arguments: Any, **options: Any) -> sa.Engine:
        made.append(create(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(sa, "create_engine", note)
    monkeypatch.setattr(sa.engine, "create_engine", note)
    return made


@pytest.fixture
def fingerprinted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """File name -> how often it was read for its fingerprint."""
    counted: Counter[str] = Counter()
    open_regular = fingerprint.open_regular

    def note(path: Path) -> BinaryIO:
        counted[path.name] += 1
        return open_regular(path)

    monkeypatch.setattr(fingerprint, "open_regular", note)
    return counted


@pytest.mark.parametrize("resume", [(*NEW, "--json"), ALONE])
def test_a_resume_opens_one_engine_and_fingerprints_each_file_once(
    workplace: Path,
    database_url: str,
    engines: list[sa.Engine],
    fingerprinted: Counter[str],
    resume: tuple[str, ...],
) -> None:
    write_study(workplace / STUDY)
    make_demo(workplace / "data" / "corpus.pt", 400)
    for command in (NEW, resume):
        engines.clear()
        fingerprinted.clear()
        assert cli.run([*command, "--storage", database_url]) == EXIT_DONE
        assert fingerprinted == {"corpus.pt": 1}
        for engine in engines:
            engine.dispose()
        # A server's database is locked, by an engine of its own, while its first tables are made.
        assert len(engines) == (1 if command is resume or database_url.startswith("sqlite") else 2)


@pytest.mark.heavy
def test_an_imported_file_and_its_corpus_are_fingerprinted_once_by_a_resume(
    workplace: Path, engines: list[sa.Engine], fingerprinted: Counter[str]
) -> None:
    write_study(workplace / STUDY)
    letters = random.Random(7)
    records = (f">{number}\n{''.join(letters.choices(RESIDUES, k=60))}\n" for number in range(400))
    (workplace / "proteins.fasta").write_text("".join(records))
    command = [part.replace("data/corpus.pt", "proteins.fasta") for part in NEW]
    for _ in range(2):
        engines.clear()
        fingerprinted.clear()
        assert cli.run(command) == EXIT_DONE
        assert len(engines) == 1
        engines.pop().dispose()
    assert fingerprinted == {"proteins.pt": 1, "proteins.fasta": 1}
