from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from optsweep.data import demo
from optsweep.data.corpus import open_corpus, verify_corpus, write_corpus
from optsweep.data.demo import ensure_demo, make_demo
from optsweep.data.holding_out.near_duplicates import near_duplicate_families
from optsweep.data.reference import composition_entropy, unigram_entropy
from optsweep.errors import DataError

from .samples import random_sequences


def test_the_same_sequences_every_time_labelled_synthetic(tmp_path: Path) -> None:
    first = make_demo(tmp_path / "a.pt", 500)
    second = make_demo(tmp_path / "b.pt", 500)
    assert first.read_bytes() == second.read_bytes()
    corpus = open_corpus(first)
    assert corpus.num_sequences == 500
    assert corpus.synthetic
    verify_corpus(corpus)
    other = open_corpus(make_demo(tmp_path / "c.pt", 500, seed=1))
    assert not np.array_equal(other.sequences.offsets, corpus.sequences.offsets)


def test_the_whole_of_it_is_made_in_seconds_and_looks_like_proteins(tmp_path: Path) -> None:
    start = time.process_time()
    corpus = open_corpus(make_demo(tmp_path / "demo.pt"))
    assert time.process_time() - start < 5
    assert corpus.num_sequences == 12_000
    lengths = corpus.sequences.lengths
    assert 30 <= lengths.min() <= lengths.max() <= 510
    assert 120 < np.median(lengths) < 250
    sizes = np.bincount(near_duplicate_families(corpus.sequences.take(range(3_000))).labels)
    assert (sizes > 1).sum() > 50
    assert sizes.max() < 100


def test_neighbours_tell_more_than_composition(tmp_path: Path) -> None:
    """The entropy of a residue, given the two beside it, is far below both reference lines."""
    sequences = open_corpus(make_demo(tmp_path / "demo.pt")).sequences
    tokens = sequences.tokens.astype(np.int64) - 5
    context = tokens[:-2] * 20 + tokens[2:]
    counts = np.bincount(context * 20 + tokens[1:-1], minlength=8_000).reshape(400, 20) + 1e-9
    conditional = -(counts * np.log(counts / counts.sum(axis=1, keepdims=True))).sum() / counts.sum()
    assert conditional < unigram_entropy(sequences) - 0.3
    assert conditional < composition_entropy(sequences, 126) - 0.1


def test_made_once_and_again_for_a_new_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_demo(tmp_path / "demo.pt", 50)
    made = path.read_bytes()
    assert ensure_demo(path).read_bytes() == made
    monkeypatch.setattr(demo, "_VERSION", 99)
    assert open_corpus(ensure_demo(path)).manifest["version"] == 99


def test_other_corpora_are_not_overwritten(tmp_path: Path) -> None:
    write_corpus(tmp_path / "demo.pt", random_sequences(5), {})
    with pytest.raises(DataError, match="is no demo corpus"):
        ensure_demo(tmp_path / "demo.pt")
    with pytest.raises(DataError, match="cannot be made"):
        make_demo(tmp_path / "small.pt", 2)
