"""ScriptStudy: what the study file of your own script says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from optsweep.study.definition import StudyDefinition
from optsweep.study.direction import Direction, Summary
from optsweep.study.scalar import Parameters
from optsweep.study.script.constraints import constraint_mistakes, hopeless, refusals
from optsweep.study.script.derived import derive_mistakes
from optsweep.study.script.mistakes import refused_anew, trainer_mistakes
from optsweep.study.script.preset import ScriptPreset
from optsweep.study.script.space import ScriptSpace
from optsweep.study.script.trainer_table import TrainerSection
from optsweep.study.sections import GridSection, SettingsSection


class ScriptStudy(StudyDefinition):
    """A study of your own training script."""

    trainer: TrainerSection
    budget: GridSection = GridSection()
    space: ScriptSpace
    presets: Annotated[Sequence[ScriptPreset], Field(default_factory=list)]

    @model_serializer(mode="wrap")
    def _without_settings(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """What is the built-in trainer's alone is not said of a script."""
        written: dict[str, object] = handler(self)
        if self.settings == SettingsSection():
            written.pop("settings", None)
        return written

    @model_validator(mode="after")
    def _real_numbers(self) -> ScriptStudy:
        fitted = [preset.model_copy(update=self.space.fitted(preset.parameters)) for preset in self.presets]
        return self.model_copy(update={"presets": fitted})

    @property
    def direction(self) -> Direction:
        return Direction.MAXIMIZE if self.trainer.metrics.negates else self.stored_direction

    @property
    def stored_direction(self) -> Direction:
        return Direction(self.trainer.metrics.direction or "minimize")

    @property
    def summary(self) -> Summary:
        return self.trainer.metrics.summary

    def planned_like(self, begun: StudyDefinition) -> Self:
        return super().planned_like(begun).scored_like(begun)

    def scored_like(self, begun: StudyDefinition) -> Self:
        if not isinstance(begun, ScriptStudy):
            return self
        return self.model_copy(update={"trainer": self.trainer.planned_like(begun.trainer)})

    def refused_anew(self) -> list[str]:
        return refused_anew(self.trainer, self.space, [preset.parameters for preset in self.presets])

    @property
    def gpus_per_run(self) -> int:
        return self.trainer.gpus_per_run

    @property
    def num_repeats(self) -> int:
        # The same command again would be the same run again.
        return super().num_repeats if self.trainer.takes_seed or self.study.repeats != "auto" else 0

    def refusals(self, parameters: Parameters) -> list[str]:
        return refusals(self.space, self.trainer, parameters)

    def given_mistakes(self, given: Parameters) -> list[str]:
        fitted = self.space.fitted(given)
        return (
            super().given_mistakes(given)
            or self.refusals(self.space.known(fitted))
            or hopeless(self.space, self.trainer, fitted)
        )

    @property
    def num_configurations(self) -> float:
        if not self.space.is_countable or not self.trainer.constraints:
            return super().num_configurations
        # If none may be trained, that is what has to be said.
        return sum(not self.refusals(run) for run in self.space.all_runs()) or math.inf

    def _formula_mistakes(self) -> list[str]:
        found = constraint_mistakes(self.space, self.trainer)
        found += derive_mistakes(self.trainer.derive, [*self.space.names(), *self.trainer.fixed])
        if found or self.space.mistakes():
            return found
        if lost := hopeless(self.space, self.trainer, {}):
            return lost
        return [
            f"preset {preset.name}: {refusal}"
            for preset in self.presets
            for refusal in self.refusals(preset.parameters)
        ]

    def mistakes(self) -> list[str]:
        found = super().mistakes() + self._formula_mistakes()
        if self.settings != SettingsSection():
            found.append("settings are the built-in trainer's; give a script its own by [trainer.set] or its template")
        return found + trainer_mistakes(self.trainer, self.space)
