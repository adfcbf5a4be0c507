"""Legacy corpora: a list of dicts ``protein_seq: str``, ``prot_tokens: int64[512]``, ``length: int``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from optsweep.data import _mapping
from optsweep.data._pickle import TensorReference
from optsweep.data._torch_file import TorchFile
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import BOS, EOS, FIRST_RESIDUE, IGNORED, PAD, TOKEN_OF_LETTER
from optsweep.errors import DataError

_MAX_SHARED_LETTERS = 1 << 28
"""A pickle can name one long text a million times in a few bytes each; so many letters are read of small files."""


@dataclass(frozen=True, eq=False)
class LegacyTokens:
    """The ``prot_tokens`` of every row, left in the file until a row is used."""

    file: TorchFile
    references: list[TensorReference]
    letters: dict[int, int] = field(default_factory=dict)
    """Our token -> the id that this file's writer gave it, as far as rows have been checked."""

    def check(self, row: int, residues: npt.NDArray[np.uint8]) -> None:
        """Compare a row's ``prot_tokens`` with its ``protein_seq``; raises `DataError`.

        The writer's ids may be others than ours, but each residue must always have the same one.
        """
        mapped = self.file.array(self.references[row])
        tokens = np.array(mapped)
        _mapping.release(mapped)
        inner = _without_specials(tokens)
        compared = min(len(inner), len(residues))
        if not (len(inner) == len(residues) or (compared == len(inner) and len(tokens) - len(inner) <= 2)):
            raise self._mistake(row, f"prot_tokens holds {len(inner)} residues and protein_seq {len(residues)}")
        seen = np.unique(residues[:compared].astype(np.int64) << 32 | (inner[:compared].astype(np.int64) & 0xFFFFFFFF))
        for pair in seen.tolist():
            ours, theirs = pair >> 32, pair & 0xFFFFFFFF
            if ours >= FIRST_RESIDUE and self.letters.setdefault(ours, theirs) != theirs:
                raise self._mistake(row, f"prot_tokens has id {theirs}, protein_seq means {self.letters[ours]}")

    def _mistake(self, row: int, what: str) -> DataError:
        return DataError(f"{self.file.path}: row {row}: {what}; the two must agree")


def read_legacy(file: TorchFile) -> tuple[Sequences, LegacyTokens]:
    """All sequences (``protein_seq`` is the truth), and where their tokens are; raises `DataError`."""
    rows = file.root
    room = max(len(file.mapping), _MAX_SHARED_LETTERS)
    arrays: list[npt.NDArray[np.uint8]] = []
    references: list[TensorReference] = []
    for index in range(len(rows)):
        text, reference = _parts(file, index, rows[index])
        letters = text.encode("ascii", errors="replace").translate(TOKEN_OF_LETTER, IGNORED)
        room -= len(letters)
        if room < 0:
            raise DataError(
                f"{file.path}: its rows share their sequences, which are longer than the file when written out"
            )
        arrays.append(np.frombuffer(letters, np.uint8))
        references.append(reference)
        # The rows are many: what has been read makes room at once.
        rows[index] = None
    return from_arrays(arrays), LegacyTokens(file, references)


def _parts(file: TorchFile, index: int, row: Any) -> tuple[str, TensorReference]:
    if type(row) is not dict:
        raise DataError(f"{file.path}: row {index} is a {type(row).__name__}; a dict with protein_seq is right")
    missing = [key for key in ("protein_seq", "prot_tokens", "length") if key not in row]
    if missing:
        raise DataError(f"{file.path}: row {index} lacks {', '.join(missing)}")
    text, reference, length = row["protein_seq"], row["prot_tokens"], row["length"]
    if type(text) is not str or type(reference) is not TensorReference or type(length) is not int:
        raise DataError(f"{file.path}: row {index}: protein_seq: str, prot_tokens: tensor, length: int are right")
    return text, reference


def _without_specials(tokens: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Drop the padding at the end, and ``<s>`` and ``</s>`` where they stand."""
    used = np.flatnonzero(tokens != PAD)
    end = int(used[-1]) + 1 if used.size else 0
    start = 1 if end and tokens[0] == BOS else 0
    if end > start and tokens[end - 1] == EOS:
        end -= 1
    return tokens[start:end]
