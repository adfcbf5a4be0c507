"""The space of your own script: any names, with ranges and choices, which a run may have under a condition."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping

from pydantic import ConfigDict, PrivateAttr, model_validator

from optsweep.errors import did_you_mean
from optsweep.study.parameter import Parameter
from optsweep.study.scalar import Parameters, Scalar
from optsweep.study.script.formula import Formula, in_order
from optsweep.study.script.parameter import AnyScriptParameter, ScriptChoices, ScriptParameter, only_values
from optsweep.study.script.trainer_table import GIVEN
from optsweep.study.space import SearchSpace

MOST_COUNTED = 2000
"""Combinations that are counted one by one, to know how many different runs a space with conditions has."""
NOT_IN_NAMES = set("{}='\" ")


class ScriptSpace(SearchSpace):
    """The parameters by the names that the script has for them ("optim.lr")."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, ScriptParameter]
    _conditions: dict[str, Formula] = PrivateAttr(default_factory=dict)
    _order: list[str] = PrivateAttr(default_factory=list)
    """The names, each after those of which its condition speaks."""
    _only: Parameters = PrivateAttr(default_factory=dict)
    """What all runs have in common that have it."""

    @model_validator(mode="after")
    def _prepare(self) -> ScriptSpace:
        parameters = self._parameters
        self._conditions = {name: Formula.read(one.when) for name, one in parameters.items() if one.when is not None}
        self._only = only_values(parameters)
        try:
            self._order = in_order(self._needs())
        except ValueError:
            # A file with such conditions is refused; until then it is only looked at.
            self._order = self.names()
        return self

    @property
    def _parameters(self) -> Mapping[str, AnyScriptParameter]:
        return self.__pydantic_extra__

    def _needs(self) -> dict[str, list[str]]:
        """Name -> the other names of which its condition speaks."""
        return {
            name: [other for other in self.names() if other != name and other in self._conditions[name].names]
            if name in self._conditions
            else []
            for name in self.names()
        }

    def mistakes(self) -> list[str]:
        found = name_mistakes(self.names())
        for name, condition in self._conditions.items():
            place = f"space.{name}.when"
            found += [
                f"{place}: a parameter's condition cannot speak of itself"
                if other == name
                else f"{place}: {other} is no parameter{did_you_mean(other, self.names())}"
                for other in sorted(condition.names)
                if other == name or other not in self.names()
            ]
            found += [f"{place}: {mistake}" for mistake in self.never(condition)]
        try:
            in_order(self._needs())
        except ValueError as circle:
            found.append(f"space: conditions go round in a circle: {circle}")
        return found

    def never(self, formula: Formula) -> list[str]:
        """Texts with which a formula compares a parameter that never has them."""
        found = []
        for name, value in formula.compared:
            # Numbers that never come may stand there for safety: "heads == 0 or ...".
            if name in self.names() and (isinstance(value, str) or self.parameter(name).kind is str):
                wrong = self.parameter(name).wrong(self.fitted({name: value})[name])
                found += [f"{name} is never {value!r}, which is {wrong}"] if wrong else []
        return found

    def names(self) -> list[str]:
        return list(self.__pydantic_extra__)

    def parameter(self, name: str) -> Parameter:
        return self.__pydantic_extra__[name]

    def condition(self, name: str) -> str:
        return self._conditions[name].text

    def is_open(self, name: str, parameters: Parameters) -> bool:
        missing = {other for other in self.active(parameters) if other not in parameters}
        return not missing.isdisjoint(self._conditions[name].names)

    def active(self, parameters: Parameters) -> list[str]:
        """Without the names whose condition is false, or speaks of one that the run does not have (yet)."""
        if not self._conditions:
            return self.names()
        known = {**self._only, **parameters}
        there: dict[str, Scalar | None] = {}
        for name in self._order:
            condition = self._conditions.get(name)
            if condition is None or _is_true(condition, there):
                there[name] = known.get(name)
        return [name for name in self.names() if name in there]

    @property
    def conditional(self) -> list[str]:
        """The parameters that only some runs have."""
        return list(self._conditions)

    @property
    def may_be_none(self) -> list[str]:
        return [name for name, one in self._parameters.items() if isinstance(one, ScriptChoices) and one.none]

    def known(self, given: Parameters) -> dict[str, Scalar]:
        """What is known of a run of which this much is given."""
        known = {**self._only, **given}
        return {name: known[name] for name in self.active(known) if name in known}

    def broken_conditions(self, parameters: Parameters) -> list[str]:
        """The conditions that cannot be worked out for a run with these parameters."""
        found, none = [], set(self.none(parameters))
        for name, condition in self._conditions.items():
            # What cannot be worked out from none is false.
            if condition.names <= parameters.keys() and condition.names.isdisjoint(none):
                try:
                    condition.value(parameters)
                except ValueError as error:
                    found.append(f"space.{name}.when: {error}")
        return found

    def check(self, parameters: Parameters, place: str = "", *, partial: bool = False) -> list[str]:
        return super().check(self.fitted(parameters), place, partial=partial)

    def fitted(self, parameters: Parameters) -> dict[str, Scalar]:
        """The parameters as they are stored: 1 for a real number as 1.0, a list by its label."""
        return {
            name: _fitted(self.parameter(name), value) if name in self.names() else value
            for name, value in parameters.items()
        }

    def lists(self, parameters: Parameters) -> dict[str, list[Scalar]]:
        """What the script is given for the parameters whose stored values are the labels of lists."""
        found = {name: self._meant(name, value) for name, value in parameters.items()}
        return {name: value for name, value in found.items() if isinstance(value, list)}

    def none(self, parameters: Parameters) -> list[str]:
        """The parameters that are none."""
        return [name for name in self.may_be_none if name in parameters and self._meant(name, parameters[name]) is None]

    def _meant(self, name: str, value: Scalar) -> Scalar | list[Scalar] | None:
        one = self._parameters[name]
        return one.meant(value) if isinstance(one, ScriptChoices) else value

    @property
    def size(self) -> float:
        """With more combinations than can be counted, as many as without conditions."""
        return len(list(self.all_runs())) if self._conditions and self.is_countable else self._combined

    @property
    def is_countable(self) -> bool:
        return self._combined <= MOST_COUNTED

    @property
    def _combined(self) -> float:
        return math.prod(self.parameter(name).size for name in self.names())

    def all_runs(self) -> Iterator[dict[str, Scalar]]:
        """Every run that there can be, if they are few enough to be counted."""
        seen = set()
        for values in itertools.product(*(self.parameter(name).all_values for name in self.names())):
            drawn = dict(zip(self.names(), values, strict=True))
            run = {name: drawn[name] for name in self.active(drawn)}
            if (key := tuple(run.items())) not in seen:
                seen.add(key)
                yield run


def name_mistakes(names: Iterable[str]) -> list[str]:
    """Names that the file, the command line or a formula could not tell from something else."""
    names = list(names)
    wrong = [name for name in names if not name or not name.isprintable() or set(name) & NOT_IN_NAMES]
    taken = [name for name in names if name in ("name", *GIVEN)]
    return [f"space: {name!r}: a name has no braces, blanks, quotes, = or control characters" for name in wrong] + [
        f"space: {name}: has a meaning of its own here; [trainer.set] can give it a value" for name in taken
    ]


def _is_true(condition: Formula, there: Mapping[str, Scalar | None]) -> bool:
    known = {name: value for name, value in there.items() if value is not None and name in condition.names}
    try:
        return condition.holds(known)
    except ValueError:
        return False


def _fitted(parameter: Parameter, value: Scalar) -> Scalar:
    if isinstance(parameter, ScriptChoices):
        value = parameter.fitted(value)
    return float(value) if parameter.kind is float and type(value) is int else value
