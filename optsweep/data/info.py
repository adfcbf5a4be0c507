"""What `data info` tells of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from optsweep.data.corpus import Corpus, open_corpus
from optsweep.data.similarity import close_matches


def describe_corpus(path: Path) -> dict[str, Any]:
    """path, format, num_sequences, num_residues, synthetic, manifest: plain values; raises `DataError`."""
    corpus = open_corpus(path)
    return {
        "path": str(path),
        "format": corpus.format,
        "num_sequences": corpus.num_sequences,
        "num_residues": corpus.num_residues,
        "synthetic": corpus.synthetic,
        "manifest": corpus.manifest,
    }


def validation_match_share(corpus: Corpus) -> float | None:
    """Share (0..1) of validation sequences with a close match among those trained on; None without a split."""
    if corpus.validation is None or not len(corpus.validation):
        return None
    is_train = np.ones(corpus.num_sequences, bool)
    is_train[corpus.validation] = False
    if corpus.confirmation is not None:
        is_train[corpus.confirmation] = False
    matched, _ = close_matches(corpus.take(corpus.validation), corpus.sequences.select(np.flatnonzero(is_train)))
    return float(matched.mean())
