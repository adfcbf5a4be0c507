"""Training on a full corpus leaves out what is held out, and its relatives by the rule of the subset."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optsweep.data._building import sole_builder
from optsweep.data.corpus import Corpus, open_corpus
from optsweep.data.holding_out.exclusion_file import Rows, exclusion_key, places, read_exclusion, write_exclusion
from optsweep.data.holding_out.rule import Rule
from optsweep.data.holding_out.rule_choice import recorded_rule, standing_rule
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import Drawn, drawn_before
from optsweep.data.subset_file import find_subset
from optsweep.errors import DataError


@dataclass(frozen=True)
class Exclusion:
    rows: Rows
    """Ascending indices, int64[k], of the corpus' sequences that are not trained on."""
    rule: str
    """In words."""
    path: Path | None
    """Where it is kept; None if it need not or cannot be kept."""
    made: bool
    """Searched for now, by this call."""


def ensure_exclusion(path: Path, on_progress: OnProgress = None) -> Exclusion | None:
    """The exclusion of a corpus that has a subset, or None if there is nothing to exclude: it has a split itself.

    Raises `DataError` if there is no subset, or if the search needs what this host does not have.
    """
    corpus = open_corpus(path)
    return None if corpus.validation is not None else find_exclusion(corpus, subset_of(path), on_progress=on_progress)


def subset_of(path: Path) -> Corpus:
    """The subset that says which sequences of a corpus are held out; raises `DataError` if there is none."""
    subset = find_subset(path)
    if subset is None:
        raise DataError(
            f"{path}: has no subset that says which sequences are held out (or an outdated one)\n"
            f"make it: optsweep data subset {path}"
        )
    return open_corpus(subset)


def find_exclusion(
    corpus: Corpus, subset: Corpus, rule: Rule | None = None, on_progress: OnProgress = None
) -> Exclusion:
    """The exclusion for a subset of ``corpus``, searched for once however many processes ask at the same time.

    ``rule``: the subset's, if it is at hand. Raises `DataError`.
    """
    drawn = drawn_before(corpus, subset)
    words = recorded_rule(subset).words
    if drawn.is_whole:
        return Exclusion(np.sort(_known(drawn, subset)), words, None, made=False)
    key = exclusion_key(corpus, subset)
    if kept := read_exclusion(subset.path, key):
        return Exclusion(kept[0], words, kept[1], made=False)
    with contextlib.ExitStack() as lock:
        # Where nothing can be written, each process searches for itself.
        with contextlib.suppress(DataError):
            lock.enter_context(sole_builder(places(subset.path)[0]))
        if kept := read_exclusion(subset.path, key):
            return Exclusion(kept[0], words, kept[1], made=False)
        held_out = np.concatenate(_held_out(subset))
        found = (rule or standing_rule(drawn, subset)).relatives_in_corpus(drawn, held_out, on_progress)
        rows = np.union1d(found, _known(drawn, subset))
        return Exclusion(rows, words, write_exclusion(subset.path, key, rows), made=True)


def _held_out(subset: Corpus) -> list[Rows]:
    return [part for part in (subset.validation, subset.confirmation) if part is not None]


def _known(drawn: Drawn, subset: Corpus) -> Rows:
    """Where the sequences stand in the corpus that the subset itself does not train on."""
    left_out = [] if subset.left_out is None else [subset.left_out]
    rows: Rows = drawn.rows[np.concatenate([*_held_out(subset), *left_out])]
    return rows
