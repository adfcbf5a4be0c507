"""What may change from one start of a study to the next."""

from __future__ import annotations

import pytest

from optsweep.database.open_study import Study
from optsweep.errors import ConfigError
from optsweep.planning.differences import check_unchanged
from tests.planned import claim


def test_who_is_told_may_change_from_start_to_start(study: Study) -> None:
    values = {"notify": {"command": "./tell.sh"}, "trackers": {"tensorboard": True}}
    told = study.definition.model_copy(
        update={name: type(getattr(study.definition, name)).model_validate(value) for name, value in values.items()}
    )
    claim(study)
    check_unchanged(study.name, study.attributes(), told, None)
    assert told.trackers.chosen == ["tensorboard"]
    with pytest.raises(ConfigError):
        check_unchanged(study.name, study.attributes(), study.definition.with_overrides(seed=1), None)
