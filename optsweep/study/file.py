"""Study files: find one by path or name, and read it strictly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from optsweep.config import Section
from optsweep.errors import ConfigError
from optsweep.study.builtin_space import Space
from optsweep.study.definition import ScriptStudy, StudyDefinition, study_class
from optsweep.study.parameter import CHOICES, INTEGERS, RANGE
from optsweep.study.presets import Preset, ScriptPreset, preset_mistakes
from optsweep.study.script_space import ScriptSpace
from optsweep.study.space import did_you_mean
from optsweep.study.younger import completed, completed_for_builtin
from optsweep.toml_files import SectionType, Table, Toml, describe, read_text, read_toml


def load_study(name_or_path: str | Path) -> StudyDefinition:
    """Read a study file: a path, or the name of one in ./studies or of a shipped one.

    Raises `ConfigError` with every mistake of the file, or with the names there are.
    """
    path = find_file(name_or_path)
    return parse_study(read_toml(path), name=path.stem, place=str(path))


def parse_study(values: Table, name: str, place: str) -> StudyDefinition:
    """Build a study from parsed TOML; raises `ConfigError` with every mistake."""
    # The models' own names for what a file calls [[preset]] and for its stem are no names of the file's.
    mistakes = [f"{key} is not a known name" for key in ("name", "presets", "rounding") if key in values]
    contents = {**values, "name": name, "presets": values.get("preset", []), "rounding": "width"}
    contents.pop("preset", None)
    if isinstance(pruner := values.get("pruner", {}), dict):
        mistakes += ["pruner.others_best is not a known name"] if "others_best" in pruner else []
        contents["pruner"] = {**pruner, "others_best": True}
    mistakes += _read_template(contents)
    contents = completed(contents) if study_class(contents) is ScriptStudy else completed_for_builtin(contents)
    try:
        definition = StudyDefinition.model_validate(contents)
        mistakes += definition.mistakes() + definition.space.not_storable()
    except ValidationError as error:
        mistakes += [_describe(mistake, contents) for mistake in error.errors()]
        mistakes += _mistakes_of_sound_presets(contents)
    if mistakes:
        raise ConfigError(place, list(dict.fromkeys(mistakes)))
    return definition


def _read_template(contents: Table) -> list[str]:
    """Put a script's own config into the study, so that the study is whole without the file; returns mistakes."""
    trainer = contents.get("trainer")
    if not isinstance(trainer, dict) or not isinstance(path := trainer.get("template"), str):
        return []
    contents["trainer"] = read = {key: value for key, value in trainer.items() if key != "template"}
    try:
        read["template_text"] = read_text(Path(os.path.expanduser(path)))
    except ConfigError as error:
        return [f"trainer.template: {error}"]
    return ["trainer: give one of template and template_text"] if "template_text" in trainer else []


def shipped_studies() -> list[str]:
    """Names of the study files that come with the package."""
    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def find_file(name_or_path: str | Path) -> Path:
    """The file of a path or name; raises `ConfigError` if there is none of that name."""
    path = Path(os.path.expanduser(name_or_path))
    if path.suffix == ".toml" or len(path.parts) != 1:
        return path
    candidates = [folder / f"{path}.toml" for folder in (Path("studies"), shipped_folder())]
    for candidate in candidates:
        # Not Path.is_file: a name that is too long is an error to it.
        if os.path.isfile(candidate):
            return candidate
    shipped = shipped_studies()
    raise ConfigError(
        f"study {str(path)!r}",
        [f"no such study; shipped are {', '.join(shipped)}{did_you_mean(str(path), shipped)}"],
    )


def shipped_folder() -> Path:
    """The folder of the study files: inside of the installed package, beside it in a source checkout."""
    package = Path(str(resources.files("optsweep")))
    return package / "studies" if (package / "studies").is_dir() else package.parent / "studies"


def _describe(mistake: ErrorDetails, contents: Table) -> str:
    """One mistake of pydantic's in the words of the file: "preset small_fast: lr is missing"."""
    location = [part for part in mistake["loc"] if part not in (RANGE, INTEGERS, CHOICES, "constrained-int")]
    where = ""
    if location[0] == "presets" and len(location) > 1:
        where, location = f"preset {_preset_name(contents, int(location[1]))}: ", location[2:]
    elif location[0] == "presets":
        location = ["preset"]
    if not location:
        return where + mistake["msg"].removeprefix("Value error, ")
    text = where + describe(mistake, location)
    return text + did_you_mean(str(location[-1]), _NAMES) if mistake["type"] == "extra_forbidden" else text


def _presets(contents: Table) -> list[Toml]:
    presets = contents["presets"]
    return presets if isinstance(presets, list) else []


def _preset_name(contents: Table, index: int) -> str:
    preset = _presets(contents)[index]
    return str(preset.get("name", index + 1)) if isinstance(preset, dict) else str(index + 1)


def _mistakes_of_sound_presets(contents: Table) -> list[str]:
    """What the space says of the presets that are well-formed, even if other parts of the file are not."""
    kinds = (ScriptSpace, ScriptPreset) if study_class(contents) is ScriptStudy else (Space, Preset)
    space = _sound(kinds[0], contents.get("space", {}))
    sound = [preset for values in _presets(contents) if (preset := _sound(kinds[1], values))]
    return preset_mistakes(sound, space) if space else []


def _sound(schema: type[SectionType], values: Toml) -> SectionType | None:
    try:
        return schema.model_validate(values)
    except ValidationError:
        return None


def _names(section: type[Section]) -> Iterator[str]:
    """Every name that a table of a study file may have."""
    for own in section.__subclasses__():
        if own.__module__.startswith("optsweep.study."):
            yield from own.model_fields
        yield from _names(own)


_NAMES = sorted(set(_names(Section)))
