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
        -1796968830960310315,
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


def test_databanks_names_count_as_mmseqs2_calls_the_sequences() -> None:
    """As MMseqs2 14 names them in its .lookup file."""
    names = {
        b"sp|P12345|NAME_HUMAN": b"P12345", b"tr|A0A001|X": b"A0A001", b"gi|123|ref|NP_1.1|": b"NP_1.1",
        b"pdb|1ABC|A": b"1ABC", b"gnl|db|X1": b"X1", b"lcl|abc": b"abc", b"gb|AAA1.1|": b"AAA1.1", b"pir||S1": b"S1",
        b"foo|bar|baz": b"foo|bar|baz", b"SP|Q1|X": b"SP|Q1|X", b"gi|5": b"gi|5", b"a|b": b"a|b",
    }  # fmt: skip
    assert hash_names(names.keys()).tolist() == hash_names(names.values()).tolist()
    text = b"".join(b">%b some words\n" % name for name in names)
    starts = np.array([place + 1 for place in range(len(text)) if text[place] == ord(">")])
    assert hash_first_words(text, starts).tolist() == hash_names(names.values()).tolist()
