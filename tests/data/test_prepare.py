from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from optsweep.data.corpus import open_corpus, write_corpus
from optsweep.data.prepare import prepare
from optsweep.errors import DataError

from .samples import random_letters, random_sequences, write_fasta


@pytest.fixture
def fasta(workplace: Path) -> Path:
    rng = np.random.default_rng(0)
    (workplace / "incoming").mkdir()
    return write_fasta(workplace / "incoming" / "uniref.v2.fasta", [random_letters(rng, 40) for _ in range(60)])


def test_fasta_becomes_a_corpus_in_data_once(fasta: Path) -> None:
    before = fasta.read_bytes()
    calls: list[int] = []
    first = prepare(fasta, on_progress=lambda done, total: calls.append(total))
    assert first.corpus == Path("data/uniref.pt")
    assert first.subset.path == Path("data/uniref_sweep.pt")
    assert (first.subset.made, first.subset.num_source, first.subset.num_sequences) == (True, 60, 60)
    assert first.import_report is not None
    assert first.import_report.num_kept == 60
    assert not first.synthetic
    assert calls
    again = prepare(fasta)
    assert again.import_report is None
    assert not again.subset.made
    assert fasta.read_bytes() == before


def test_changed_fasta_is_imported_again(fasta: Path) -> None:
    prepare(fasta)
    state = fasta.stat()
    os.utime(fasta, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert prepare(fasta).import_report is not None
    write_fasta(fasta, [random_letters(np.random.default_rng(seed), 40) for seed in range(50)])
    changed = prepare(fasta)
    assert changed.import_report is not None
    assert (changed.subset.made, changed.subset.num_source) == (True, 50)


def test_gzip(fasta: Path) -> None:
    packed = fasta.with_name("packed.fasta.gz")
    packed.write_bytes(gzip.compress(fasta.read_bytes()))
    assert prepare(packed).corpus == Path("data/packed.pt")


def test_a_corpus_is_used_as_it_is(workplace: Path) -> None:
    path = workplace / "mine.pt"
    write_corpus(path, random_sequences(30), {"synthetic": True})
    before = path.read_bytes()
    prepared = prepare(path)
    assert prepared.corpus == path
    assert prepared.import_report is None
    assert prepared.synthetic
    assert path.read_bytes() == before


def test_what_was_not_imported_from_that_file_is_not_overwritten(fasta: Path) -> None:
    target = Path("data/uniref.pt")
    write_corpus(target, random_sequences(30), {})
    before = target.read_bytes()
    with pytest.raises(DataError, match=r"was not imported from uniref\.v2\.fasta"):
        prepare(fasta)
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "message"),
    [("missing.pt", "No such file"), ("rubbish.pt", "not a .pt file"), ("rubbish.txt", "begins with")],
)
def test_refusals(workplace: Path, name: str, message: str) -> None:
    if "rubbish" in name:
        (workplace / name).write_text("rubbish")
    with pytest.raises(DataError, match=message):
        prepare(workplace / name)
    assert not list(workplace.glob("data/*.pt"))


def test_an_interrupted_import_leaves_nothing_behind(fasta: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(fasta, on_progress=interrupt)
    assert not Path("data").exists()
    assert prepare(fasta).subset.num_sequences == 60
    assert open_corpus(Path("data/uniref.pt")).num_sequences == 60


def test_no_torch() -> None:
    script = "import sys, optsweep.data.prepare, optsweep.data.demo, optsweep.data.training_data, optsweep.data.info\n"
    done = subprocess.run(
        [sys.executable, "-c", script + "print('torch' in sys.modules)"], capture_output=True, text=True
    )
    assert done.stdout == "False\n"
