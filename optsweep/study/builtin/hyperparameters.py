"""The built-in trainer's hyperparameters by name: those that its config has, and five from which the config follows.

To add one, annotate its field in `optsweep.config` with `Searched`; there is nothing else to do.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, create_model
from pydantic.fields import FieldInfo

from optsweep.config import Searched, searched_fields
from optsweep.study.choices import Choices, Chosen
from optsweep.study.lengths import Lengths
from optsweep.study.parameter import Parameter, Real
from optsweep.study.ranges import Range
from optsweep.study.scalar import Even, Number, Parameters, Scalar, Switch, number
from optsweep.toml_files import SectionType
from optsweep.train.learning_rate import summed_learning_rate

FIRST = (
    "lr", "weight_decay", "decay", "dropout", "hidden_size", "head_dim", "n_blocks", "cond_dim", "effective_batch",
    "ema_fraction", "beta2", "grad_clip", "warmup_fraction", "schedule", "curriculum", "preschool_fraction",
)  # fmt: skip
"""The first version's, in the order in which they are drawn; younger ones follow. A stand-in is drawn in the place of
the one that it stands for, so that a seed draws the same for all others."""


@dataclass(frozen=True)
class Hyperparameter:
    name: str
    form: Any
    """Type of the space's field: what a study file may give in place of ``usual``."""
    usual: Parameter
    """What is searched unless the study file says otherwise."""
    place: tuple[str, str] | None = None
    """Section and name in the config; None if the config has what follows from it."""
    preset: Any = None
    """Type of a preset's field; None if it follows from others."""
    origin: str = ""
    """From which of a preset's fields it follows."""
    log: bool = False
    before: Scalar | None = None
    """What the runs of studies have that were planned before it was searched; None for those of the first version."""


@dataclass(frozen=True, kw_only=True)
class StandIn(Hyperparameter):
    """One that is searched in place of one of the config, which follows from it; a space has one of the two."""

    stands_for: str
    factor: Callable[[Parameters, Lengths], float]
    """What that one is multiplied by to give this one, in a run of these lengths."""
    needs: tuple[str, ...]
    """The parameters on which the factor depends, in a sampled run."""

    @property
    def pair(self) -> tuple[str, str]:
        return self.stands_for, self.name

    def found(self, value: float, parameters: Parameters, lengths: Lengths) -> float:
        """What it is where the other one is ``value``; to nine digits, which people read too."""
        return float(f"{value * self.factor(parameters, lengths):.9g}")

    def nearest(self, searched: Parameter, value: float) -> Scalar:
        """The value of its space that a preset counts with: presets are what they are, even if no other run may be."""
        if isinstance(searched, Chosen):
            return min(searched.values, key=lambda choice: abs(float(choice) - value))
        return min(max(value, searched.low), searched.high)


_COMPARISONS = {
    "gt": (operator.gt, "above"),
    "ge": (operator.ge, "at least"),
    "lt": (operator.lt, "below"),
    "le": (operator.le, "at most"),
}


def _within(**bounds: float) -> Any:
    """A range of real numbers, or some of them, within bounds such as ``gt=0, lt=1``."""
    words = " and ".join(f"{_COMPARISONS[key][1]} {bound:g}" for key, bound in bounds.items())

    def check(parameter: Range | Choices[float]) -> Range | Choices[float]:
        for key, bound in bounds.items():
            if not all(_COMPARISONS[key][0](value, bound) for value in parameter.limits):
                raise ValueError(f"values must be {words}")
        return parameter

    return Annotated[Real, AfterValidator(check)]


def _of_field(section: str, name: str, field: FieldInfo, searched: Searched) -> Hyperparameter:
    preset: Any = Annotated[field.annotation, *field.metadata]
    form: Any = Choices[preset]
    if field.annotation is float:
        bounds = {key: getattr(bound, key) for bound in field.metadata for key in _COMPARISONS if hasattr(bound, key)}
        # Of a preset's number only the type is checked here: the space says whether it holds it.
        preset, form = Number, _within(**bounds)
    values = searched.choices and {"choices": list(searched.choices)}
    usual: Parameter = TypeAdapter(form).validate_python(
        values or {key: getattr(searched, key) for key in ("low", "high", "log")}
    )
    before = field.default if searched.added_later else None
    return Hyperparameter(name, form, usual, (section, name), preset, log=searched.log, before=before)


def _summed_learning_rate(parameters: Parameters, lengths: Lengths) -> float:
    return summed_learning_rate(number(parameters, "lr"), lengths.iterations, lengths.warmup)


_HEAD_DIM, _CURRICULUM = Choices[Even](choices=[32, 64, 128]), Choices[Switch](choices=[False, True])
_FOLLOWED = (
    Hyperparameter("head_dim", Choices[Even], _HEAD_DIM, origin="hidden_size / n_heads"),
    Hyperparameter(
        "warmup_fraction",
        _within(ge=0, lt=1),
        Range(low=0.02, high=0.2),
        origin="sweep.warmup / sweep.iterations",
    ),
    Hyperparameter("curriculum", Choices[Switch], _CURRICULUM),
    Hyperparameter(
        "preschool_fraction",
        _within(gt=0, le=1),
        Range(low=0.05, high=0.3),
        origin="sweep.preschool / sweep.iterations",
    ),
    StandIn(
        name="decay",
        form=_within(gt=0),
        usual=Range(low=0.001, high=0.5, log=True),
        origin="weight_decay x the sum of lr over the sweep's iterations",
        log=True,
        stands_for="weight_decay",
        factor=_summed_learning_rate,
        needs=("lr", "effective_batch", "warmup_fraction"),
    ),
)
"""Those from which head count, warmup, curriculum, preschool and weight decay of a config follow."""


_declared = {one.name: one for one in (*(_of_field(*found) for found in searched_fields()), *_FOLLOWED)}
HYPERPARAMETERS = {name: _declared[name] for name in dict.fromkeys((*FIRST, *_declared))}
ADDED_LATER = {name: one for name, one in HYPERPARAMETERS.items() if one.before is not None}
STAND_INS = {name: one for name, one in HYPERPARAMETERS.items() if isinstance(one, StandIn)}
ALTERNATIVES = frozenset(name for one in STAND_INS.values() for name in one.pair)
"""The names that a space may lack, since it has the other one of the two."""


def with_fields(base: type[SectionType], fields: dict[str, Any]) -> type[SectionType]:
    """A section that has each hyperparameter, by its (type, default) in ``fields``, too; younger ones may be absent."""
    absent: dict[str, Any] = {name: (fields[name][0] | None, None) for name in ADDED_LATER}
    made: type[SectionType] = create_model(base.__name__, __base__=base, **{**fields, **absent})
    return made


def active(parameters: Parameters) -> list[str]:
    """The names that a run of the built-in trainer has: preschool_fraction only with a curriculum."""
    return [name for name in HYPERPARAMETERS if name != "preschool_fraction" or parameters.get("curriculum") is True]
