"""Study files: find one by path or name, and read it strictly."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from optsweep.config import Section
from optsweep.errors import ConfigError, did_you_mean
from optsweep.study.builtin.preset import Preset
from optsweep.study.builtin.space import Space
from optsweep.study.definition import StudyDefinition, study_class
from optsweep.study.presets import preset_mistakes
from optsweep.study.script.parameter import DOTTED, KEYS, is_value, label
from optsweep.study.script.preset import ScriptPreset
from optsweep.study.script.space import ScriptSpace, name_mistakes
from optsweep.study.script.study import ScriptStudy
from optsweep.study.younger import completed, completed_for_builtin
from optsweep.toml_files import Mistake, SectionType, Table, Toml, describe, dotted, mistakes_of, read_text, read_toml


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
        mistakes += [_describe(mistake, contents) for mistake in _without_followers(mistakes_of(error, contents))]
        mistakes += _mistakes_of_sound_parts(contents)
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


def _describe(mistake: Mistake, contents: Table) -> str:
    """One mistake in the words of the file: "preset small_fast: lr is missing"."""
    location, where = mistake.location, ""
    if location[:1] == ("presets",) and len(location) > 1:
        where, location = f"preset {_preset_name(contents, int(location[1]))}: ", location[2:]
    elif location[:1] == ("presets",):
        location = ("preset",)
    if not location:
        return where + mistake.message
    own = replace(mistake, location=location)
    hint = ""
    if mistake.type == "extra_forbidden":
        in_script = study_class(contents) is ScriptStudy and location[0] == "space"
        hint = _hint_of_parameter(location, contents) if in_script else _hint(str(location[-1]))
    elif mistake.type == DOTTED and isinstance(mistake.value, dict):
        name = dotted(location[1:])
        example = f'"{name}.{next(iter(mistake.value))}" = ...'
        return f"{where}{own.name}: {mistake.message}: {example}"
    return where + describe(own) + hint


def _without_followers(mistakes: list[Mistake]) -> list[Mistake]:
    """Without names that are missing in a table that has an unknown one in their place."""
    unknown: dict[tuple[str | int, ...], list[str]] = {}
    for mistake in mistakes:
        if mistake.type == "extra_forbidden":
            unknown.setdefault(mistake.location[:-1], []).append(str(mistake.location[-1]))

    def follows(mistake: Mistake) -> bool:
        beside = unknown.get(mistake.location[:-1], [])
        in_parameter = mistake.location[0] == "space" and len(mistake.location) > 2
        meant = in_parameter or bool(did_you_mean(str(mistake.location[-1]), beside))
        return mistake.type == "missing" and bool(beside) and meant

    return [mistake for mistake in mistakes if not follows(mistake)]


def _hint(name: str) -> str:
    return " here" if name in _NAMES else did_you_mean(name, _NAMES)


def _hint_of_parameter(location: Sequence[str | int], contents: Table) -> str:
    name, space = str(location[-1]), contents["space"]
    if name not in KEYS:
        return did_you_mean(name, KEYS) or f"; there are {', '.join(KEYS)}"
    parameter = space.get(str(location[1])) if isinstance(space, dict) else None
    other = "choices" if isinstance(parameter, dict) and "choices" in parameter else "low and high"
    return f" beside {other}"


def _presets(contents: Table) -> list[Toml]:
    presets = contents["presets"]
    return presets if isinstance(presets, list) else []


def _preset_name(contents: Table, index: int) -> str:
    preset = _presets(contents)[index]
    return str(preset.get("name", index + 1)) if isinstance(preset, dict) else str(index + 1)


def _mistakes_of_sound_parts(contents: Table) -> list[str]:
    """What the space says of itself and of the sound presets, even if other parts of the file are not sound."""
    values = contents.get("space", {})
    kinds = (ScriptSpace, ScriptPreset) if study_class(contents) is ScriptStudy else (Space, Preset)
    space = _sound(kinds[0], values)
    if space is None:
        return name_mistakes(values) if kinds[0] is ScriptSpace and isinstance(values, dict) else []
    found, sound = space.mistakes(), []
    for number, each in enumerate(_presets(contents)):
        if preset := _sound(kinds[1], each):
            sound.append(preset)
        elif isinstance(space, ScriptSpace) and isinstance(each, dict):
            # What of it is right by itself.
            items: Iterable[tuple[str, object]] = each.items()
            right = {name: label(value) for name, value in items if name != "name" and is_value(value)}
            found += space.check(right, f"preset {_preset_name(contents, number)}", partial=True)
    return found + preset_mistakes(sound, space)


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
