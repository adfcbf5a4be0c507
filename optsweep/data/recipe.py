"""Which sequences of a corpus a subset holds, and which of them are trained on."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optsweep.data.corpus import Corpus
from optsweep.data.sequences import Sequences
from optsweep.errors import DataError


@dataclass(frozen=True)
class Drawn:
    """The sequences of a subset, and where they stand in its corpus."""

    corpus: Corpus
    rows: npt.NDArray[np.int64]
    """int64[n]: sequence i of the subset is sequence ``rows[i]`` of the corpus."""
    sequences: Sequences

    @property
    def is_whole(self) -> bool:
        return len(self.rows) == self.corpus.num_sequences


def recipe_rows(num_source: int, size: int, seed: int) -> npt.NDArray[np.int64]:
    """``random.Random(seed).sample(range(num_source), size)``; or all in their order, if there are no more."""
    if num_source <= size:
        return np.arange(num_source)
    return np.array(random.Random(seed).sample(range(num_source), size), np.int64)


def drawn_before(corpus: Corpus, subset: Corpus) -> Drawn:
    """What an earlier call drew from ``corpus``; raises `DataError` if the subset's manifest does not say what."""
    size, seed = subset.manifest.get("n"), subset.manifest.get("seed")
    if type(size) is int and type(seed) is int:
        rows = recipe_rows(corpus.num_sequences, size, seed)
        if len(rows) == subset.num_sequences:
            return Drawn(corpus, rows, subset.sequences)
    raise DataError(f"{subset.path}: its manifest does not say how it was drawn from {corpus.path}; make it again")


def trained_on(corpus: Corpus) -> npt.NDArray[np.int64]:
    """The sequences of a file with a split that are trained on, int64[k]: in no part of it, and not empty."""
    is_train = corpus.sequences.lengths > 0
    for part in (corpus.validation, corpus.confirmation, corpus.left_out):
        if part is not None:
            is_train[part] = False
    return np.flatnonzero(is_train)
