"""Every wrong input of the catalogue: exit code 2, three lines at most, soon; nothing is started, nothing written."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path

import pytest

from . import corpora, fastas, options, places, run_tables, studies
from .outcome import Case, Scene, check_refusal, run_here, tree

CASES = [case for module in (options, studies, fastas, corpora, places, run_tables) for case in module.CASES]


def test_the_catalogue_is_large_and_each_case_has_its_name() -> None:
    assert len(CASES) >= 80
    assert not [name for name, times in Counter(case.id for case in CASES).items() if times > 1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_wrong_input_is_refused(
    case: Case,
    scene: Scene,
    planned_folder: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    folder = scene(case)
    before = tree(folder), tree(planned_folder)
    outcome = run_here(case.arguments, capfd)
    check_refusal(case, outcome)
    assert (tree(folder), tree(planned_folder)) == before
    if case.secret is not None:
        assert case.secret not in caplog.text
