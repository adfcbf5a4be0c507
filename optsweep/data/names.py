"""Names of sequences as 64-bit hashes: enough to find a sequence that a cluster file names, in 8 bytes each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

_WIDTH = 40
"""Bytes of a name that are hashed by numpy, whole arrays at a time; longer names are rare and go through hashlib."""

_SPACE = 32
_SEED, _FACTOR, _LAST_FACTOR = (
    np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)
)
"""The golden ratio, and the two factors of MurmurHash3's 64-bit finalizer."""

_HALF = np.uint64(32)
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], "<u8")

_BAR = ord("|")
_IDENTIFIER = re.compile(
    rb"(?:(?:cl|sp|tr|gb|ref|pdb|bbs|lcl)\||(?:pir|prf)\|\||(?:gnl|pat)\|[^|]*\||gi\|[^|]*\|[^|]*\|)([^|]+)"
)
"""The identifier in a databank's name (P12345 of sp|P12345|NAME_HUMAN), which is what MMseqs2 calls the sequence."""

_FIRST_WORD = re.compile(rb"[^\x00-\x20]*")

Hashes = npt.NDArray[np.int64]


def first_word(text: bytes, start: int = 0) -> bytes:
    """The name that begins at ``start``: everything up to a blank or a control character."""
    match = _FIRST_WORD.match(text, start)
    return match[0] if match else b""


def hash_names(names: Iterable[bytes]) -> Hashes:
    """int64[n]; the same in every process and on every machine. Of a databank's name its identifier counts."""
    listed = [_identifier(name) for name in names]
    lengths = np.fromiter(map(len, listed), np.int64, len(listed))
    words = np.array(listed, f"S{_WIDTH}").view("<u8").reshape(len(listed), _WIDTH // 8)
    hashes = _hash(words, np.minimum(lengths, _WIDTH))
    for index in np.flatnonzero(lengths > _WIDTH).tolist():
        hashes[index] = np.frombuffer(hashlib.blake2b(listed[index], digest_size=8).digest(), "<i8")[0]
    return hashes


def hash_first_words(text: bytes, starts: npt.NDArray[np.int64]) -> Hashes:
    """int64[n]: `hash_names` of the first words at ``starts``, without a Python object for each of them."""
    hashes = np.empty(len(starts), np.int64)
    easy = starts + _WIDTH <= len(text)
    if easy.any():
        # Every place of the text seen as the first of 40 bytes; nothing is copied but the rows that are asked for.
        windows = np.ndarray((len(text) - _WIDTH + 1, _WIDTH), np.uint8, text, strides=(1, 1))
        rows = windows[starts[easy]]
        ends = rows <= _SPACE
        lengths = ends.argmax(axis=1)
        found = ends[np.arange(len(rows)), lengths]
        hashes[easy] = _hash(rows.view("<u8"), lengths)
        easy[easy] = found & ~(rows == _BAR).any(axis=1)
    if not easy.all():
        hashes[~easy] = hash_names(first_word(text, start) for start in starts[~easy].tolist())
    return hashes


def _identifier(name: bytes) -> bytes:
    match = _IDENTIFIER.match(name) if b"|" in name else None
    return match[1] if match else name


def _hash(words: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64]) -> Hashes:
    """Hashes of names of ``lengths`` bytes, 8 bytes in a column; what stands behind a name's end does not count."""
    hashes = lengths.astype("<u8") * _SEED
    for column in range((int(lengths.max(initial=0)) + 7) // 8):
        left = lengths - 8 * column
        mixed = (hashes ^ (words[:, column] & _MASKS.take(left, mode="clip"))) * _FACTOR
        hashes = np.where(left > 0, mixed ^ (mixed >> _HALF), hashes)
    hashes *= _LAST_FACTOR
    return (hashes ^ (hashes >> _HALF)).view("<i8")
