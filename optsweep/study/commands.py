"""What of a study is executed on a host: words for a person who is to agree to it, and a digest that changes with it.

The definition lies in the database, and whoever can write that can change it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.study.choices import Chosen
from optsweep.study.definition import StudyDefinition
from optsweep.study.run_config import RunConfig
from optsweep.study.scalar import Scalar
from optsweep.study.script.config import ScriptConfig, script_config
from optsweep.study.script.study import ScriptStudy
from optsweep.study.script.trainer_table import TrainerSection

SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH|COOKIE|WEBHOOK", re.IGNORECASE)
"""In names of variables whose values are not printed."""
PASSWORD = re.compile(r"://[^/\s]*@")


def commands_digest(definition: StudyDefinition, *, notifies: bool = True) -> str:
    """A digest of what the study executes; empty if that is nothing but the built-in trainer.

    ``notifies``: whether it tells a command what happens, as workers do not.
    """
    content: dict[str, Plain] = {}
    if isinstance(definition, ScriptStudy):
        # Parameters stand in the command. Without defaults: what a later version can say changes nothing here.
        parts = {"trainer": definition.trainer, "space": definition.space}
        content = {name: part.model_dump(mode="json", exclude_defaults=True) for name, part in parts.items()}
    if notifies and definition.notify.command:
        content["notify"] = definition.notify.command
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32] if content else ""


def command_lines(definition: StudyDefinition) -> list[str]:
    """The same for a person: one line a command, a set value, a choice of texts, a line of the script's own config."""
    return list(_lines(definition))


def text_choices(definition: StudyDefinition) -> dict[str, list[str]]:
    """The parameters whose values are texts."""
    parameters = {name: definition.space.parameter(name) for name in definition.space.names()}
    choices = {name: list(one.values) for name, one in parameters.items() if isinstance(one, Chosen)}
    return {name: texts for name, own in choices.items() if (texts := [text for text in own if isinstance(text, str)])}


def as_agreed(definition: StudyDefinition, config: RunConfig, run: str) -> RunConfig:
    """The config with the script as the study has it, whatever else its row may say by now.

    What a user has agreed to is the study's; others may write the database. Raises `ConfigError` for
    parameters that the space does not hold: they stand in the command.
    """
    if not isinstance(config, ScriptConfig):
        return config
    if not isinstance(definition, ScriptStudy):
        raise ConfigError(f"run {run}", ["its config names a script, and the study has none"])
    if mistakes := definition.space.check(config.parameters) or definition.refusals(config.parameters):
        raise ConfigError(f"run {run}", mistakes)
    parameters = definition.space.fitted(config.parameters)
    own = script_config(
        definition.trainer, definition.space, parameters, seed=config.seed, num_evaluations=config.num_evaluations
    )
    return own.model_copy(update={"provenance": {**config.provenance, "run": run}})


def shown_in(definition: StudyDefinition, configs: Iterable[RunConfig]) -> bool:
    """Whether these configs show the very script, with every text that it can be given.

    What the study tells to whom is in no config.
    """
    if not isinstance(definition, ScriptStudy) or definition.notify.command:
        return False
    same = [one for one in configs if isinstance(one, ScriptConfig) and one.trainer == definition.trainer]
    given = {(name, value) for config in same for name, value in config.parameters.items()}
    possible = {(name, text) for name, texts in text_choices(definition).items() for text in texts}
    return bool(same) and possible <= given


def _given_lines(trainer: TrainerSection) -> Iterator[str]:
    """What is written for values, and what they are."""
    if trainer.flags is not None:
        exceptions = trainer.flags.exceptions.items()
        forms = {"flags": trainer.flags, **{f"flags.exceptions.{name}": one for name, one in exceptions}}
        for place, form in forms.items():
            for key, value in form.model_dump(exclude={"exceptions"}, exclude_defaults=True).items():
                yield f"trainer.{place}.{key} = {json.dumps(value)}"
    for name, value in trainer.set.items():
        yield f"trainer.set: {json.dumps(name)} = {json.dumps(value)}"
    for name, formula in trainer.derive.items():
        yield f"trainer.derive: {json.dumps(name)} = {json.dumps(formula)}"


def _shown_variable(name: str, value: Scalar) -> str:
    """The value, unless it may be a secret."""
    may_be_secret = SECRET.search(name) or (isinstance(value, str) and PASSWORD.search(value))
    return "***" if may_be_secret else json.dumps(value)


def _lines(definition: StudyDefinition) -> Iterator[str]:
    # As JSON: what is in a text, whatever it does to a terminal, and where it ends.
    if isinstance(definition, ScriptStudy):
        trainer = definition.trainer
        yield f"trainer.command = {json.dumps(trainer.command)}"
        if trainer.cwd:
            yield f"trainer.cwd = {json.dumps(trainer.cwd)}"
        for name, value in trainer.env.items():
            yield f"trainer.env: {json.dumps(name)} = {_shown_variable(name, value)}"
        if trainer.torchrun:
            yield "trainer.torchrun = true"
        if trainer.resume is not None:
            yield f"trainer.resume.args = {json.dumps(trainer.resume.args)}"
        yield from _given_lines(trainer)
        for name, texts in text_choices(definition).items():
            yield f"space: {json.dumps(name)} = {json.dumps(texts)}"
        for line in trainer.template_text.splitlines():
            yield f"{trainer.config} template: {json.dumps(line)[1:-1]}"
    if definition.notify.command:
        yield f"notify.command = {json.dumps(definition.notify.command)}"
