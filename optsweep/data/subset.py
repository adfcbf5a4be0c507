"""The subset that a sweep trains on: the recipe that everybody uses, and the split that lives in the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from optsweep.data._building import sole_builder
from optsweep.data.corpus import Corpus, open_corpus, verify_checksums, write_corpus
from optsweep.data.fingerprint import FileDescription, describe_file
from optsweep.data.holding_out.cluster_file import ClusterFile
from optsweep.data.holding_out.exclusion import find_exclusion
from optsweep.data.holding_out.rule import Rows, Rule
from optsweep.data.holding_out.rule_choice import best_rule, recorded_rule
from optsweep.data.holding_out.split import Split, clustered_split
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import Drawn, recipe_rows
from optsweep.data.sequences import Sequences
from optsweep.data.subset_file import (
    VERSION,
    Subset,
    described_subset,
    find_subset,
    first_standing,
    is_ours,
    origin,
    packed_beside,
    places,
    subset_path,
)
from optsweep.errors import DataError
from optsweep.files import remove_leftovers
from optsweep.plain import Plain

__all__ = ["SUBSET_SEED", "SUBSET_SIZE", "Subset", "ensure_subset", "find_subset", "subset_path"]

SUBSET_SIZE = 10_000
SUBSET_SEED = 42


def ensure_subset(
    source: Path,
    *,
    size: int = SUBSET_SIZE,
    seed: int = SUBSET_SEED,
    output: Path | None = None,
    clusters: Path | None = None,
    described: FileDescription | None = None,
    on_progress: OnProgress = None,
) -> Subset:
    """The subset of a corpus, made if it is missing or stale; once, however many processes ask at the same time.

    It holds exactly the sequences at ``random.Random(seed).sample(range(n), size)``, in that order, or all if
    n <= size. A file that has a split already is its own subset. ``clusters``: a cluster file whose families are kept
    together; without it the best rule that this host has. A subset that is there keeps its rule, whatever this host
    has; it is refused only if ``clusters`` asks for another one. ``described``: the corpus, if that is known. Raises
    `DataError`.
    """
    if output is not None and output.exists() and source.exists() and output.samefile(source):
        raise DataError(f"{output}: is the corpus itself; choose another output")
    if size < 3:
        raise DataError(f"a subset of {size} sequences cannot be split; 3 or more are right (default {SUBSET_SIZE})")
    rule = None if clusters is None else ClusterFile(clusters)
    wanted = {**origin(described or describe_file(source)), "n": size, "seed": seed}
    there = [output] if output else places(source)
    if standing := first_standing(there, wanted):
        return _accepted(standing, source, rule, on_progress)
    corpus = open_corpus(source)
    if output is None and corpus.validation is not None:
        return _own_subset(corpus, rule)
    target = output or subset_path(source)
    with sole_builder(target):
        if standing := first_standing(there, wanted):
            return _accepted(standing, source, rule, on_progress)
        remove_leftovers(target)
        drawn = _draw(corpus, size, seed, on_progress)
        final = _target(drawn, target, may_go_beside=output is None)
        notes = [] if final == target else [f"{target} holds the same sequences without a split and stays as it is"]
        return _make(drawn, final, wanted, seed, rule, notes, on_progress)


def look_for_subset(source: Path, on_progress: OnProgress = None) -> tuple[Subset | None, int]:
    """The subset of a corpus if it is there, and how many of its rows differ (see `Corpus.differing_rows`).

    If it is missing, the corpus is read as `ensure_subset` would read it, but nothing is split or written. Raises
    `DataError`.
    """
    wanted = {**origin(describe_file(source)), "n": SUBSET_SIZE, "seed": SUBSET_SEED}
    if standing := first_standing(places(source), wanted):
        return standing, standing.num_differing
    corpus = open_corpus(source)
    if corpus.validation is not None:
        return _own_subset(corpus, None), 0
    drawn = _draw(corpus, SUBSET_SIZE, SUBSET_SEED, on_progress)
    _target(drawn, subset_path(source), may_go_beside=True)
    return None, corpus.differing_rows(drawn.rows)


def _accepted(subset: Subset, source: Path, asked: ClusterFile | None, on_progress: OnProgress) -> Subset:
    """The subset that is there, if it is split by the rule that was asked for."""
    if asked is not None:
        split = open_corpus(subset.path)
        if not asked.is_recorded_in(split):
            raise DataError(
                f"{subset.path}: is split by another rule ({subset.rule}) than --clusters {asked.path} asks for\n"
                "move it away, or name another output with -o"
            )
        find_exclusion(open_corpus(source), split, asked, on_progress)
    return subset


def _own_subset(corpus: Corpus, asked: Rule | None) -> Subset:
    if asked is not None:
        raise DataError(f"{corpus.path}: has a split already; --clusters is for a corpus without one")
    if corpus.file.file.is_zip:
        verify_checksums(corpus.path)
    return Subset(
        path=corpus.path,
        made=False,
        num_source=corpus.num_sequences,
        num_sequences=corpus.num_sequences,
        rule=recorded_rule(corpus).words,
        num_left_out=0 if corpus.left_out is None else len(corpus.left_out),
    )


def _draw(corpus: Corpus, size: int, seed: int, on_progress: OnProgress) -> Drawn:
    # A residue that a flipped bit turned into another one is seen by nothing else.
    if corpus.file.file.is_zip:
        verify_checksums(corpus.path, on_progress)
    rows = recipe_rows(corpus.num_sequences, size, seed)
    return Drawn(corpus, rows, corpus.take(rows))


def _make(
    drawn: Drawn,
    target: Path,
    wanted: Mapping[str, Plain],
    seed: int,
    asked: ClusterFile | None,
    notes: list[str],
    on_progress: OnProgress,
) -> Subset:
    corpus, rule = drawn.corpus, asked or best_rule(drawn)
    split, left_out = _split(drawn, rule, seed, on_progress)
    manifest = {
        **wanted,
        "version": VERSION,
        "num_source": corpus.num_sequences,
        "num_differing": corpus.differing_rows(drawn.rows),
        "rule": rule.record(),
        "num_left_out": len(left_out),
        "notes": [*corpus.notes, *notes, *rule.notes, *split.notes],
        "synthetic": corpus.synthetic,
        "source_manifest": corpus.manifest,
    }
    parts = {"validation": split.validation, "confirmation": split.confirmation, "left_out": left_out}
    write_corpus(target, drawn.sequences, manifest, parts)
    made = open_corpus(target)
    if asked is not None:
        # Its relatives in the whole corpus are found while the file is at hand.
        find_exclusion(corpus, made, asked, on_progress)
    return described_subset(made, made=True)


def _split(drawn: Drawn, rule: Rule, seed: int, on_progress: OnProgress) -> tuple[Split, Rows]:
    """The held-out parts, and the other sequences, int64[k], that are relatives of theirs by a last search."""
    sequences, path = drawn.sequences, drawn.corpus.path
    families = rule.families(drawn, on_progress)
    try:
        split = clustered_split(sequences, families, seed)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    held_out = np.concatenate([split.validation, split.confirmation])
    others = np.delete(np.arange(len(sequences)), held_out)
    found = np.zeros(len(others), bool)
    if not rule.is_complete:
        _, found = rule.matches(sequences.take(held_out), sequences.take(others), on_progress)
    if not np.any(~found & (sequences.lengths[others] > 0)):
        raise DataError(f"{path}: nothing is left to train on: every sequence is a relative of a held-out one")
    return split, others[found]


def _target(drawn: Drawn, path: Path, may_go_beside: bool) -> Path:
    """Where the subset is written: over an older or damaged one of ours, never over another file.

    If that file is the recipe's (as the usual script makes it), the packed subset goes beside it.
    """
    if not path.exists() or is_ours(path):
        return path
    if may_go_beside and _holds(path, drawn.sequences):
        return _target(drawn, packed_beside(path), may_go_beside=False)
    raise DataError(f"{path}: is there already and is no subset made by optsweep; move it away, or use it as --data")


def _holds(path: Path, wanted: Sequences) -> bool:
    """Whether a file is a corpus of just these sequences in their order."""
    try:
        found = open_corpus(path).sequences
    except DataError:
        return False
    return np.array_equal(found.offsets, wanted.offsets) and np.array_equal(found.tokens, wanted.tokens)
