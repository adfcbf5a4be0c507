"""docs/invariants.md lists every invariant that code cites, each with tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "invariants.md").read_text()
ENTRIES = {int(entry[1]): entry[2] for entry in re.finditer(r"(?ms)^(\d+)\. (.*?)(?=^\d+\. |\Z)", PAGE)}
CODE = [path for folder in ("optsweep", "benchmarks", "tests") for path in (ROOT / folder).rglob("*.py")]


def test_every_invariant_names_tests_that_exist() -> None:
    for number, entry in ENTRIES.items():
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", entry)
        assert named, number
        for file, test in named:
            assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(), (number, file, test)


def test_every_invariant_that_code_cites_is_listed() -> None:
    assert sorted(ENTRIES) == list(range(1, len(ENTRIES) + 1))
    cited = {int(number) for path in CODE for number in re.findall(r"\b[Ii]nvariant (\d+)", path.read_text())}
    assert cited
    assert cited <= set(ENTRIES)
