"""A fault of the database is judged in one place: added to a copy of the program, everything waits for its end."""

from __future__ import annotations

import json
from pathlib import Path

from tests.newer import newer_version, run

JUDGED = """
    if isinstance(error, exc.ProgrammingError) and "is being restored" in str(error.orig):
        return True
"""
FOUND = """
import json
from sqlalchemy import exc
from optsweep.database.patience import is_passing, outage, patiently

faults = [exc.ProgrammingError("SELECT 1", {}, Exception(words)) for words in ("it is being restored", "no such table")]
left = [faults[0], faults[0]]

def operation():
    if left:
        raise left.pop()
    return "answered"

print(json.dumps([[is_passing(fault) for fault in faults], patiently(operation), str(outage(faults[0]))]))
"""


def test_a_new_fault_takes_one_file(tmp_path: Path) -> None:
    code = newer_version(
        tmp_path / "newer", {"database/patience.py": ('than a mistake of ours."""\n', JUDGED.lstrip("\n"))}
    )
    passing, answer, told = json.loads(run(code, tmp_path, "-c", FOUND))
    assert passing == [True, False]
    assert answer == "answered"
    assert "it is being restored" in told
