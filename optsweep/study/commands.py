"""What of a study is executed on a host: words for a person who is to agree to it, and a digest that changes with it.

The definition lies in the database, and whoever can write that can change it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.study.definition import ScriptStudy, StudyDefinition
from optsweep.study.parameter import Chosen
from optsweep.study.run_config import RunConfig, ScriptConfig


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
    if mistakes := definition.space.check(config.parameters):
        raise ConfigError(f"run {run}", mistakes)
    parameters = definition.space.fitted(config.parameters)
    return config.model_copy(
        update={
            "parameters": parameters,
            "given": definition.space.lists(parameters),
            "absent": definition.space.none(parameters),
            "trainer": definition.trainer,
            "provenance": {**config.provenance, "run": run},
        }
    )


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


def _lines(definition: StudyDefinition) -> Iterator[str]:
    # As JSON: what is in a text, whatever it does to a terminal, and where it ends.
    if isinstance(definition, ScriptStudy):
        trainer = definition.trainer
        yield f"trainer.command = {json.dumps(trainer.command)}"
        for name, value in trainer.set.items():
            yield f"trainer.set: {json.dumps(name)} = {json.dumps(value)}"
        for name, texts in text_choices(definition).items():
            yield f"space: {json.dumps(name)} = {json.dumps(texts)}"
        for line in trainer.template_text.splitlines():
            yield f"{trainer.config} template: {json.dumps(line)[1:-1]}"
    if definition.notify.command:
        yield f"notify.command = {json.dumps(definition.notify.command)}"
