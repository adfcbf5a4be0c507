from __future__ import annotations

import pytest

from optsweep.database.open_study import Study
from optsweep.errors import ConfigError
from optsweep.planning.changes import check_unchanged
from optsweep.study.file import parse_study

from .conftest import claim

BUDGET = {"sequences": 100, "full_sequences": 200}


def test_who_is_told_may_change_from_start_to_start(study: Study) -> None:
    values = {"notify": {"command": "./tell.sh"}, "trackers": {"tensorboard": True}}
    told = study.definition.model_copy(
        update={name: type(getattr(study.definition, name)).model_validate(value) for name, value in values.items()}
    )
    claim(study)
    check_unchanged(study, told, None)
    assert told.trackers.chosen == ["tensorboard"]
    with pytest.raises(ConfigError):
        check_unchanged(study, study.definition.with_overrides(seed=1), None)


@pytest.mark.parametrize("wrong", [{"notify": {"comand": "x"}}, {"trackers": {"tensorbord": True}}])
def test_names_that_are_none_are_refused_with_the_right_one(wrong: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ConfigError, match=r"did you mean (command|tensorboard)"):
        parse_study({"budget": BUDGET, "study": {"type": "random"}, **wrong}, "x", "x.toml")
