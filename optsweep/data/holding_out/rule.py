"""Which proteins count as relatives: the rule by which sequences are held out, whichever one it is."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from optsweep.data.holding_out.kmers import KMER
from optsweep.data.holding_out.near_duplicates import near_duplicate_families
from optsweep.data.holding_out.similarity import MAX_SHARE, close_matches
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import Drawn
from optsweep.data.sequences import Sequences
from optsweep.plain import Plain

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Rule(ABC):
    """Says which sequences are relatives of each other."""

    name: str
    words: str
    """What it calls relatives, for people."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        """What people should know of the families that it found."""
        self.is_complete = False
        """Whether `families` found all relatives: then a last search would find no more."""

    def record(self) -> dict[str, Plain]:
        """What a subset's manifest keeps of it: plain values, ``name`` and ``words`` among them."""
        return {"name": self.name, "words": self.words}

    @abstractmethod
    def families(self, drawn: Drawn, on_progress: OnProgress = None) -> Rows:
        """The family of each drawn sequence, int64[n]: relatives, and relatives of relatives, have the same one."""

    @abstractmethod
    def matches(self, queries: Sequences, others: Sequences, on_progress: OnProgress = None) -> tuple[Mask, Mask]:
        """(bool[queries], bool[others]): which have a relative on the other side, as a search finds them."""

    def relatives_in_corpus(self, drawn: Drawn, held_out: Rows, on_progress: OnProgress = None) -> Rows:
        """The sequences of the whole corpus, int64[k], that are relatives of drawn sequences ``held_out``."""
        _, found = self.matches(drawn.sequences.take(held_out), drawn.corpus.sequences, on_progress)
        return np.flatnonzero(found)


class NearDuplicates(Rule):
    """The rule that needs nothing else. It separates copies, fragments and close variants, not families."""

    name = "15-mers"
    words = "near duplicates: more than 30 % common 15-mers, about 92 % identity"

    def record(self) -> dict[str, Plain]:
        return {**super().record(), "k": KMER, "max_share": MAX_SHARE}

    def families(self, drawn: Drawn, on_progress: OnProgress = None) -> Rows:
        labels, self.is_complete = near_duplicate_families(drawn.sequences, on_progress)
        return labels

    def matches(self, queries: Sequences, others: Sequences, on_progress: OnProgress = None) -> tuple[Mask, Mask]:
        return close_matches(queries, others, on_progress)


class KnownFamilies(Rule):
    """Families that are known beforehand: there is nothing to search for."""

    def __init__(self) -> None:
        super().__init__()
        self.is_complete = True

    def matches(self, queries: Sequences, others: Sequences, on_progress: OnProgress = None) -> tuple[Mask, Mask]:
        return np.zeros(len(queries), bool), np.zeros(len(others), bool)

    @abstractmethod
    def relatives_in_corpus(self, drawn: Drawn, held_out: Rows, on_progress: OnProgress = None) -> Rows:
        """As above."""
