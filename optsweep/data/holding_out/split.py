"""Which sequences are held out: whole families, so that no relative of theirs is trained on."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE
from optsweep.errors import DataError

HELD_OUT_SHARE = 0.05
"""Of the subset, for validation and again for confirmation: 500 each of 10,000."""
MAX_FAMILY_SHARE = 0.05
"""Of a part: a large family would decide what is measured. One sequence is always few enough."""

Array = npt.NDArray[np.int64]
_PARTS = ("validation", "confirmation")


@dataclass(frozen=True)
class Split:
    validation: Array
    """Ascending indices, int64[v]."""
    confirmation: Array
    notes: list[str]
    """How it differs from what is wanted, for people."""


def clustered_split(sequences: Sequences, families: Array, seed: int) -> Split:
    """Draw small families until 5 % are held out for each part; ``families``: int64[n], of each sequence.

    No family is more than 5 % of a part (as it ends up) or one sequence, so a part may stay smaller; only if no family
    is that small, the smallest ones are held out, one for each part. Raises `DataError` if there are fewer than three.
    """
    scorable = np.flatnonzero(_has_residues(sequences))
    members = _members(scorable, families)
    if len(members) < 3:
        raise DataError(
            f"its {len(sequences)} sequences form too few groups of close relatives ({len(members)}); "
            "training, validation and confirmation need one each"
        )
    random.Random(seed).shuffle(members)
    quota = min(max(1, round(HELD_OUT_SHARE * len(sequences))), (len(scorable) - 1) // 2)
    filled = _fill(members, quota)
    parts = [np.sort(np.concatenate(part)) for part in filled]
    return Split(parts[0], parts[1], _notes(filled, quota))


def _members(scorable: Array, families: Array) -> list[Array]:
    """The scorable sequences of each family, in the order of their first ones."""
    by_family = scorable[np.argsort(families[scorable], kind="stable")]
    changes = np.flatnonzero(np.diff(families[by_family])) + 1
    members = np.split(by_family, changes) if len(by_family) else []
    return sorted(members, key=lambda family: int(family[0]))


def _fill(members: list[Array], quota: int) -> tuple[list[Array], list[Array]]:
    """Two parts of up to ``quota`` sequences, from whole families in the order given; neither is empty."""
    largest = _fair(quota)
    while True:
        parts, rest = _fill_with(members, quota, largest)
        fair = _fair(min(sum(map(len, part)) for part in parts))
        if all(len(family) <= fair for part in parts for family in part):
            break
        largest = fair
    rest.sort(key=len, reverse=True)
    for part in parts:
        if not part:
            part.append(rest.pop())
    return parts


def _fair(size: int) -> int:
    """How large a family of a part of ``size`` sequences may be."""
    return max(1, int(MAX_FAMILY_SHARE * size))


def _fill_with(members: list[Array], quota: int, largest: int) -> tuple[tuple[list[Array], list[Array]], list[Array]]:
    """(the two parts, the families left over), with families of up to ``largest`` sequences."""
    parts: tuple[list[Array], list[Array]] = ([], [])
    room = [quota, quota]
    rest = []
    for family in members:
        # Into the emptier one, so that both end up equally large.
        part = int(room[1] > room[0])
        if len(family) <= min(largest, room[part]):
            parts[part].append(family)
            room[part] -= len(family)
        else:
            rest.append(family)
    return parts, rest


def _notes(parts: tuple[list[Array], list[Array]], quota: int) -> list[str]:
    notes = []
    for name, part in zip(_PARTS, parts, strict=True):
        size = sum(map(len, part))
        if len(part) == 1 and size > 1:
            notes.append(f"{name} is one family of {size} sequences: none is smaller")
        elif size < quota:
            notes.append(
                f"{name} has {size} of {quota} sequences: small families are too few "
                f"(none may be more than {MAX_FAMILY_SHARE:.0%} of it)"
            )
    return notes


def _has_residues(sequences: Sequences) -> npt.NDArray[np.bool_]:
    """Whether a sequence holds any of the 20 residues: without one there is nothing to score."""
    found = np.zeros(len(sequences), bool)
    for start, block in sequences.blocks():
        rows = np.repeat(np.arange(len(block)), block.lengths)
        found[start + rows[block.tokens >= FIRST_RESIDUE]] = True
    return found
