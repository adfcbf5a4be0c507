from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optsweep.data.corpus import open_corpus, write_corpus
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import RESIDUES, decode, encode
from optsweep.torch_format import mapped

from .samples import random_sequences


@pytest.fixture(params=["memory", "mapped", "selected"])
def sequences(request: pytest.FixtureRequest, tmp_path: Path) -> Sequences:
    """The same 2,000 sequences in three guises."""
    plain = random_sequences(2_000, lengths=(0, 60))
    if request.param == "memory":
        return plain
    if request.param == "mapped":
        write_corpus(tmp_path / "corpus.pt", plain, {})
        return open_corpus(tmp_path / "corpus.pt").sequences
    padded = random_sequences(1)
    both = Sequences(
        np.concatenate([padded.tokens, plain.tokens]),
        np.concatenate([padded.offsets, padded.offsets[-1] + plain.offsets[1:]]),
    )
    return both.select(np.arange(1, 2_001))


def test_take_copies_the_rows_asked_for_in_their_order(sequences: Sequences) -> None:
    indices = np.random.default_rng(1).integers(0, 2_000, 1_500)
    taken = sequences.take(indices)
    assert len(taken) == 1_500
    for place, index in enumerate(indices):
        assert np.array_equal(taken[place], sequences[index])
    taken.tokens[:] = 5


def test_blocks_go_through_everything_once(sequences: Sequences) -> None:
    plain = random_sequences(2_000, lengths=(0, 60))
    for size in (1, 1_000, 1 << 22):
        found = []
        next_start = 0
        for start, block in sequences.blocks(size):
            assert start == next_start
            next_start += len(block)
            found.append(block.tokens.copy())
        assert next_start == 2_000
        assert np.array_equal(np.concatenate(found), plain.tokens)


def test_lengths_and_views(sequences: Sequences) -> None:
    plain = random_sequences(2_000, lengths=(0, 60))
    assert np.array_equal(sequences.lengths, np.diff(plain.offsets))
    assert sequences.num_residues == len(plain.tokens)
    assert np.array_equal(sequences[-1], plain[1_999])
    with pytest.raises(IndexError):
        sequences[2_000]
    with pytest.raises(IndexError):
        sequences.take([2_000])


def test_nothing_at_all() -> None:
    empty = from_arrays([])
    assert len(empty) == 0
    assert len(empty.take([])) == 0
    assert list(empty.blocks()) == []


def test_a_mapped_file_is_found_behind_its_views(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus.pt", random_sequences(10), {})
    sequences = open_corpus(tmp_path / "corpus.pt").sequences
    assert mapped.mapping_of(sequences.tokens[3:7]) is not None
    assert mapped.mapping_of(sequences.take([1]).tokens) is None


def test_text_to_tokens_and_back() -> None:
    assert encode(RESIDUES).tolist() == list(range(5, 25))
    assert encode("ac d*\nx\u00e9").tolist() == [5, 6, 7, 3, 3]
    assert decode(encode("ACDXU")) == "ACDXX"
    assert decode([0, 5, 4, 2, 1]) == "<A_>."
