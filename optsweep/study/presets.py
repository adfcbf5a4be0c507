"""Presets: named predefined configurations of a study."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field

from optsweep.config import Section
from optsweep.study.scalar import Scalar
from optsweep.study.space import SearchSpace


class NamedPreset(Section):
    """What is known of every preset."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,80}$")]

    @property
    @abstractmethod
    def parameters(self) -> dict[str, Scalar]:
        """Every parameter of the space, as a sampled run has them."""

    def in_space(self, space: SearchSpace) -> Self:
        """The same preset with the parameters that the space has."""
        return self


def preset_mistakes(presets: Iterable[NamedPreset], space: SearchSpace) -> list[str]:
    """Presets that stand twice or that the space does not hold."""
    presets = [preset.in_space(space) for preset in presets]
    repeated = [name for name, times in Counter(preset.name for preset in presets).items() if times > 1]
    found = [f"preset {name}: the name is used twice" for name in repeated]
    for preset in presets:
        for mistake in space.check(preset.parameters, f"preset {preset.name}"):
            origins = [
                f" ({name} is {origin})"
                for name in space.names()
                if (origin := space.origin(name)) and f": {name} = " in mistake
            ]
            found.append(mistake + "".join(origins))
    return found
