"""What is wrong between [trainer] and the space: names that stand for nothing, values that reach nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from optsweep.errors import did_you_mean
from optsweep.study.config_text.config_file import check_template, render
from optsweep.study.scalar import Given, Parameters
from optsweep.study.script.command_line import Places, script_values
from optsweep.study.script.config import script_config
from optsweep.study.script.constraints import refusals
from optsweep.study.script.formula import Formula
from optsweep.study.script.parameter import ScriptChoices, texts_in
from optsweep.study.script.placeholders import Pattern
from optsweep.study.script.space import ScriptSpace
from optsweep.study.script.trainer_table import CHECKPOINT, FLAGS, GIVEN, GPUS, PORT, RESUME, TrainerSection

DRAWN = 20
"""Random runs whose config is rendered when a study is planned."""
_PLACES = Places(Path("/config"), Path("/data"), Path("/dir"))


def trainer_mistakes(trainer: TrainerSection, space: ScriptSpace) -> list[str]:
    """The mistakes of a study file; of one that began before there was ``trainer.flags``, what was asked then."""
    found = [*_placeholder_mistakes(trainer, space), *_lost(trainer, space), *_twice(trainer, space)]
    if trainer.flags is not None:
        found += [*_word_mistakes(trainer), *_absent_mistakes(trainer, space), *_flag_mistakes(trainer, space)]
        found += [*_internal_mistakes(trainer, space), *_torchrun_mistakes(trainer)]
    return found


def refused_anew(trainer: TrainerSection, space: ScriptSpace, presets: list[Parameters]) -> list[str]:
    """What earlier versions took, and studies that began with them go on with."""
    if not trainer.doubles_braces:
        return []
    found = [*_list_mistakes(trainer, space)]
    for place, texts in _texts(trainer).items():
        stray = [_shown(place, text) for text in texts if Pattern(text).has_stray_brace]
        found += [f"{shown}: a brace stands alone; write {{{{ and }}}} for the script's" for shown in stray]
    return found or _config_mistakes(trainer, space, presets)


def _shown(place: str, text: str) -> str:
    """A text of the file and where it stands; of the environment, which may hold secrets, only the name."""
    return place if place.startswith("trainer.env.") else f"{place}: {text!r}"


def _config_mistakes(trainer: TrainerSection, space: ScriptSpace, presets: list[Parameters]) -> list[str]:
    """Why the script's config cannot be written for presets or random runs."""
    if trainer.config is None:
        return []
    different: dict[tuple[tuple[str, type], ...], dict[str, Given]] = {}
    for parameters in [*presets, *_drawn(trainer, space)]:
        values = script_values(script_config(trainer, space, parameters, seed=0, num_evaluations=1), _PLACES)
        different[tuple((name, type(value)) for name, value in values.items())] = values
    found: list[str] = []
    for values in different.values():
        if together := _render_mistake(trainer, values):
            # One by one, so that all mistakes are told.
            alone = [mistake for name in values if (mistake := _render_mistake(trainer, {name: values[name]}))]
            found += alone or [together]
    return [f"trainer.template: {mistake}" for mistake in dict.fromkeys(found)]


def _render_mistake(trainer: TrainerSection, values: Mapping[str, Given]) -> str:
    assert trainer.config is not None
    try:
        check_template(trainer.config, render(trainer.config, trainer.template_text, values), "the config")
    except ValueError as error:
        return str(error)
    return ""


def _drawn(trainer: TrainerSection, space: ScriptSpace) -> Iterator[Parameters]:
    generators = space.generators("planning")
    for _ in range(DRAWN):
        drawn = space.draw(generators, {})
        if not refusals(space, trainer, drawn):
            yield drawn


def _placeholder_mistakes(trainer: TrainerSection, space: ScriptSpace) -> Iterator[str]:
    names = [*space.names(), *trainer.derive]
    younger = [PORT, GPUS] if trainer.doubles_braces else []
    for place, texts in _texts(trainer).items():
        known = [*names, *GIVEN, *younger]
        if trainer.doubles_braces and place != "trainer.set":
            known += trainer.set
        known += [RESUME] if place == "trainer.command" and trainer.resume is not None else []
        known += [CHECKPOINT] if place == "trainer.resume.args" else []
        for name in dict.fromkeys(trainer.names_in(texts)):
            if name in known:
                continue
            hint = did_you_mean(name, known)
            if trainer.doubles_braces and not hint:
                hint = f"; write {{{{{name}}}}} if the script is to see braces"
            yield f"{place}: {{{name}}} stands for nothing{hint}"


def _texts(trainer: TrainerSection) -> dict[str, list[str]]:
    texts = {"trainer.command": trainer.command, "trainer.cwd": [trainer.cwd], "trainer.set": trainer.set_texts}
    texts |= {f"trainer.env.{name}": [value] for name, value in trainer.env.items() if isinstance(value, str)}
    return texts | ({"trainer.resume.args": trainer.resume.args} if trainer.resume is not None else {})


def _lost(trainer: TrainerSection, space: ScriptSpace) -> Iterator[str]:
    if trainer.config is not None or FLAGS in trainer.command:
        return
    if trainer.doubles_braces:
        used = {*_handed_over(trainer), *trainer.internal}
        names = [*trainer.set, *trainer.derive, *space.names()]
    else:
        # What is set had no placeholder then.
        used = {*trainer.names_in(trainer.command)} - trainer.set.keys()
        names = [*trainer.set, *space.names()]
    if lost := [name for name in names if name not in used]:
        ways = "put {config}, {flags} or a parameter's {name} into the command"
        yield f"trainer.command: nothing hands over {', '.join(lost)}; {ways}"


def _handed_over(trainer: TrainerSection) -> set[str]:
    """What the script hears of: what has a placeholder, and what that is made of."""
    made = {name: Formula.read(text).names for name, text in trainer.derive.items()}
    for name, value in trainer.set.items():
        made[name] = frozenset(trainer.names_in(texts_in(value)))
    found = {*trainer.names_in(trainer.handing)}
    while more := {inner for name in found & made.keys() - {*GIVEN} for inner in made[name]} - found:
        found |= more
    return found - {*GIVEN}


def _twice(trainer: TrainerSection, space: ScriptSpace) -> Iterator[str]:
    if twice := [name for name in trainer.set if name in space.names()]:
        yield f"trainer.set: {', '.join(twice)} is a parameter of the space too"
    for name in trainer.derive:
        if name in space.names() or name in trainer.set:
            other = "parameter of the space" if name in space.names() else "set value"
            yield f"trainer.derive: {name} is a {other} too"
        if name in GIVEN:
            yield f"trainer.derive: {name}: has a meaning of its own here"


def _word_mistakes(trainer: TrainerSection) -> Iterator[str]:
    for place, texts in _texts(trainer).items():
        for text in texts:
            for name in ("flags", *([RESUME] if trainer.resume is not None else [])):
                if name in trainer.names_in([text]) and (place != "trainer.command" or text != f"{{{name}}}"):
                    yield f"{_shown(place, text)}: {{{name}}} stands for words of its own, in the command"


def _absent_mistakes(trainer: TrainerSection, space: ScriptSpace) -> Iterator[str]:
    """Parameters in a word that has to be there, which not every run has."""
    assert trainer.flags is not None
    placed = {*trainer.names_in(trainer.handing)}
    for name in _conditional(trainer, space):
        if name in placed:
            yield f"trainer: {{{name}}} is not there in every run; hand it over by {{flags}} or {{config}}"
    for name in space.may_be_none:
        if name in placed and not trainer.flags.of(name).has_none:
            yield f"trainer: {{{name}}} may be none; say by trainer.flags.none how that is written, or take {{flags}}"


def _conditional(trainer: TrainerSection, space: ScriptSpace) -> list[str]:
    """The names that some runs lack: by their conditions, or since they follow from what is lacking."""
    lacking = space.conditional
    derived: list[str] = []
    while more := [
        name
        for name, text in trainer.derive.items()
        if name not in derived and Formula.read(text).names & {*lacking, *space.may_be_none, *derived}
    ]:
        derived += more
    needs = {name: {*trainer.names_in(texts_in(value))} for name, value in trainer.set.items()}
    return [*lacking, *derived, *(name for name in needs if needs[name] & {*lacking, *derived})]


def _flag_mistakes(trainer: TrainerSection, space: ScriptSpace) -> Iterator[str]:
    assert trainer.flags is not None
    known = [*space.names(), *trainer.set, *trainer.derive]
    for name in trainer.flags.exceptions:
        if name not in known:
            yield f"trainer.flags.exceptions: {name} is no parameter, set or derived value{did_you_mean(name, known)}"


def _list_mistakes(trainer: TrainerSection, space: ScriptSpace) -> Iterator[str]:
    assert trainer.flags is not None
    lists = {name: [value] for name, value in trainer.set.items() if isinstance(value, list)}
    for name in space.names():
        one = space.parameter(name)
        if isinstance(one, ScriptChoices):
            lists[name] = [choice for choice in one.choices if isinstance(choice, list)]
    placed = {*trainer.names_in(trainer.handing)}
    if FLAGS in trainer.command or {*lists} & placed:
        for name, values in lists.items():
            wrong = [trainer.flags.list_mistake(name, value, placed=name in placed) for value in values]
            yield from (f"trainer.flags.lists: {name}: {mistake}" for mistake in dict.fromkeys(filter(None, wrong)))


def _internal_mistakes(trainer: TrainerSection, space: ScriptSpace) -> Iterator[str]:
    known = [*space.names(), *trainer.derive]
    needed = {name for text in trainer.derive.values() for name in Formula.read(text).names}
    needed |= {*trainer.names_in(trainer.set_texts)}
    for name in trainer.internal:
        if name not in known:
            yield f"trainer.internal: {name} is no parameter or derived value{did_you_mean(name, known)}"
        elif name not in needed:
            yield f"trainer.internal: nothing is derived from {name}, so that it would reach nobody"


def _torchrun_mistakes(trainer: TrainerSection) -> Iterator[str]:
    if not trainer.torchrun:
        return
    program, first = trainer.command[0], trainer.command[1] if len(trainer.command) > 1 else ""
    if not Path(program).name.startswith("python"):
        yield f"trainer.torchrun: the command begins with {program!r}; torchrun takes the place of python"
    elif not first or (first.startswith("-") and first != "-m"):
        yield f"trainer.torchrun: after {program!r} comes the script, or -m and a module, not {first!r}"
