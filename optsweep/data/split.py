"""Which sequences are held out: whole clusters, so that no close relative of theirs is trained on."""

from __future__ import annotations

import random
from itertools import chain

import numpy as np
import numpy.typing as npt

from optsweep.data.sequences import Sequences
from optsweep.data.similarity import clusters
from optsweep.data.vocabulary import FIRST_RESIDUE
from optsweep.errors import DataError

HELD_OUT_SHARE = 0.05
"""Of the subset, for validation and again for confirmation: 500 each of 10,000."""


def clustered_split(sequences: Sequences, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(validation, confirmation): ascending indices int64[v] of sequences no cluster of which is divided.

    Raises `DataError` where there are fewer than three clusters.
    """
    labels = clusters(sequences)
    scorable = np.flatnonzero(_has_residues(sequences))
    members: dict[int, list[int]] = {}
    for index in scorable.tolist():
        members.setdefault(int(labels[index]), []).append(index)
    if len(members) < 3:
        raise DataError(
            f"its {len(sequences)} sequences form too few groups of close relatives ({len(members)}); "
            "training, validation and confirmation need one each"
        )
    order = list(members.values())
    random.Random(seed).shuffle(order)
    quota = min(max(1, round(HELD_OUT_SHARE * len(sequences))), (len(scorable) - 1) // 2)
    parts = _fill(order, quota)
    validation, confirmation = (np.array(sorted(chain.from_iterable(part)), np.int64) for part in parts)
    return validation, confirmation


def _fill(order: list[list[int]], quota: int) -> tuple[list[list[int]], list[list[int]]]:
    """Two parts of up to ``quota`` sequences, from whole clusters in the order given; neither part is empty."""
    parts: tuple[list[list[int]], list[list[int]]] = ([], [])
    room = [quota, quota]
    rest = []
    for cluster in order:
        # Into the emptier one, so that the clusters left over are enough for a part that stays empty.
        part = int(room[1] > room[0])
        if len(cluster) <= room[part]:
            parts[part].append(cluster)
            room[part] -= len(cluster)
        else:
            rest.append(cluster)
    rest.sort(key=len, reverse=True)
    for part in (0, 1):
        if not parts[part]:
            # Every cluster is larger than the quota: the smallest ones are held out.
            parts[part].append(rest.pop())
    return parts


def _has_residues(sequences: Sequences) -> npt.NDArray[np.bool_]:
    """Whether a sequence holds any of the 20 residues: without one there is nothing to score."""
    rows = np.repeat(np.arange(len(sequences)), sequences.lengths)
    counts = np.bincount(rows[sequences.tokens >= FIRST_RESIDUE], minlength=len(sequences))
    return counts > 0
