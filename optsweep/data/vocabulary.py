"""The 25 token ids, and text to tokens and back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BOS = 0
PAD = 1
EOS = 2
UNK = 3
MASK = 4
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
FIRST_RESIDUE = 5
VOCABULARY_SIZE = FIRST_RESIDUE + len(RESIDUES)

MIN_LENGTH = 30
"""Residues; an import drops what is shorter: peptides and fragments."""

IGNORED = b" \t\r\n\v\f*"
"""White space and the stop sign: stripped wherever they stand in a sequence."""

_TOKEN_LETTERS = b"<.>X_" + RESIDUES.encode()


def _letter_table() -> bytes:
    table = bytearray([UNK]) * 256
    for token, letter in enumerate(RESIDUES, FIRST_RESIDUE):
        table[ord(letter)] = table[ord(letter.lower())] = token
    return bytes(table)


TOKEN_OF_LETTER = _letter_table()
"""For `bytes.translate`: the token of every byte; small letters count as capitals, strangers are <unk>."""


def encode(text: str) -> npt.NDArray[np.uint8]:
    """Tokens uint8[residues] of a protein sequence; white space and ``*`` are stripped, strangers become <unk>."""
    letters = text.encode("ascii", errors="replace")
    return np.frombuffer(bytearray(letters.translate(TOKEN_OF_LETTER, IGNORED)), np.uint8)


def decode(tokens: npt.ArrayLike) -> str:
    """Letters of tokens: ``<s>``, ``<pad>``, ``</s>``, ``<unk>``, ``<mask>`` as ``<``, ``.``, ``>``, ``X``, ``_``."""
    return bytes(_TOKEN_LETTERS[token] for token in np.asarray(tokens).tolist()).decode("ascii")


def in_packed_range(tokens: npt.NDArray[np.uint8]) -> bool:
    """Whether all tokens are ids that a packed corpus may hold: <unk> and the 20 residues."""
    if not tokens.size:
        return True
    return bool(tokens.min() >= UNK and tokens.max() < VOCABULARY_SIZE and not (tokens == MASK).any())
