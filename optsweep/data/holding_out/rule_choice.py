"""Which rule of relatedness a split goes by: a new one, and one that was made before."""

from __future__ import annotations

from typing import Any

from optsweep.data.corpus import Corpus
from optsweep.data.demo import demo_families
from optsweep.data.holding_out.mmseqs import find_mmseqs
from optsweep.data.holding_out.mmseqs_rule import MMseqs2
from optsweep.data.holding_out.rule import NearDuplicates, Rule
from optsweep.data.recipe import Drawn
from optsweep.errors import DataError


def best_rule(drawn: Drawn) -> Rule:
    """The families that a demo corpus was made of, else MMseqs2 if it is on the PATH, else near duplicates."""
    return demo_families(drawn.corpus) or best_search(drawn.sequences.num_residues)


def best_search(num_residues: int) -> Rule:
    """The better rule that finds relatives on this host, among sequences of so many residues."""
    return MMseqs2(num_residues) if find_mmseqs() else NearDuplicates()


def recorded_rule(subset: Corpus) -> dict[str, Any]:
    """What the manifest of a subset says of its rule, ``name`` and ``words`` at least; raises `DataError`."""
    if subset.manifest.get("kind") != "subset":
        return {"name": "unknown", "words": "unknown: the file came with its split"}
    # Subsets of the first version knew one rule only.
    record = subset.manifest.get("rule", NearDuplicates().record())
    if not isinstance(record, dict) or type(record.get("name")) is not str or type(record.get("words")) is not str:
        raise DataError(f"{subset.path}: its manifest does not say by which rule it was split")
    return record


def standing_rule(drawn: Drawn, subset: Corpus) -> Rule:
    """The rule that a subset was split by, for a search in its whole corpus; raises `DataError` if it cannot be had."""
    record = recorded_rule(subset)
    name, path = record["name"], drawn.corpus.path
    if name == NearDuplicates.name:
        return NearDuplicates()
    if name == MMseqs2.name:
        if not find_mmseqs():
            raise DataError(
                f"{path}: its held-out sequences were chosen by MMseqs2, and mmseqs is not on this host's PATH\n"
                f"install it, or run `optsweep data subset {path}` on a host that has it: the result is kept"
            )
        residues = record.get("database_residues")
        return MMseqs2(residues if type(residues) is int and residues > 0 else drawn.sequences.num_residues)
    if families := demo_families(drawn.corpus):
        return families
    raise DataError(
        f"{path}: which of its sequences are relatives of held-out ones by {record['words']} is kept no more\n"
        f"find it again: optsweep data subset {path} --clusters FILE.tsv"
    )
