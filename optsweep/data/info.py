"""What `data info` tells of a corpus, and of how well its split holds out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optsweep.data.corpus import Corpus, open_corpus
from optsweep.data.holding_out.rule_choice import best_search, recorded_rule
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import trained_on
from optsweep.plain import Plain


def describe_corpus(path: Path) -> dict[str, Plain]:
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


@dataclass(frozen=True)
class Leakage:
    """How many held-out sequences have a relative among those that are trained on."""

    split_rule: str
    """The rule by which the file was split, in words."""
    measured_by: str
    """The rule by which relatives were looked for now, in words."""
    validation: float
    """Share, 0..1."""
    confirmation: float


def leakage(corpus: Corpus, on_progress: OnProgress = None) -> Leakage | None:
    """Measured by the better search that this host has; None if the file has no split. Raises `DataError`."""
    if corpus.validation is None or not len(corpus.validation):
        return None
    confirmation = corpus.validation[:0] if corpus.confirmation is None else corpus.confirmation
    train = corpus.take(trained_on(corpus))
    rule = best_search(max(1, corpus.num_residues))
    held_out = corpus.take(np.concatenate([corpus.validation, confirmation]))
    matched, _ = rule.matches(held_out, train, on_progress)
    parts = np.split(matched, [len(corpus.validation)])
    shares = [float(part.mean()) if len(part) else 0.0 for part in parts]
    return Leakage(recorded_rule(corpus).words, rule.words, *shares)
