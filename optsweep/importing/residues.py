"""The characters of sequences: which are residues, which are skipped and counted, and what drops a sequence."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optsweep.data.vocabulary import FIRST_RESIDUE, MIN_LENGTH, RESIDUES, TOKEN_OF_LETTER, UNK

MIN_STANDARD_SHARE = 0.95

EMPTY, CHAINS, STOP, SHORT, NUCLEOTIDES, STRANGE, DUPLICATE = REASONS = (
    "empty",
    "of several chains (: or /)",
    "with a stop inside",
    f"shorter than {MIN_LENGTH}",
    "of nucleotides",
    f"under {MIN_STANDARD_SHARE:.0%} standard residues",
    "duplicate",
)
"""A sequence is dropped for the first that holds; `optsweep.importing.cleaning` says what each means."""

COMMENTS, COMMENTS_BEHIND, END_MARKS = "comment lines", "comments behind sequences", "end marks (//)"
GAPS, DIGITS, STOPS, UNKNOWN = "gap characters", "digits", "stop signs at the end", "letters read as unknown"

INVISIBLE = {
    "byte order marks": "\ufeff",
    "no-break and wide spaces": "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))),
    "zero-width characters": "".join(
        map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
    ),
    "soft hyphens": "\u00ad",
    "Unicode line ends": "\u0085\u2028\u2029",
    "Ctrl-Z": "\x1a",
}
"""Characters that nobody sees, under the names by which they are counted."""

ALTERED = (COMMENTS, COMMENTS_BEHIND, END_MARKS, *INVISIBLE, GAPS, DIGITS, STOPS, UNKNOWN)
"""The names of all counters but those of single symbols (`symbol_counter`), in the order in which they are told."""

WHITE = b" \t\r\v\f\n"
NAME_OF_INVISIBLE = {letter.encode(): name for name, letters in INVISIBLE.items() for letter in letters}
INVISIBLE_PATTERN = re.compile(b"|".join(NAME_OF_INVISIBLE))

# Codes of characters while a sequence is cleaned: 5..24 are the residues, 3 other letters, and besides
_SYMBOL, _U = 2, 4  # what becomes <unk>: a symbol; U, which may be of a nucleotide
NO_LETTER = 128  # from here on: white space and symbols, with the character in the lower bits
INVALID = 255


def _code(byte: int) -> int:
    if chr(byte) in "Uu":
        return _U
    # Where files were joined without a line end, a header stands in a line of letters.
    if (byte in WHITE or 32 <= byte < 127) and byte != ord(">"):
        return TOKEN_OF_LETTER[byte] if chr(byte).isalpha() else byte | NO_LETTER
    return INVALID


CODES = bytes(map(_code, range(256)))
"""For `bytes.translate`: the code of every byte."""


def codes(characters: bytes) -> bytes:
    return characters.translate(CODES)


_LETTERS = bytes(range(UNK, FIRST_RESIDUE + len(RESIDUES)))
_TO_TOKENS = bytes(UNK if code in (_SYMBOL, _U) else code for code in range(256))
_SYMBOLS_MARKED = bytes(_SYMBOL if code >= NO_LETTER else code for code in range(256))
_GAP_CODES, _DIGIT_CODES, _STOP_CODE, _CHAIN_CODES = map(codes, (b"-.~", b"0123456789", b"*", b":/"))
_SKIPPED_CODES = codes(WHITE) + _GAP_CODES + _DIGIT_CODES
_NUCLEOTIDE_CODES = codes(b"ACGTUN")
_IS_NUCLEOTIDE = np.array([code in _NUCLEOTIDE_CODES for code in range(256)])
_ALL_FOUR = np.ones(4, bool).view("u4")[0]
"""The first four letters tell nearly every protein from nucleotides."""


class Coded(NamedTuple):
    """Sequences as they are written, in `CODES`, none of them `INVALID`."""

    sequences: list[bytes]
    joined: bytes
    """All of them, one after the other."""
    lengths: npt.NDArray[np.int64]
    names: npt.NDArray[np.int64]


class Records(NamedTuple):
    """Cleaned sequences, none of them dropped yet."""

    sequences: list[bytes]
    """The tokens of each."""
    tokens: bytes
    """All of them, one after the other."""
    lengths: npt.NDArray[np.int64]
    names: npt.NDArray[np.int64]
    faults: dict[str, npt.NDArray[np.bool_]]
    """For reasons to drop a sequence bool[n], those that it holds for; may be missing if for none."""


def symbol_counter(symbol: str) -> str:
    return f"{symbol} read as unknown"


def lengths_of(sequences: list[bytes]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, sequences), np.int64, len(sequences))


def read_codes(coded: Coded, altered: Counter[str]) -> Records:
    """Sequences as tokens; what is read otherwise than it is written is counted."""
    sequences, joined, lengths, names = coded
    faults: dict[str, npt.NDArray[np.bool_]] = {}
    if joined and np.frombuffer(joined, np.uint8).max() >= NO_LETTER:
        sequences, faults = _tidy(sequences, altered)
        joined, lengths = b"".join(sequences), lengths_of(sequences)
    ends = np.cumsum(lengths)
    faults[EMPTY] = lengths == 0
    faults[SHORT] = lengths < MIN_LENGTH
    faults[NUCLEOTIDES] = _nucleotides(sequences, joined, ends - lengths, ~faults[SHORT])
    strange = np.flatnonzero(np.frombuffer(joined, np.uint8) < FIRST_RESIDUE)
    if len(strange):
        altered[UNKNOWN] += len(strange) - joined.count(_SYMBOL)
        counts = np.bincount(np.searchsorted(ends, strange, side="right"), minlength=len(lengths))
        faults[STRANGE] = counts > (1 - MIN_STANDARD_SHARE) * lengths
        if bytes([_U]) in joined or bytes([_SYMBOL]) in joined:
            sequences = [sequence.translate(_TO_TOKENS) for sequence in sequences]
            joined = joined.translate(_TO_TOKENS)
    return Records(sequences, joined, lengths, names, faults)


def _tidy(sequences: list[bytes], altered: Counter[str]) -> tuple[list[bytes], dict[str, npt.NDArray[np.bool_]]]:
    """The sequences with nothing but letters in them, and which of them hold several chains or a stop."""
    tidied = list(sequences)
    faults = {fault: np.zeros(len(sequences), bool) for fault in (CHAINS, STOP)}
    for index, sequence in enumerate(sequences):
        odd = sequence.translate(None, _LETTERS)
        if not odd:
            continue
        if odd == _STOP_CODE and sequence.endswith(odd):
            # Some programs end every protein so.
            altered[STOPS] += 1
            tidied[index] = sequence[:-1]
            continue
        no_gaps = odd.translate(None, _GAP_CODES)
        left = sequence.translate(None, _SKIPPED_CODES)
        tidied[index] = tidy = left.rstrip(_STOP_CODE)
        altered[GAPS] += len(odd) - len(no_gaps)
        altered[DIGITS] += len(no_gaps) - len(no_gaps.translate(None, _DIGIT_CODES))
        altered[STOPS] += len(left) - len(tidy)
        if odd := tidy.translate(None, _LETTERS):
            faults[CHAINS][index] = any(code in odd for code in _CHAIN_CODES)
            faults[STOP][index] = _STOP_CODE in odd
            for code in set(odd) - {*_CHAIN_CODES, *_STOP_CODE}:
                altered[symbol_counter(chr(code ^ NO_LETTER))] += odd.count(code)
            tidied[index] = tidy.translate(_SYMBOLS_MARKED)
    return tidied, faults


def _nucleotides(
    sequences: list[bytes], joined: bytes, starts: npt.NDArray[np.int64], long: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """bool[n]: which of the sequences that are ``long`` enough consist of A, C, G, T, U and N alone."""
    found = np.zeros(len(sequences), bool)
    rows = np.flatnonzero(long)
    if len(rows):
        # Every place seen as the first of four letters; nothing is copied but the rows that are asked for.
        windows = np.ndarray((len(joined) - 3, 4), np.uint8, joined, strides=(1, 1))
        begins = _IS_NUCLEOTIDE[windows[starts[rows]]].view("u4")[:, 0]
        for index in rows[begins == _ALL_FOUR].tolist():
            found[index] = not sequences[index].translate(None, _NUCLEOTIDE_CODES)
    return found
