"""The built-in trainer's hyperparameters by name: those that its config has, and four from which the config follows.

To add one, annotate its field in `optsweep.config` with `Searched`; there is nothing else to do.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, create_model
from pydantic.fields import FieldInfo

from optsweep.config import Searched, searched_fields
from optsweep.study.parameter import Choices, Even, Number, Parameter, Parameters, Range, Real, Scalar, Switch
from optsweep.toml_files import SectionType

FIRST = (
    "lr", "weight_decay", "dropout", "hidden_size", "head_dim", "n_blocks", "cond_dim", "effective_batch",
    "ema_fraction", "beta2", "grad_clip", "warmup_fraction", "schedule", "curriculum", "preschool_fraction",
)  # fmt: skip
"""The first version's, in the order in which they are drawn; younger ones follow."""


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
)
"""Those from which head count, warmup, curriculum and preschool of a config follow."""


_declared = {one.name: one for one in (*(_of_field(*found) for found in searched_fields()), *_FOLLOWED)}
HYPERPARAMETERS = {name: _declared[name] for name in dict.fromkeys((*FIRST, *_declared))}
ADDED_LATER = {name: one for name, one in HYPERPARAMETERS.items() if one.before is not None}


def with_fields(base: type[SectionType], fields: dict[str, Any]) -> type[SectionType]:
    """A section that has each hyperparameter, by its (type, default) in ``fields``, too; younger ones may be absent."""
    absent: dict[str, Any] = {name: (fields[name][0] | None, None) for name in ADDED_LATER}
    made: type[SectionType] = create_model(base.__name__, __base__=base, **{**fields, **absent})
    return made


def active(parameters: Parameters) -> list[str]:
    """The names that a run of the built-in trainer has: preschool_fraction only with a curriculum."""
    return [name for name in HYPERPARAMETERS if name != "preschool_fraction" or parameters.get("curriculum") is True]
