"""The subset that a sweep trains on: the recipe that everybody uses, and the split that lives in the file."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optsweep.data._building import sole_builder
from optsweep.data.corpus import Corpus, open_corpus, verify_checksums, write_corpus
from optsweep.data.fingerprint import describe_file
from optsweep.data.split import clustered_split
from optsweep.errors import DataError
from optsweep.files import remove_leftovers

SUBSET_SIZE = 10_000
SUBSET_SEED = 42
_VERSION = 1
"""Of the split's algorithm: subsets made by another one are stale."""


@dataclass(frozen=True, kw_only=True)
class Subset:
    path: Path
    made: bool
    """Made now, by this call; otherwise it stood there."""
    num_source: int
    """Sequences of the corpus that it was drawn from."""
    num_sequences: int


def subset_path(source: Path) -> Path:
    """Where the subset of ``source`` is made: X_sweep.pt beside it, in ./data where that folder is read-only."""
    name = f"{source.stem}_sweep.pt"
    folder = source.parent if os.access(source.parent, os.W_OK) else Path("data")
    return folder / name


def find_subset(source: Path) -> Path | None:
    """A subset of ``source``, of any size and seed, that is there and not stale, beside it or in ./data."""
    wanted = _origin(source)
    return next((path for path in _places(source) if _standing(path, wanted) is not None), None)


def ensure_subset(
    source: Path, *, size: int = SUBSET_SIZE, seed: int = SUBSET_SEED, output: Path | None = None
) -> Subset:
    """The subset of a corpus, made where it is missing or stale; once, however many processes ask at the same time.

    It holds exactly the sequences at ``random.Random(seed).sample(range(n), size)``, in that order, or all where
    n <= size. A file that has a split already is its own subset. Raises `DataError`.
    """
    if output is not None and output.exists() and source.exists() and output.samefile(source):
        raise DataError(f"{output}: is the corpus itself; choose another output")
    if size < 3:
        raise DataError(f"a subset of {size} sequences cannot be split; 3 or more are right (default {SUBSET_SIZE})")
    wanted = {**_origin(source), "n": size, "seed": seed}
    for path in [output] if output else _places(source):
        if standing := _standing(path, wanted):
            return standing
    corpus = open_corpus(source)
    if output is None and corpus.validation is not None:
        return Subset(path=source, made=False, num_source=corpus.num_sequences, num_sequences=corpus.num_sequences)
    target = output or subset_path(source)
    with sole_builder(target):
        if standing := _standing(target, wanted):
            return standing
        _refuse_foreign(target)
        remove_leftovers(target)
        return _make(corpus, target, wanted)


def _places(source: Path) -> list[Path]:
    target = subset_path(source)
    return list(dict.fromkeys([target, source.parent / target.name]))


def _origin(source: Path) -> dict[str, Any]:
    """The part of a subset's manifest that says what it was made from."""
    described = describe_file(source)
    return {
        "kind": "subset",
        "version": _VERSION,
        "source": described["name"],
        "source_size": described["size"],
        "source_fingerprint": described["fingerprint"],
    }


def _standing(path: Path, wanted: dict[str, Any]) -> Subset | None:
    """The subset at ``path``, unless it is missing, damaged or stale."""
    if not path.exists():
        return None
    try:
        corpus = open_corpus(path)
        manifest = corpus.manifest
        if corpus.validation is None or any(manifest.get(key) != value for key, value in wanted.items()):
            return None
        verify_checksums(path)
    except DataError:
        return None
    num_source = manifest.get("num_source")
    if type(num_source) is not int:
        return None
    return Subset(path=path, made=False, num_source=num_source, num_sequences=corpus.num_sequences)


def _refuse_foreign(target: Path) -> None:
    """Never write over a corpus that somebody else made; what cannot be read is no loss."""
    try:
        manifest = open_corpus(target).manifest if target.exists() else {"kind": "subset"}
    except DataError:
        return
    if manifest.get("kind") != "subset":
        raise DataError(
            f"{target}: is there already and is no subset made by optsweep; move it away, or use it as --data"
        )


def _make(corpus: Corpus, target: Path, wanted: dict[str, Any]) -> Subset:
    num_source = corpus.num_sequences
    if num_source > wanted["n"]:
        indices = random.Random(wanted["seed"]).sample(range(num_source), wanted["n"])
    else:
        indices = list(range(num_source))
    sequences = corpus.take(np.array(indices, np.int64))
    try:
        validation, confirmation = clustered_split(sequences, wanted["seed"])
    except DataError as error:
        raise DataError(f"{corpus.path}: {error}") from None
    manifest = {
        **wanted,
        "num_source": num_source,
        "synthetic": corpus.synthetic,
        "source_manifest": corpus.manifest,
    }
    write_corpus(target, sequences, manifest, {"validation": validation, "confirmation": confirmation})
    return Subset(path=target, made=True, num_source=num_source, num_sequences=len(sequences))
