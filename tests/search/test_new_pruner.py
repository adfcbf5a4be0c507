"""A kind of pruner is a word and a class: added to a copy of the program, sweeps take it and the replay tries it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.newer import newer_version, run

CLASS = '''

class Worst(Kind):
    """Cuts what is worse than every other run at this point."""

    def limit(self, step: int, best: float, others: list[float]) -> tuple[float, str] | None:
        return others[-1], f"{{}}, the worst of {len(others)} runs"
'''
FOUND = """
import json
from optsweep.search.pruning_rule import PruningRule, pruner_name
from optsweep.study.sections import PrunerSection
from optsweep.trust.pruning import candidates

settings = PrunerSection(kind="worst", startup=2, minimum=2)
rule = PruningRule(settings, 10)
rule.add({5: 2.5}, complete=True)
rule.add({5: 2.7}, complete=True)
print(json.dumps({
    "reasons": [rule.reason(5, 2.6), rule.reason(5, 2.75)],
    "name": pruner_name(settings),
    "tried": sum(one.kind == "worst" for one in candidates(PrunerSection())),
}))
"""


def test_a_new_kind_of_pruner_takes_two_files(tmp_path: Path) -> None:
    added = {
        "study/sections.py": ('PrunerKind = Literal["median"', ', "worst"'),
        "search/pruning_rule.py": ('    "median": Median,\n', '    "worst": Worst,\n'),
    }
    code = newer_version(tmp_path / "newer", added)
    rules = code / "optsweep" / "search" / "pruning_rule.py"
    rules.write_text(rules.read_text().replace("\n\nclass Halving(Kind)", f"{CLASS}\n\nclass Halving(Kind)"))

    found = json.loads(run(code, tmp_path, "-c", FOUND))
    assert found["reasons"] == [None, "pruned at 50 %: 2.75 > 2.70, the worst of 2 runs"]
    assert found["name"] == "worst, warmup 0.3, startup 2, minimum 2"
    assert found["tried"] == 9
    shown = run(code, tmp_path, "-m", "optsweep", "sweep", "demo", "--pruner", "worst", "--dry-run")
    assert "Dry run" in shown
