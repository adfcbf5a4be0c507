from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from optsweep.data.corpus import open_corpus, write_corpus
from optsweep.data.relatives import NearDuplicates
from optsweep.data.subset import Subset, ensure_subset, find_subset, subset_path
from optsweep.data.vocabulary import decode
from optsweep.errors import DataError

from .samples import random_sequences, write_legacy


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "proteins.pt"
    write_corpus(path, random_sequences(12_000, lengths=(30, 40)), {"synthetic": True})
    return path


def subset(path: Path, num_source: int, num_sequences: int, made: bool) -> Subset:
    """What is expected of a subset by the k-mer rule with nothing to note."""
    return Subset(path=path, made=made, num_source=num_source, num_sequences=num_sequences, rule=NearDuplicates.words)


def test_the_recipe_that_everybody_uses(source: Path) -> None:
    before = source.read_bytes()
    made = ensure_subset(source)
    assert made == subset(source.parent / "proteins_sweep.pt", 12_000, 10_000, made=True)
    whole, part = open_corpus(source), open_corpus(made.path)
    indices = random.Random(42).sample(range(12_000), 10_000)
    assert np.array_equal(part.sequences.tokens, whole.take(indices).tokens)
    assert np.array_equal(part.sequences.lengths, whole.sequences.lengths[indices])
    assert part.synthetic
    loaded = torch.load(made.path, mmap=True, weights_only=True)
    assert loaded["validation"].shape == loaded["confirmation"].shape == (500,)
    assert loaded["validation"].dtype == torch.int64
    assert source.read_bytes() == before
    assert ensure_subset(source) == subset(made.path, 12_000, 10_000, made=False)


def test_a_small_corpus_is_taken_whole_and_in_order(tmp_path: Path) -> None:
    sequences = random_sequences(100)
    write_corpus(tmp_path / "small.pt", sequences, {})
    made = ensure_subset(tmp_path / "small.pt")
    assert (made.num_source, made.num_sequences) == (100, 100)
    corpus = open_corpus(made.path)
    assert np.array_equal(corpus.sequences.tokens, sequences.tokens)
    assert corpus.validation is not None
    assert len(corpus.validation) == 5


def test_legacy_sources(tmp_path: Path) -> None:
    sequences = write_legacy(tmp_path / "legacy.pt", 60)
    made = ensure_subset(tmp_path / "legacy.pt", size=20, seed=7)
    corpus = open_corpus(made.path)
    expected = random.Random(7).sample(sequences, 20)
    assert [decode(corpus.sequences[index]) for index in range(20)] == expected


def test_a_stale_subset_is_made_again(source: Path) -> None:
    ensure_subset(source)
    assert ensure_subset(source, size=500).num_sequences == 500
    assert ensure_subset(source, size=500, seed=1).made
    assert not ensure_subset(source, size=500, seed=1).made
    write_corpus(source, random_sequences(600, seed=1), {})
    expected = subset(source.parent / "proteins_sweep.pt", 600, 500, made=True)
    assert ensure_subset(source, size=500, seed=1) == expected


def test_a_replaced_corpus_of_the_same_size_is_noticed(source: Path) -> None:
    ensure_subset(source, size=500)
    size = source.stat().st_size
    sequences = open_corpus(source).take(range(12_000))
    sequences.tokens[len(sequences.tokens) // 3] = 24 if sequences.tokens[len(sequences.tokens) // 3] != 24 else 23
    write_corpus(source, sequences, {"synthetic": True})
    assert source.stat().st_size == size
    assert find_subset(source) is None
    assert ensure_subset(source, size=500).made


def test_a_broken_subset_is_made_again_but_a_foreign_corpus_is_not_overwritten(source: Path) -> None:
    target = source.parent / "proteins_sweep.pt"
    target.write_bytes(b"PK\x03\x04 not much")
    assert ensure_subset(source, size=500).made
    write_legacy(target)
    before = target.read_bytes()
    with pytest.raises(DataError, match="is no subset made by optsweep"):
        ensure_subset(source, size=500)
    assert target.read_bytes() == before


def test_a_subset_is_its_own_subset(source: Path) -> None:
    made = ensure_subset(source, size=500)
    assert ensure_subset(made.path) == subset(made.path, 500, 500, made=False)


def test_an_output_of_one_s_own(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "folder" / "mine.pt"
    assert ensure_subset(source, size=500, output=output).path == output
    assert not ensure_subset(source, size=500, output=output).made
    assert not (source.parent / "proteins_sweep.pt").exists()
    with pytest.raises(DataError, match="is the corpus itself"):
        ensure_subset(source, size=500, output=source)


def test_a_read_only_folder_gets_its_subset_in_data(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    beside = ensure_subset(source, size=500)
    # root may write anywhere: only the kernel's answer can be replaced.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != source.parent)
    assert subset_path(source) == Path("data/proteins_sweep.pt")
    assert ensure_subset(source, size=500).path == beside.path
    assert ensure_subset(source, size=400).path == Path("data/proteins_sweep.pt")
    assert find_subset(source) == Path("data/proteins_sweep.pt")


def test_where_nothing_can_be_written(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match=r"mine\.pt: cannot be written"):
        ensure_subset(source, size=500, output=tmp_path / "file" / "mine.pt")
    with pytest.raises(DataError, match=r"mine\.pt: cannot be written"):
        write_corpus(tmp_path / "file" / "mine.pt", random_sequences(5), {})


@pytest.mark.parametrize("size", [-1, 0, 2])
def test_sizes_that_cannot_be_split(source: Path, size: int) -> None:
    with pytest.raises(DataError, match="cannot be split"):
        ensure_subset(source, size=size)


def test_sources_that_are_missing_or_broken(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        ensure_subset(tmp_path / "missing.pt")
    (tmp_path / "broken.pt").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError, match=r"no whole \.pt file"):
        ensure_subset(tmp_path / "broken.pt")
    assert [entry.name for entry in tmp_path.iterdir()] == ["broken.pt"]


def test_eight_processes_at_once_make_it_once(source: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from optsweep.data.relatives import NearDuplicates
from optsweep.data.subset import ensure_subset
print("ready", flush=True)
sys.stdin.readline()
print(ensure_subset(Path({str(source)!r}), size=2_000).made)
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    made = [process.communicate()[0].strip() for process in processes]
    assert sorted(made) == ["False"] * 7 + ["True"]
    assert open_corpus(source.parent / "proteins_sweep.pt").num_sequences == 2_000
