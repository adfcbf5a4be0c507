"""What a training run trains on and is scored on: three parts that share no relatives."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optsweep.data.corpus import Corpus, open_corpus, verify_checksums, verify_corpus
from optsweep.data.holding_out.exclusion import find_exclusion, subset_of
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import trained_on
from optsweep.data.sequences import Sequences
from optsweep.errors import DataError
from optsweep.plain import Plain

SAMPLE_SEED = 42


@dataclass(frozen=True)
class TrainingData:
    train: Sequences
    """For a full corpus a selection of the mapped file: use `len`, `lengths`, indexing and `take`."""
    validation: Sequences
    confirmation: Sequences
    manifest: Mapping[str, Plain]
    path: Path
    scores_confirmation: bool = False
    """Whether a run is scored on the confirmation sequences too; its value never depends on them."""

    def sample(self, size: int | None) -> Sequences:
        """A fixed sample of ``size`` training sequences, all of them where there are no more or it is None."""
        if size is None or size >= len(self.train):
            return self.train
        chosen = random.Random(SAMPLE_SEED).sample(range(len(self.train)), size)
        return self.train.select(np.array(sorted(chosen)))


def load_training_data(path: Path, on_progress: OnProgress = None) -> TrainingData:
    """The parts of a subset, or of a full corpus whose subset says what is held out; raises `DataError`.

    A full corpus is trained on without the held-out sequences and without their relatives.
    """
    corpus = open_corpus(path)
    if corpus.validation is not None:
        return _from_subset(corpus)
    subset = subset_of(path)
    held_out = _from_subset(subset)
    verify_corpus(corpus, on_progress)
    is_train = corpus.sequences.lengths > 0
    is_train[find_exclusion(corpus, subset, on_progress=on_progress).rows] = False
    if not is_train.any():
        raise DataError(f"{path}: nothing is left to train on: every sequence is a relative of a held-out one")
    train = corpus.sequences.select(np.flatnonzero(is_train))
    return TrainingData(train, held_out.validation, held_out.confirmation, corpus.manifest, path)


def _from_subset(corpus: Corpus) -> TrainingData:
    if corpus.manifest.get("kind") == "subset":
        # A residue that a flipped bit turned into another one is seen by nothing else.
        verify_checksums(corpus.path)
    nothing = np.empty(0, np.int64)
    validation = nothing if corpus.validation is None else corpus.validation
    confirmation = nothing if corpus.confirmation is None else corpus.confirmation
    train = trained_on(corpus)
    if not len(train) or not len(validation):
        raise DataError(f"{corpus.path}: its split leaves nothing to train on, or nothing to validate with")
    return TrainingData(
        corpus.take(train), corpus.take(validation), corpus.take(confirmation), corpus.manifest, corpus.path
    )
