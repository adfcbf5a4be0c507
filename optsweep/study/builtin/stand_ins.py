"""Hyperparameters that are searched in place of others, in the runs of one study: which follows from which, and when.

What they are is meant of a run at the file's own length. ``[budget] scale`` changes lengths and no other settings, so
that a quick look trains the configurations that the study itself would.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from optsweep.study.builtin.hyperparameters import HYPERPARAMETERS, STAND_INS, StandIn
from optsweep.study.builtin.preset import Preset
from optsweep.study.builtin.space import Space
from optsweep.study.lengths import Lengths, sampled_lengths
from optsweep.study.parameter import Parameter
from optsweep.study.ranges import Range
from optsweep.study.scalar import Parameters, Scalar, number


@dataclass(frozen=True)
class StandIns:
    """Those of one space."""

    space: Space
    sequences: int
    """Budget of a sampled run, not scaled."""

    def settled(self, parameters: Parameters, given: Parameters) -> dict[str, Scalar]:
        """The parameters with stand-ins for what is ``given`` by a user, as soon as all that they need is known."""
        settled = dict(parameters)
        for one in self.space.stand_ins:
            if one.stands_for in given and all(name in settled for name in one.needs):
                settled[one.name] = one.found(number(given, one.stands_for), settled, self._lengths(one, settled))
        return settled

    def refusals(self, parameters: Parameters) -> list[str]:
        """Those that are outside of their ranges."""
        searched = {one.name: self.space.parameter(one.name) for one in self.space.stand_ins}
        return [
            f"{name} = {parameters[name]:g} is {one.misfit(parameters[name])}"
            for name, one in searched.items()
            if not one.holds(parameters[name])
        ]

    def mistakes(self, given: Parameters) -> list[str]:
        """What is wrong with values that are given in place of stand-ins, whatever the rest of the run will be."""
        found = [self._misfit(one, given) for one in self.space.stand_ins if one.stands_for in given]
        return [mistake for mistake in found if mistake]

    def of_config(self, parameters: Parameters, preset: Preset | None) -> dict[str, Scalar]:
        """The parameters with what the config has in place of stand-ins: to the digit what a preset or a user gave."""
        values = dict(parameters)
        for one in self.space.stand_ins:
            if preset is not None:
                values[one.stands_for] = getattr(preset, one.stands_for)
            elif one.stands_for not in values:
                values[one.stands_for] = number(values, one.name) / one.factor(values, self._lengths(one, values))
        return values

    def completed(self, parameters: Parameters, preset: Preset | None) -> dict[str, Scalar]:
        """The parameters of a run of a study that searched what these stand for."""
        found = self.settled(parameters, parameters)
        for one in self.space.stand_ins:
            if found.pop(one.stands_for, None) is not None and preset is not None:
                found[one.name] = preset.parameters[one.name]
        return found

    def _misfit(self, one: StandIn, given: Parameters) -> str:
        value, searched = number(given, one.stands_for), self.space.parameter(one.name)
        if not isinstance(searched, Range):
            return f"{one.stands_for} cannot be given, since {one.name} has choices here; give one of those"
        ends = [(given[name],) if name in given else self.space.parameter(name).limits for name in one.needs]
        corners = [dict(zip(one.needs, corner, strict=True)) for corner in itertools.product(*ends)]
        found = [one.found(value, corner, self._lengths(one, corner)) for corner in corners]
        if max(found) >= searched.low and min(found) <= searched.high:
            return ""
        reach = f"{min(found):.2g}" + (f"..{max(found):.2g}" if max(found) > min(found) else "")
        return f"{one.stands_for} = {value:g}: {one.name} would be {reach}, {searched.outside}"

    def _lengths(self, one: StandIn, parameters: Parameters) -> Lengths:
        return sampled_lengths({name: parameters[name] for name in one.needs}, self.sequences)


def unnamed(space: Space, begun: Space) -> dict[str, Parameter | None]:
    """What a file that names neither of two meant when a study began that searched what is stood for."""
    changed: dict[str, Parameter | None] = {}
    for name, one in STAND_INS.items():
        if name not in space.model_fields_set and one.stands_for in begun.names():
            changed |= {name: None, one.stands_for: HYPERPARAMETERS[one.stands_for].usual}
    return changed
