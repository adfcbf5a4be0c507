"""Shuffled epochs, crops, groups and padding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optsweep.data.batches import Group, ShuffledEpochs, crop, group_by_length, pad, ranges
from optsweep.data.sequences import from_arrays
from optsweep.data.vocabulary import BOS, EOS, PAD


def test_every_epoch_holds_every_sequence_once_in_another_order() -> None:
    stream = ShuffledEpochs(10, [7]).take(0, 30).reshape(3, 10)
    assert (np.sort(stream) == np.arange(10)).all()
    assert (stream[0] != stream[1]).any()


def test_the_stream_can_be_entered_anywhere() -> None:
    whole = ShuffledEpochs(10, [7]).take(0, 40)
    assert (ShuffledEpochs(10, [7]).take(17, 23) == whole[17:]).all()
    assert (ShuffledEpochs(10, [8]).take(0, 40) != whole).any()


def test_ranges() -> None:
    assert ranges(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]


def test_crop_takes_the_first_window_or_any_window() -> None:
    sequences = from_arrays([np.arange(5, 15, dtype=np.uint8), np.arange(5, 8, dtype=np.uint8)])
    first = crop(sequences, 4, random=None)
    assert first[0].tolist() == [5, 6, 7, 8]
    assert first[1].tolist() == [5, 6, 7]
    random = np.random.default_rng(0)
    starts = set()
    for _ in range(200):
        window = crop(sequences, 4, random)[0]
        assert (np.diff(window.astype(int)) == 1).all()
        starts.add(int(window[0]))
    assert starts == set(range(5, 12))


@given(
    lengths=st.lists(st.integers(0, 126), min_size=1, max_size=60),
    max_tokens=st.integers(128, 2000),
    overhead=st.integers(0, 500),
)
@settings(max_examples=100, deadline=None)
def test_groups_hold_every_row_once_within_the_bound(lengths: list[int], max_tokens: int, overhead: int) -> None:
    sizes = np.array(lengths)
    groups = group_by_length(sizes, 128, max_tokens, overhead)
    assert sorted(np.concatenate([group.rows for group in groups])) == list(range(len(lengths)))
    for group in groups:
        assert len(group.rows) * group.padded_length <= max_tokens
        assert sizes[group.rows].max() + 2 <= group.padded_length <= 128


def test_padded_length_never_exceeds_the_maximum() -> None:
    (group,) = group_by_length(np.array([40, 48]), 50, 1000, 0)
    assert group.padded_length == 50


def test_a_long_row_goes_alone_where_nothing_else_fits() -> None:
    groups = group_by_length(np.array([100, 100]), 512, 64, 0)
    assert [len(group.rows) for group in groups] == [1, 1]


@pytest.mark.parametrize("overhead", [0, 64])
def test_little_padding_is_paid_for(overhead: int) -> None:
    lengths = np.random.default_rng(0).integers(30, 510, 256)
    groups = group_by_length(lengths, 512, 16_384, overhead)
    padded = sum(len(group.rows) * group.padded_length for group in groups)
    assert padded < 1.1 * (lengths + 2).sum()


def test_pad() -> None:
    sequences = from_arrays([np.array([5, 6], np.uint8), np.array([9], np.uint8), np.array([7, 8, 9], np.uint8)])
    tokens, source, target = pad(sequences, Group(np.array([2, 0]), 6))
    assert tokens.tolist() == [[BOS, 7, 8, 9, EOS, PAD], [BOS, 5, 6, EOS, PAD, PAD]]
    assert (tokens.reshape(-1)[target] == sequences.tokens[source]).all()
