"""Hyperparameters that are younger than a study: it goes on without them."""

from __future__ import annotations

from collections.abc import Sequence

from optsweep.study.builtin.hyperparameters import ADDED_LATER
from optsweep.study.builtin.preset import Preset
from optsweep.study.builtin.space import Space
from optsweep.study.builtin.stand_ins import unnamed
from optsweep.study.parameter import Parameter
from optsweep.study.space import SearchSpace


def without_younger(space: Space, presets: Sequence[Preset], begun: SearchSpace) -> tuple[Space, list[Preset]]:
    """Space and presets of a study without the hyperparameters that ``begun`` lacks and that nobody has set."""
    new = [name for name in ADDED_LATER if name not in begun.names()]
    left_out: dict[str, Parameter | None] = {
        name: None for name in new if getattr(space, name) == ADDED_LATER[name].usual
    }
    left_out |= unnamed(space, begun) if isinstance(begun, Space) else {}
    changed = space.model_copy(update=left_out)
    own = [
        preset.model_copy(update={name: None for name in new if getattr(preset, name) == ADDED_LATER[name].before})
        for preset in presets
    ]
    return changed, [preset.in_space(changed) for preset in own]
