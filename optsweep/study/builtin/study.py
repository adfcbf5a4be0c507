"""BuiltinStudy: what the study file of the built-in trainer says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator

from optsweep.study.builtin.preset import Preset
from optsweep.study.builtin.space import Space
from optsweep.study.builtin.stand_ins import StandIns
from optsweep.study.builtin.younger import without_younger
from optsweep.study.definition import StudyDefinition
from optsweep.study.scalar import Parameters, Scalar
from optsweep.study.sections import BudgetSection, DataSection, EvaluationSection, Sequences


class BuiltinStudy(StudyDefinition):
    """A study of the built-in trainer."""

    budget: BudgetSection
    data: DataSection = DataSection()
    evaluation: EvaluationSection = EvaluationSection()
    space: Space = Space()
    presets: Annotated[Sequence[Preset], Field(default_factory=list)]

    @field_validator("presets", mode="after")
    @classmethod
    def _in_space(cls, presets: Sequence[Preset], info: ValidationInfo) -> Sequence[Preset]:
        space = info.data.get("space")
        return presets if space is None else [preset.in_space(space) for preset in presets]

    def planned_like(self, begun: StudyDefinition) -> Self:
        space, presets = without_younger(self.space, self.presets, begun.space)
        update: dict[str, object] = {"space": space, "presets": presets}
        if isinstance(begun, BuiltinStudy) and self.sequences == begun.sequences:
            # Whichever of its two names the file gives it.
            settings = self.settings.model_copy(update={"num_training": begun.settings.num_training})
            update |= {"data": begun.data, "settings": settings}
        return super().planned_like(begun).model_copy(update=update).scored_like(begun)

    @property
    def sequences(self) -> Sequences:
        return self.settings.num_training if self.data.sequences is None else self.data.sequences

    def mistakes(self) -> list[str]:
        few, given = self.settings.num_training, self.data.sequences
        twice = f"data.sequences = {given} and settings.num_training = {few} are one setting: give the first alone"
        return super().mistakes() + ([twice] if few is not None and given is not None else [])

    @property
    def _stand_ins(self) -> StandIns:
        return StandIns(self.space, self.budget.sequences)

    def settled(self, parameters: Parameters, given: Parameters) -> dict[str, Scalar]:
        return self._stand_ins.settled(parameters, given)

    def refusals(self, parameters: Parameters) -> list[str]:
        return self._stand_ins.refusals(parameters)

    def given_mistakes(self, given: Parameters) -> list[str]:
        return super().given_mistakes(given) or self._stand_ins.mistakes(given)

    def of_config(self, parameters: Parameters, preset: Preset | None) -> dict[str, Scalar]:
        """The parameters by the names of the config, whatever stands for some of them in the space."""
        return self._stand_ins.of_config(parameters, preset)

    def completed(self, parameters: Parameters, preset: str | None) -> dict[str, Scalar]:
        own = {one.name: one for one in self.presets}.get(preset or "")
        return self._stand_ins.completed(super().completed(parameters, preset), own)

    def scored_like(self, begun: StudyDefinition) -> Self:
        if not isinstance(begun, BuiltinStudy):
            return self
        evaluation = begun.evaluation if self.evaluation.draws == "auto" else self.evaluation
        # A version that knew it has stored it: without it the runs had none.
        knew = "patience" in begun.settings.model_fields_set
        patience = self.settings.patience if knew else begun.settings.patience
        settings = self.settings.model_copy(update={"patience": patience})
        return self.model_copy(update={"evaluation": evaluation, "settings": settings})
