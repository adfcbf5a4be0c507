"""Study files: find one by path or name, read it strictly, and turn its presets and samples into training configs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optsweep.errors import ConfigError
from optsweep.study.definition import (
    BudgetSection,
    NotifySection,
    PrunerSection,
    SamplerSection,
    ScriptStudy,
    SettingsSection,
    StudyDefinition,
    StudySection,
    TrackersSection,
    study_class,
)
from optsweep.study.parameter import CHOICES, INTEGERS, RANGE
from optsweep.study.presets import Lengths, Preset, preset_mistakes
from optsweep.study.resolve import resolve, resolve_full, scaling_notes, training_seed
from optsweep.study.script_space import ScriptPreset, ScriptSpace
from optsweep.study.space import Space, did_you_mean
from optsweep.study.trainer_table import MetricsSection, TrainerSection
from optsweep.toml_files import SectionType, describe, read_text, read_toml
from optsweep.train.sizes import relative_cost

__all__ = [
    "Preset",
    "StudyDefinition",
    "load_study",
    "relative_cost",
    "resolve",
    "resolve_full",
    "scaling_notes",
    "shipped_studies",
    "training_seed",
]


def load_study(name_or_path: str | Path) -> StudyDefinition:
    """Read a study file: a path, or the name of one in ./studies or of a shipped one.

    Raises `ConfigError` with every mistake of the file, or with the names there are.
    """
    path = _find(name_or_path)
    return parse_study(read_toml(path), name=path.stem, place=str(path))


def parse_study(values: Mapping[str, Any], name: str, place: str) -> StudyDefinition:
    """Build a study from parsed TOML; raises `ConfigError` with every mistake."""
    # The models' own names for what a file calls [[preset]] and for its stem are no names of the file's.
    mistakes = [f"{key} is not a known name" for key in ("name", "presets") if key in values]
    contents = {**values, "name": name, "presets": values.get("preset", [])}
    contents.pop("preset", None)
    mistakes += _read_template(contents)
    try:
        definition = StudyDefinition.model_validate(contents)
        mistakes += definition.mistakes()
    except ValidationError as error:
        mistakes += [_describe(mistake, contents) for mistake in error.errors()]
        mistakes += _mistakes_of_sound_presets(contents)
    if mistakes:
        raise ConfigError(place, list(dict.fromkeys(mistakes)))
    return definition


def _read_template(contents: dict[str, Any]) -> list[str]:
    """Put a script's own config into the study, so that the study is whole without the file; returns mistakes."""
    trainer = contents.get("trainer")
    if not isinstance(trainer, dict) or not isinstance(trainer.get("template"), str):
        return []
    contents["trainer"] = {key: value for key, value in trainer.items() if key != "template"}
    try:
        text = read_text(Path(trainer["template"]))
    except ConfigError as error:
        return [f"trainer.template: {error}"]
    contents["trainer"]["template_text"] = text
    return ["trainer: give one of template and template_text"] if "template_text" in trainer else []


def shipped_studies() -> list[str]:
    """Names of the study files that come with the package."""
    return sorted(path.stem for path in _shipped_folder().glob("*.toml"))


def _find(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if path.suffix == ".toml" or len(path.parts) != 1:
        return path
    candidates = [folder / f"{path}.toml" for folder in (Path("studies"), _shipped_folder())]
    for candidate in candidates:
        # Not Path.is_file: a name that is too long is an error to it.
        if os.path.isfile(candidate):
            return candidate
    shipped = shipped_studies()
    raise ConfigError(
        f"study {str(path)!r}",
        [f"no such study; shipped are {', '.join(shipped)}{did_you_mean(str(path), shipped)}"],
    )


def _shipped_folder() -> Path:
    """Where the wheel has its study files; a source checkout has them beside the package."""
    package = Path(str(resources.files("optsweep")))
    return package / "studies" if (package / "studies").is_dir() else package.parent / "studies"


def _describe(mistake: Any, contents: Mapping[str, Any]) -> str:
    """One mistake of pydantic's in the words of the file: "preset small_fast: lr is missing"."""
    location = [part for part in mistake["loc"] if part not in (RANGE, INTEGERS, CHOICES)]
    where = ""
    if location[0] == "presets" and len(location) > 1:
        where, location = f"preset {_preset_name(contents, location[1])}: ", location[2:]
    elif location[0] == "presets":
        location = ["preset"]
    if not location:
        return where + str(mistake["msg"]).removeprefix("Value error, ")
    text = where + describe({**mistake, "loc": location})
    return text + did_you_mean(str(location[-1]), _NAMES) if mistake["type"] == "extra_forbidden" else text


def _preset_name(contents: Mapping[str, Any], index: int) -> str:
    preset = contents["presets"][index]
    return str(preset.get("name", index + 1)) if isinstance(preset, dict) else str(index + 1)


def _mistakes_of_sound_presets(contents: Mapping[str, Any]) -> list[str]:
    """What the space says of the presets that are well-formed, where other parts of the file are not."""
    kinds = (ScriptSpace, ScriptPreset) if study_class(contents) is ScriptStudy else (Space, Preset)
    space = _sound(kinds[0], contents.get("space", {}))
    presets = contents["presets"] if isinstance(contents["presets"], list) else []
    sound = [preset for preset in (_sound(kinds[1], values) for values in presets) if preset]
    return preset_mistakes(sound, space) if space else []


def _sound(schema: type[SectionType], values: Any) -> SectionType | None:
    try:
        return schema.model_validate(values)
    except ValidationError:
        return None


_SECTIONS = (
    StudyDefinition,
    StudySection,
    BudgetSection,
    PrunerSection,
    SamplerSection,
    SettingsSection,
    NotifySection,
    TrackersSection,
    Space,
    Preset,
    Lengths,
    TrainerSection,
    MetricsSection,
)
_NAMES = [name for section in _SECTIONS for name in section.model_fields]
