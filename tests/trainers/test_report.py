"""Values by a call: `optsweep.report` in a script, and what it costs to import it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from optsweep import report
from optsweep.reporting import VARIABLE
from tests.trainers.script_run import ScriptRun

REPORTS = {"kind": "report", "value": "val/loss", "total": 3}
SCRIPT = """
from optsweep import report
for step in (1, 2, 3):
    report(step=step, **{"val/loss": 1 / step})
"""


def test_numbers_of_any_kind_are_one_line_and_only_the_first_rank_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.jsonl"
    monkeypatch.delenv(VARIABLE, raising=False)
    report(step=1, loss=2)
    monkeypatch.setenv(VARIABLE, str(path))
    numbers = {"a": 1, "b": 0.5, "c": np.float32(0.25), "d": np.array([4]), "e": Fraction(1, 4), "f": True, "g": None}
    report(step=np.int64(3), **numbers)
    report(loss=math.nan)
    for variable in ("RANK", "LOCAL_RANK"):
        with monkeypatch.context() as other:
            other.setenv(variable, "1")
            report(step=9, loss=9)
    with pytest.raises(ValueError, match="could not convert"):
        report(loss="low")  # type: ignore[arg-type]
    first, second = path.read_text().split("\n")[:-1]
    assert json.loads(first) == {"step": 3, "a": 1, "b": 0.5, "c": 0.25, "d": 4, "e": 0.25, "f": 1}
    assert second == '{"loss": NaN}'


def test_it_loads_next_to_nothing() -> None:
    code = "import sys; before = set(sys.modules); import optsweep; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) - {"__future__"} == {"optsweep", "optsweep.reporting"}


def test_a_script_tells_its_values_by_a_call(script_run: ScriptRun) -> None:
    Path("script.py").write_text(SCRIPT)
    script_run.options = {"command": ["python", "script.py", "{flags}"], "metrics": REPORTS}
    told = script_run.train()
    assert told.outcome == "complete"
    assert [evaluation.value for evaluation in told.evaluations] == [1.0, 1 / 2, 1 / 3]
    assert not list(script_run.work.iterdir()), "the script's own folder holds what is its own"


def test_a_value_that_is_not_a_number_diverges(script_run: ScriptRun) -> None:
    words = "from optsweep import report; report(step=1, **{'val/loss': float('nan')})"
    script_run.options = {"command": ["python", "-c", words, "{flags}"], "metrics": REPORTS}
    assert script_run.train().outcome == "diverged"
