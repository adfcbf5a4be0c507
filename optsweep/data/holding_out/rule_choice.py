"""Which rule of relatedness a split goes by: a new one, and one that was made before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from optsweep.data.corpus import Corpus
from optsweep.data.demo import demo_families
from optsweep.data.holding_out.mmseqs import find_mmseqs
from optsweep.data.holding_out.mmseqs_rule import MMseqs2
from optsweep.data.holding_out.rule import NearDuplicates, Rule
from optsweep.data.recipe import Drawn
from optsweep.errors import DataError
from optsweep.plain import Plain


def best_rule(drawn: Drawn) -> Rule:
    """The families that a demo corpus was made of, else MMseqs2 if it is on the PATH, else near duplicates."""
    return demo_families(drawn.corpus) or best_search(drawn.sequences.num_residues)


def best_search(num_residues: int) -> Rule:
    """The better rule that finds relatives on this host, among sequences of so many residues."""
    return MMseqs2(num_residues) if find_mmseqs() else NearDuplicates()


class RecordedRule(NamedTuple):
    """What a subset's manifest says of the rule by which it was split."""

    name: str
    words: str
    values: Mapping[str, Plain]
    """The whole record."""


def recorded_rule(subset: Corpus) -> RecordedRule:
    """Raises `DataError` if the manifest of the subset does not say its rule."""
    if subset.manifest.get("kind") != "subset":
        record: Plain = {"name": "unknown", "words": "unknown: the file came with its split"}
    else:
        # Subsets of the first version knew one rule only.
        record = subset.manifest.get("rule", NearDuplicates().record())
    if isinstance(record, Mapping):
        match record:
            case {"name": str(name), "words": str(words)}:
                return RecordedRule(name, words, record)
    raise DataError(f"{subset.path}: its manifest does not say by which rule it was split")


def standing_rule(drawn: Drawn, subset: Corpus) -> Rule:
    """The rule that a subset was split by, for a search in its whole corpus; raises `DataError` if it cannot be had."""
    record = recorded_rule(subset)
    name, path = record.name, drawn.corpus.path
    if name == NearDuplicates.name:
        return NearDuplicates()
    if name == MMseqs2.name:
        if not find_mmseqs():
            raise DataError(
                f"{path}: its held-out sequences were chosen by MMseqs2, and mmseqs is not on this host's PATH\n"
                f"install it, or run `optsweep data subset {path}` on a host that has it: the result is kept"
            )
        residues = record.values.get("database_residues")
        return MMseqs2(residues if isinstance(residues, int) and residues > 0 else drawn.sequences.num_residues)
    if families := demo_families(drawn.corpus):
        return families
    raise DataError(
        f"{path}: which of its sequences are relatives of held-out ones by {record.words} is kept no more\n"
        f"find it again: optsweep data subset {path} --clusters FILE.tsv"
    )
