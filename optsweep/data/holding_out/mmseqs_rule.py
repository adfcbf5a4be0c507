"""Relatives as MMseqs2 finds them, the field's tool: at least 30 % identical over at least 80 % of one of the two."""

from __future__ import annotations

import numpy as np

from optsweep.data.holding_out.mmseqs import Criteria, find_mmseqs, mmseqs_version, search
from optsweep.data.holding_out.near_duplicates import joined
from optsweep.data.holding_out.rule import Mask, NearDuplicates, Rows, Rule
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import Drawn
from optsweep.data.sequences import Sequences
from optsweep.errors import DataError
from optsweep.plain import Plain

MIN_IDENTITY = 0.3
MIN_COVERAGE = 0.8
MAX_E_VALUE = 0.01
"""In a search of the subset: ten times what is usual, so that the usual search finds nothing that ours does not."""
FAMILY_SENSITIVITY = 4.0
"""The default of `mmseqs cluster`, for all against all; what it misses across, the last search finds."""
LAST_SENSITIVITY = 7.5
"""Its highest, for the few that are held out against all others."""


class MMseqs2(Rule):
    """Near duplicates are relatives too: a search does not find short and repetitive sequences, not even copies."""

    name = "MMseqs2"

    def __init__(self, database_residues: int, version: str = "") -> None:
        """``database_residues``: of the subset; ``version``: of the program that split it, if that was before."""
        super().__init__()
        self._criteria = Criteria(
            min_identity=MIN_IDENTITY,
            min_coverage=MIN_COVERAGE,
            max_e_value=MAX_E_VALUE,
            database_residues=database_residues,
        )
        self._version = version or mmseqs_version(_program())
        self._near_duplicates = NearDuplicates()
        self.words = f"MMseqs2 {self._version}: at least 30 % identity over at least 80 % of one of the two"

    def record(self) -> dict[str, Plain]:
        return {
            **super().record(),
            "version": self._version,
            "min_identity": MIN_IDENTITY,
            "min_coverage": MIN_COVERAGE,
            "max_e_value": MAX_E_VALUE,
            "database_residues": self._criteria.database_residues,
            "sensitivity": [FAMILY_SENSITIVITY, LAST_SENSITIVITY],
        }

    def families(self, drawn: Drawn, on_progress: OnProgress = None) -> Rows:
        sequences = drawn.sequences
        found = search(_program(), sequences, sequences, self._criteria, FAMILY_SENSITIVITY, on_progress)
        near = self._near_duplicates.families(drawn)
        _, first = np.unique(near, return_index=True)
        return joined(len(sequences), np.concatenate([found, np.stack([np.arange(len(near)), first[near]], axis=1)]))

    def matches(self, queries: Sequences, others: Sequences, on_progress: OnProgress = None) -> tuple[Mask, Mask]:
        found = search(_program(), queries, others, self._criteria, LAST_SENSITIVITY, on_progress)
        near_queries, near_others = self._near_duplicates.matches(queries, others)
        near_queries[found[:, 0]] = True
        near_others[found[:, 1]] = True
        return near_queries, near_others


def _program() -> str:
    program = find_mmseqs()
    if program is None:
        raise DataError("mmseqs: is not on the PATH; it is needed for sequences that were split by MMseqs2")
    return program
