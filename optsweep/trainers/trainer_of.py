"""The one place that knows which trainer a study has."""

from __future__ import annotations

from optsweep.study.definition import BuiltinStudy, ScriptStudy, StudyDefinition
from optsweep.trainers.builtin import BuiltinTrainer
from optsweep.trainers.script import ScriptTrainer
from optsweep.trainers.trainer import Trainer


def trainer_of(definition: StudyDefinition) -> Trainer:
    """What trains the runs of a study; loads no torch before it trains."""
    if isinstance(definition, ScriptStudy):
        return ScriptTrainer(definition)
    assert isinstance(definition, BuiltinStudy)
    return BuiltinTrainer(definition)
