"""What trains a study's runs: one interface, and two implementations that nobody outside tells apart."""

from __future__ import annotations

from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.definition import StudyDefinition
from optsweep.study.script.study import ScriptStudy
from optsweep.trainers.builtin import BuiltinTrainer
from optsweep.trainers.script import ScriptTrainer
from optsweep.trainers.trainer import Trainer


def trainer_of(definition: StudyDefinition) -> Trainer:
    """What trains the runs of a study; loads no torch before it trains."""
    if isinstance(definition, ScriptStudy):
        return ScriptTrainer(definition)
    assert isinstance(definition, BuiltinStudy)
    return BuiltinTrainer(definition)
