"""How often each validation sequence is scored in an evaluation, if the study file leaves that open."""

from __future__ import annotations

from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.definition import StudyDefinition
from optsweep.study.sections import EvaluationSection
from optsweep.train.patience import NUM_TRAINING

DRAWS = (1, 2, 4)
EVALUATION_SHARE = 0.02
"""Share of a sampled run's time below which several draws are for free."""
FORWARD_SHARE = 1 / 3
"""What a sequence costs without its gradient, of what it costs to train on it."""


def with_draws(definition: StudyDefinition, num_validation: int | None) -> StudyDefinition:
    """The study with a number of draws in place of "auto": the largest whose evaluations cost next to nothing.

    ``num_validation``: the sequences that an evaluation scores; None if that is not known.
    """
    if not isinstance(definition, BuiltinStudy) or definition.evaluation.draws != "auto":
        return definition
    budget, draws = definition.budget, 1
    if num_validation is not None:
        # With patience as many training sequences are scored again, if there are so many.
        scored = num_validation + (min(NUM_TRAINING, num_validation) if definition.settings.patience else 0)
        once = budget.num_evaluations * scored * FORWARD_SHARE
        affordable = EVALUATION_SHARE * budget.sequences * budget.scale
        draws = max((number for number in DRAWS if number * once < affordable), default=1)
    return definition.model_copy(update={"evaluation": EvaluationSection(draws=draws)})
