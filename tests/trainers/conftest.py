"""Runs of a script, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainers.script_run import ScriptRun


@pytest.fixture
def script_run(workplace: Path) -> ScriptRun:
    return ScriptRun(workplace / "studies" / "mine" / "runs" / "a run")
