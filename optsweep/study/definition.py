"""StudyDefinition: everything that a study file says, as frozen models that are stored with the study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, field_validator, model_validator

from optsweep.config import MAX_DRAWS, Auto, NaturalInt, PositiveInt, Section, Threads
from optsweep.errors import ConfigError
from optsweep.study.hyperparameters import ADDED_LATER, HYPERPARAMETERS, STAND_INS
from optsweep.study.lengths import Length
from optsweep.study.parameter import Number, Parameter, Parameters, Rounding, Scalar, Switch
from optsweep.study.presets import NamedPreset, Preset, ScriptPreset, preset_mistakes
from optsweep.study.space import Identity, ScriptSpace, SearchSpace, Space, did_you_mean, identity
from optsweep.study.stand_ins import StandIns, unnamed
from optsweep.study.trainer_table import FLAGS, GIVEN, TrainerSection, names_in
from optsweep.toml_files import Table, validate

StudyType = Literal["predefined", "random", "tpe"]
PrunerKind = Literal["median", "percentile", "halving", "none"]
Scale = Annotated[float, Field(gt=0, le=1000, strict=True, allow_inf_nan=False)]
MAX_TRIALS = 100_000
REPEATED_FROM = 20
"""Sampled runs from which on "auto" repeats some: with fewer, a further configuration tells more."""
REPEATED_SHARE = 0.2


class StudySection(Section):
    type: StudyType = "tpe"
    trials: Annotated[int, Field(ge=0, le=MAX_TRIALS, strict=True)] = 20
    """Sampled runs, after the presets; "predefined" has none."""
    repeats: NaturalInt | Auto = 0
    """How many of them are further training seeds of the best configurations. Study files that do not say it mean
    "auto"; studies that began before there were repeats have none."""
    seed: NaturalInt = 42
    message: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    """A line that is printed when the study starts."""


class GridSection(Section):
    num_evaluations: PositiveInt = 20
    """Points of the evaluation grid: in ``sequences``, or in a run of a script."""


class BudgetSection(GridSection):
    """Lengths in sequences seen, which all sampled runs share."""

    sequences: Length
    full_sequences: Length
    scale: Scale = 1.0
    """Factor on every length of the sweep, for quick trials of a study file."""


class PrunerSection(Section):
    kind: PrunerKind = "median"
    percentile: Annotated[Number, Field(gt=0, lt=100)] = 25.0
    """For kind "percentile": how many per cent of the runs, the best ones, are kept."""
    startup: NaturalInt = 5
    """Complete runs before the first is pruned."""
    warmup_fraction: Annotated[Number, Field(ge=0, le=1)] = 0.3
    """Share of the budget up to which nothing is pruned; at least the longest warmup or preschool."""
    minimum: PositiveInt = 3
    """Complete runs that must have a value at the same grid point."""
    others_best: Switch = False
    """Whether others count with their best so far, as the run itself does, or with their value at the point.

    No file says it: studies that began before it was so go on to cut what they would have cut.
    """


class SamplerSection(Section):
    startup: NaturalInt = 5
    """Finished runs, presets among them, before TPE takes over from random draws."""


class SettingsSection(Section):
    """What all runs of the study have in common."""

    max_protein_len: Annotated[int, Field(ge=32, le=65536, strict=True)] = 512
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    compile: Switch | Auto = "auto"
    threads: Threads | None = None
    num_training: PositiveInt | None = None
    """Sequences that each run trains on, a fixed sample of the subset's; all of them if it is left out."""
    num_validation: PositiveInt | None = None
    """Validation sequences that each evaluation scores; all of them if it is left out."""
    noise_seed: NaturalInt = 0
    patience: Switch = False
    """Whether runs end once they overfit; on in new files that do not say."""


class EvaluationSection(Section):
    """How the runs of the built-in trainer are scored."""

    draws: Annotated[int, Field(ge=1, le=MAX_DRAWS, strict=True)] | Auto = 1
    """Times that each sequence is scored; planning makes a number of "auto", which is what new files mean."""


class NotifySection(Section):
    """A command that is told what happens; see `optsweep.integrations.notify`."""

    command: Annotated[str, Field(pattern=r"^[^\x00]*$")] = ""
    """For the shell; an empty one does nothing."""


class TrackersSection(Section):
    """Which trackers every run is mirrored to while it trains; see `optsweep.integrations.trackers`."""

    tensorboard: Switch = False
    wandb: Switch = False
    mlflow: Switch = False

    @property
    def chosen(self) -> list[str]:
        return [name for name, on in self if on]


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

    @classmethod
    def complete(cls, contents: Table) -> Table:
        """The contents of a study file, with what it means by leaving out what is younger than stored studies."""
        study = contents.get("study", {})
        return {**contents, "study": {"repeats": "auto", **study}} if isinstance(study, dict) else contents

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

    def holds(self, parameters: Parameters) -> bool:
        """Whether what follows from given parameters is legal, as all is that is drawn."""
        return True

    def identity(self, parameters: Parameters) -> Identity:
        """What two runs have in common when they are the same configuration to this study."""
        return identity(parameters, self.rounding)

    def preset(self, name: str) -> NamedPreset:
        """The preset of that name; raises `KeyError`."""
        return {preset.name: preset for preset in self.presets}[name]

    def mistakes(self) -> list[str]:
        """What is wrong between sections that are right by themselves."""
        found = preset_mistakes(self.presets, self.space)
        if self.study.type == "predefined" and not self.presets:
            found.append('study.type = "predefined" needs at least one [[preset]]')
        trials, repeats = self.study.trials, self.study.repeats
        if self.num_sampled and repeats != "auto" and repeats > max(0, trials - 1):
            found.append(
                f"study.repeats = {repeats}: at most {max(0, trials - 1)}, one less than study.trials = {trials}"
            )
        if self.num_first_seeds + len(self.presets) > self.space.size:
            found.append(f"study.trials = {self.study.trials}: the space has only {self.space.size:g} different runs")
        fraction, longest = self.pruner.warmup_fraction, self.space.longest_phase
        if fraction < longest:
            found.append(
                f"pruner.warmup_fraction = {fraction:g} is below {longest:g}, the space's longest warmup or preschool"
            )
        return found


YOUNGER: Mapping[str, Table] = {"settings": {"patience": True}, "evaluation": {"draws": "auto"}}
"""What a file means that does not say; studies that began before there were these keys mean the models' defaults."""


class BuiltinStudy(StudyDefinition):
    """A study of the built-in trainer."""

    budget: BudgetSection
    evaluation: EvaluationSection = EvaluationSection()
    space: Space = Space()
    presets: Annotated[Sequence[Preset], Field(default_factory=list)]

    @field_validator("presets", mode="after")
    @classmethod
    def _in_space(cls, presets: Sequence[Preset], info: ValidationInfo) -> Sequence[Preset]:
        space = info.data.get("space")
        return presets if space is None else [preset.in_space(space) for preset in presets]

    @classmethod
    def complete(cls, contents: Table) -> Table:
        contents = super().complete(contents)
        for section, younger in YOUNGER.items():
            if isinstance(given := contents.get(section, {}), dict):
                contents = {**contents, section: {**younger, **given}}
        space, presets = contents.get("space", {}), contents.get("presets")
        if isinstance(space, dict):
            usual = {name: one.usual.model_dump() for name, one in ADDED_LATER.items()}
            # Presets name what a stand-in would be found from: an older file, which goes on to search that.
            named = [] if not presets else [one for one in STAND_INS.values() if space.keys().isdisjoint(one.pair)]
            usual |= {one.stands_for: HYPERPARAMETERS[one.stands_for].usual.model_dump() for one in named}
            contents = {**contents, "space": {**usual, **space}}
        if isinstance(presets, list):
            before = {name: one.before for name, one in ADDED_LATER.items() if one.before is not None}
            contents = {**contents, "presets": [{**before, **one} if isinstance(one, dict) else one for one in presets]}
        return contents

    def planned_like(self, begun: StudyDefinition) -> Self:
        new = [name for name in ADDED_LATER if name not in begun.space.names()]
        space: dict[str, Parameter | None] = {
            name: None for name in new if getattr(self.space, name) == ADDED_LATER[name].usual
        }
        space |= unnamed(self.space, begun.space) if isinstance(begun, BuiltinStudy) else {}
        presets = [
            preset.model_copy(update={name: None for name in new if getattr(preset, name) == ADDED_LATER[name].before})
            for preset in self.presets
        ]
        changed = self.space.model_copy(update=space)
        update = {"space": changed, "presets": [preset.in_space(changed) for preset in presets]}
        return super().planned_like(begun).model_copy(update=update).scored_like(begun)

    @property
    def _stand_ins(self) -> StandIns:
        return StandIns(self.space, self.budget.sequences)

    def settled(self, parameters: Parameters, given: Parameters) -> dict[str, Scalar]:
        return self._stand_ins.settled(parameters, given)

    def holds(self, parameters: Parameters) -> bool:
        return self._stand_ins.hold(parameters)

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


class ScriptStudy(StudyDefinition):
    """A study of your own training script."""

    trainer: TrainerSection
    budget: GridSection = GridSection()
    space: ScriptSpace
    presets: Annotated[Sequence[ScriptPreset], Field(default_factory=list)]

    @model_validator(mode="after")
    def _real_numbers(self) -> ScriptStudy:
        fitted = [preset.model_copy(update=self.space.fitted(preset.parameters)) for preset in self.presets]
        return self.model_copy(update={"presets": fitted})

    @property
    def num_repeats(self) -> int:
        # The same command again would be the same run again.
        takes_seed = "seed" in self.trainer.placeholders
        return super().num_repeats if takes_seed or self.study.repeats != "auto" else 0

    def mistakes(self) -> list[str]:
        found = super().mistakes()
        if self.settings != SettingsSection():
            found.append("settings are the built-in trainer's; give a script its own by [trainer.set] or its template")
        names, trainer = self.space.names(), self.trainer
        known = [*names, *GIVEN]
        unknown = [name for name in trainer.placeholders if name not in known]
        found += [f"trainer: {{{name}}} stands for nothing{did_you_mean(name, known)}" for name in unknown]
        lost = [*trainer.set, *(name for name in names if name not in names_in(trainer.command))]
        if lost and trainer.config is None and FLAGS not in trainer.command:
            ways = "put {config}, {flags} or a parameter's {name} into the command"
            found.append(f"trainer.command: nothing hands over {', '.join(lost)}; {ways}")
        if twice := [name for name in trainer.set if name in names]:
            found.append(f"trainer.set: {', '.join(twice)} is a parameter of the space too")
        return found


def study_class(contents: object) -> type[BuiltinStudy] | type[ScriptStudy]:
    """Which kind of study the contents of a file describe."""
    return ScriptStudy if isinstance(contents, Mapping) and "trainer" in contents else BuiltinStudy
