"""Where the subset of a corpus is, and whether the one that is there is its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from optsweep.data.corpus import Corpus, open_corpus, verify_checksums
from optsweep.data.fingerprint import FileDescription, describe_file
from optsweep.data.holding_out.rule_choice import recorded_rule
from optsweep.errors import DataError
from optsweep.plain import Plain

VERSION = 2
_OUR_START = (b"archive/data/0", slice(30, 44))
"""The name of a file's first member, and where it stands (behind a local header of 30 bytes)."""
_VERSIONS = (1, 2)
"""Subsets of version 1 (one rule, nothing left out) are as good as they were."""


@dataclass(frozen=True, kw_only=True)
class Subset:
    path: Path
    made: bool
    """Made now, by this call; otherwise it stood there."""
    num_source: int
    """Sequences of the corpus that it was drawn from."""
    num_sequences: int
    num_differing: int = 0
    """Sequences of a legacy corpus whose prot_tokens do not agree with protein_seq, which is what counts."""
    rule: str
    """Which sequences count as relatives, in words."""
    num_left_out: int = 0
    """Sequences that are neither held out nor trained on."""
    notes: list[str] = field(default_factory=list)
    """What else should be known of it, for people."""


def subset_path(source: Path) -> Path:
    """Where the subset of ``source`` is made: X_sweep.pt beside it, in ./data where that folder is read-only."""
    name = f"{source.stem}_sweep.pt"
    folder = source.parent if os.access(source.parent, os.W_OK) else Path("data")
    return folder / name


def packed_beside(target: Path) -> Path:
    """Where the subset goes if ``target`` is taken by the same sequences without a split."""
    return target.with_suffix(".optsweep.pt")


def places(source: Path) -> list[Path]:
    """Where the subset may be, in the order in which it is looked for."""
    target = subset_path(source)
    beside = source.parent / target.name
    return list(dict.fromkeys([packed_beside(target), target, packed_beside(beside), beside]))


def find_subset(source: Path) -> Path | None:
    """A subset of ``source``, of any size, seed and rule, that is there and not stale, beside it or in ./data."""
    standing = first_standing(places(source), origin(describe_file(source)))
    return None if standing is None else standing.path


def origin(described: FileDescription) -> dict[str, Plain]:
    """The part of a subset's manifest that says what it was made from."""
    return {
        "kind": "subset",
        "source": described.name,
        "source_size": described.size,
        "source_fingerprint": described.fingerprint,
    }


def is_ours(path: Path) -> bool:
    """Whether a file is a subset that this program wrote, however damaged, or empty: no loss if it is made again."""
    try:
        return open_corpus(path).manifest.get("kind") == "subset"
    except DataError:
        with path.open("rb") as file:
            start = file.read(_OUR_START[1].stop)
        # torch.save writes the pickle first, this program the tokens.
        return not start or start[_OUR_START[1]] == _OUR_START[0]


def first_standing(paths: Iterable[Path], wanted: Mapping[str, Plain]) -> Subset | None:
    """The first subset there that is whole and has what is wanted in its manifest."""
    return next((found for path in paths if (found := standing_subset(path, wanted))), None)


def standing_subset(path: Path, wanted: Mapping[str, Plain]) -> Subset | None:
    """The subset at ``path``, unless it is missing, damaged or stale."""
    if not path.exists():
        return None
    try:
        corpus = open_corpus(path)
        manifest = corpus.manifest
        if corpus.validation is None or manifest.get("version") not in _VERSIONS:
            return None
        if any(manifest.get(key) != value for key, value in wanted.items()):
            return None
        verify_checksums(path)
        return described_subset(corpus, made=False)
    except DataError:
        return None


def described_subset(corpus: Corpus, made: bool) -> Subset:
    """What its manifest says; raises `DataError` if it does not say what every subset of ours says."""
    manifest = corpus.manifest
    num_source, num_differing = manifest.get("num_source"), manifest.get("num_differing", 0)
    notes = manifest.get("notes", [])
    if type(num_source) is not int or type(num_differing) is not int or not isinstance(notes, list):
        raise DataError(f"{corpus.path}: its manifest is not that of a subset")
    return Subset(
        path=corpus.path,
        made=made,
        num_source=num_source,
        num_sequences=corpus.num_sequences,
        num_differing=num_differing,
        rule=recorded_rule(corpus).words,
        num_left_out=0 if corpus.left_out is None else len(corpus.left_out),
        notes=[str(note) for note in notes],
    )
