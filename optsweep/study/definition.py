"""StudyDefinition: everything that a study file says, as frozen models that are stored with the study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import (
    ModelWrapValidatorHandler,
    model_validator,
)

from optsweep.config import Section
from optsweep.errors import ConfigError
from optsweep.study.direction import Direction, Summary
from optsweep.study.presets import NamedPreset, preset_mistakes
from optsweep.study.ranges import Rounding
from optsweep.study.scalar import Parameters, Scalar
from optsweep.study.sections import (
    GridSection,
    NotifySection,
    PrunerKind,
    PrunerSection,
    SamplerSection,
    Sequences,
    SettingsSection,
    StudySection,
    StudyType,
    TrackersSection,
)
from optsweep.study.space import Identity, SearchSpace, identity
from optsweep.toml_files import validate

REPEATED_FROM = 20
"""Sampled runs from which on "auto" repeats some: with fewer, a further configuration tells more."""
REPEATED_SHARE = 0.2


class StudyDefinition(Section):
    """A whole study file. ``model_dump`` holds plain JSON values only, and ``model_validate`` reads them back."""

    name: str
    """Stem of the file that it was read from."""
    study: StudySection = StudySection()
    budget: GridSection
    pruner: PrunerSection = PrunerSection()
    sampler: SamplerSection = SamplerSection()
    settings: SettingsSection = SettingsSection()
    notify: NotifySection = NotifySection()
    trackers: TrackersSection = TrackersSection()
    space: SearchSpace
    presets: Sequence[NamedPreset]
    rounding: Rounding = "value"
    """No file says it: studies that began before there was "width" go on to draw what they would have drawn."""

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_kind(cls, values: object, handler: ModelWrapValidatorHandler[StudyDefinition]) -> StudyDefinition:
        """A definition is always a `BuiltinStudy` or a `ScriptStudy`, by whether it names a trainer."""
        if cls is not StudyDefinition or isinstance(values, StudyDefinition):
            return handler(values)
        return study_class(values).model_validate(values)

    @property
    def num_sampled(self) -> int:
        """How many sampled runs follow the presets, repeats among them."""
        return 0 if self.study.type == "predefined" else self.study.trials

    @property
    def num_repeats(self) -> int:
        """How many of the sampled runs are further seeds of configurations that have been tried."""
        if self.study.repeats != "auto":
            return min(self.study.repeats, self.num_sampled)
        return round(REPEATED_SHARE * self.num_sampled) if self.num_sampled >= REPEATED_FROM else 0

    @property
    def num_first_seeds(self) -> int:
        """How many of the sampled runs have a configuration of their own."""
        return self.num_sampled - self.num_repeats

    def with_overrides(
        self,
        *,
        type: StudyType | None = None,
        trials: int | None = None,
        seed: int | None = None,
        pruner: PrunerKind | None = None,
    ) -> StudyDefinition:
        """The same study with what the command line gave in place of the file's values; raises `ConfigError`."""
        given = {"type": type, "trials": trials, "seed": seed}
        contents = self.model_dump()
        contents["study"] |= {name: value for name, value in given.items() if value is not None}
        contents["pruner"] |= {"kind": pruner} if pruner is not None else {}
        changed = validate(StudyDefinition, contents, "command line")
        if mistakes := changed.mistakes():
            raise ConfigError("command line", mistakes)
        return changed

    def seed_for(self, *parts: object) -> int:
        """A seed of 31 bits that depends on the study's own and on all of ``parts``; the same on every machine.

        Of a run's index it is the run's training seed.
        """
        digest = hashlib.sha256("/".join(map(str, (self.study.seed, *parts))).encode()).digest()
        return int.from_bytes(digest[:4], "big") >> 1

    def planned_like(self, begun: StudyDefinition) -> Self:
        """The same study as the version that began it would have planned it.

        That is with its rounding and what its pruner compares, without the hyperparameters that are younger, and with
        its repeats, unless a number of them is given.
        """
        pruner, study = self.pruner.model_copy(update={"others_best": begun.pruner.others_best}), self.study
        if study.repeats == "auto":
            study = study.model_copy(update={"repeats": begun.study.repeats})
        return self.model_copy(update={"rounding": begun.rounding, "pruner": pruner, "study": study})

    def scored_like(self, begun: StudyDefinition) -> Self:
        """The same study with what it leaves open of how runs are scored, and when they end, as in ``begun``."""
        return self

    @property
    def direction(self) -> Direction:
        """Which of two values, as people see them, is the better one."""
        return Direction.MINIMIZE

    @property
    def stored_direction(self) -> Direction:
        """The same of values in the database and in the runs' folders."""
        return self.direction

    def shown(self, stored: float) -> float:
        """A stored value as people see it."""
        return self.direction.cost(self.stored_direction.cost(stored))

    @property
    def summary(self) -> Summary:
        """What a run's value is, of all its evaluations."""
        return "best"

    @property
    def gpus_per_run(self) -> int:
        """How many devices (on the CPU: places) each run takes."""
        return 1

    @property
    def sequences(self) -> Sequences:
        """How many sequences runs are to train on, as its file says it; None means the subset's."""
        return None

    def takes_corpus(self, subset: int, source: int) -> bool:
        """Whether that is more than the ``subset`` has, of a corpus of ``source`` sequences which has more."""
        wanted = self.sequences
        return source > subset and (wanted == "all" or (wanted is not None and wanted > subset))

    def candidates(self, drawn: Parameters, given: Parameters) -> list[dict[str, Scalar]]:
        """What a run may have in place of ``drawn`` values that are not rounded, the first that is new to the study.

        Rounded ones can be read; and where another run has those, there are as many others as real numbers.
        """
        rounded = self.settled(self.space.rounded(drawn, self.rounding, given), given)
        return [rounded] if self.rounding == "value" else [rounded, self.settled(drawn, given)]

    def given_mistakes(self, given: Parameters) -> list[str]:
        """What is wrong with the parameters that a user gives of a run."""
        return self.space.check(given, partial=True)

    def completed(self, parameters: Parameters, preset: str | None) -> dict[str, Scalar]:
        """The parameters that a run of a study from before would have in this one."""
        return self.space.completed(parameters)

    def settled(self, parameters: Parameters, given: Parameters) -> dict[str, Scalar]:
        """The parameters with those that follow from ``given`` ones, where that is known by now."""
        return dict(parameters)

    def refusals(self, parameters: Parameters) -> list[str]:
        """Why no run may have parameters that are each inside of the space; nothing if one may."""
        return []

    @property
    def num_configurations(self) -> float:
        """How many different runs there are, at the most."""
        return self.space.size

    def identity(self, parameters: Parameters) -> Identity:
        """What two runs have in common when they are the same configuration to this study."""
        return identity(parameters, self.rounding)

    def preset(self, name: str) -> NamedPreset:
        """The preset of that name; raises `KeyError`."""
        return {preset.name: preset for preset in self.presets}[name]

    def refused_anew(self) -> list[str]:
        """What a new study may not have, though studies that began with earlier versions go on with it."""
        return []

    def mistakes(self) -> list[str]:
        """What is wrong between sections that are right by themselves."""
        found = self.space.mistakes() + preset_mistakes(self.presets, self.space)
        if self.study.type == "predefined" and not self.presets:
            found.append('study.type = "predefined" needs at least one [[preset]]')
        trials, repeats = self.study.trials, self.study.repeats
        if self.num_sampled and repeats != "auto" and repeats > max(0, trials - 1):
            found.append(
                f"study.repeats = {repeats}: at most {max(0, trials - 1)}, one less than study.trials = {trials}"
            )
        if self.num_first_seeds + len(self.presets) > (there := self.num_configurations):
            beside = f", and presets are {len(self.presets)} of them" if self.presets else ""
            found.append(f"study.trials = {self.study.trials}: the space has only {there:g} different runs{beside}")
        fraction, longest = self.pruner.warmup_fraction, self.space.longest_phase
        if fraction < longest:
            found.append(
                f"pruner.warmup_fraction = {fraction:g} is below {longest:g}, the space's longest warmup or preschool"
            )
        return found


def study_class(contents: object) -> type[StudyDefinition]:
    """Which kind of study the contents of a file describe."""
    # Both are made of the class above.
    if isinstance(contents, Mapping) and "trainer" in contents:
        from optsweep.study.script.study import ScriptStudy

        return ScriptStudy
    from optsweep.study.builtin.study import BuiltinStudy

    return BuiltinStudy
