from __future__ import annotations

import numpy as np
import pytest

from optsweep.data.names import first_word, hash_first_words, hash_names


def test_hashes_are_the_same_in_every_process() -> None:
    """Corpora hold them: another value would be another format."""
    names = [b"", b"A", b"UniRef50_A0A001", b"sp|P12345|NAME_HUMAN", b"x" * 40, b"x" * 41]
    assert hash_names(names).tolist() == [
        0,
        -550661586163082992,
        -6590979246464517624,
        6448476946771238229,
        5237947927711873922,
        2947115505331779313,
    ]
    assert hash_names([]).tolist() == []


@pytest.mark.parametrize("behind", [b"", b"\n", b" a description\n" * 4])
def test_first_words_of_a_text_have_the_hashes_of_names(behind: bytes) -> None:
    words = [b"", b"A", b"12345678", b"123456789", *(b"name%d" % number * (number % 12) for number in range(500))]
    text, starts = b"", []
    for word in words:
        text += b"\n>"
        starts.append(len(text))
        text += word + (behind or b"\t")
    text += b"last"
    hashes = hash_first_words(text, np.array([*starts, len(text) - 4, len(text)]))
    assert hashes.tolist() == hash_names([*words, b"last", b""]).tolist()
    assert first_word(text, starts[1]) == b"A"


def test_names_that_differ_in_anything_have_other_hashes() -> None:
    names = [b"seq%d" % number for number in range(100_000)]
    names += [b"\0" * length for length in range(1, 41)] + [b"a" * length for length in range(1, 80)]
    assert len(np.unique(hash_names(names))) == len(names)
