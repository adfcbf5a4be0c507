"""Which way a study's values get better, as Optuna's own study has it, from its first plan on."""

from __future__ import annotations

from typing import Any

import pytest
from optuna.study import StudyDirection

from optsweep.database.connection import open_storage
from optsweep.database.optuna_rows import read_direction
from optsweep.database.urls import storage_url
from optsweep.errors import ConfigError
from optsweep.planning.plan import plan_study
from optsweep.study.definition import StudyDefinition
from optsweep.study.direction import Direction
from optsweep.study.file import parse_study
from tests.planned import DATA


def definition(**metrics: Any) -> StudyDefinition:
    contents: Any = {
        "study": {"type": "random", "trials": 2},
        "trainer": {
            "command": ["python", "train.py", "{flags}"],
            "metrics": {"kind": "jsonl", "value": "acc", **metrics},
        },
        "space": {"x": {"low": 0.0, "high": 1.0}},
    }
    return parse_study(contents, "mine", "mine.toml")


@pytest.mark.parametrize("older", [{"maximize": True}, {"direction": "maximize"}], ids=["maximize", "direction"])
def test_a_study_that_begins_anew_may_turn_round(database_url: str, older: dict[str, Any]) -> None:
    found = []
    for metrics in ({}, older, {"direction": "minimize"}):
        # Each as a process of its own: Optuna remembers the directions of the studies that it has seen.
        storage = open_storage(storage_url(database_url), create=True)
        study, _ = plan_study(storage, "mine", definition(**metrics), DATA, command=["optsweep"])
        (direction,) = study.storage.backend.get_study_directions(study.study_id)
        found.append((direction, storage.transaction(lambda one, known=study: read_direction(one, known.study_id))))
        storage.close()
    low, high = (StudyDirection.MINIMIZE, Direction.MINIMIZE), (StudyDirection.MAXIMIZE, Direction.MAXIMIZE)
    assert found == [low, high, low]


def test_a_file_that_says_it_in_two_ways_has_to_mean_one() -> None:
    assert definition(maximize=True, direction="maximize").direction is Direction.MAXIMIZE
    with pytest.raises(ConfigError, match="contradict each other"):
        definition(maximize=True, direction="minimize")
