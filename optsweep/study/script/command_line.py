"""How the script is called for one run: its words, where, with what in its environment, and from which checkpoint."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from optsweep.errors import ConfigError
from optsweep.study.config_text.config_file import render
from optsweep.study.config_text.old_config_file import render_anew
from optsweep.study.scalar import Given
from optsweep.study.script.config import ScriptConfig
from optsweep.study.script.flags import FlagsSection
from optsweep.study.script.parameter import Value, texts_in
from optsweep.study.script.placeholders import Pattern
from optsweep.study.script.trainer_table import CHECKPOINT, FLAGS, GPUS, PORT, RESUME, TrainerSection


@dataclass(frozen=True)
class Places:
    """The paths that a script is given; all absolute."""

    config_file: Path
    data: Path | None
    """None if the script is given none."""
    work: Path


@dataclass(frozen=True)
class Call:
    """Everything that a process of the script is started with."""

    words: list[str]
    cwd: Path
    environment: dict[str, str]
    """What [trainer.env] puts on top of the inherited one."""


def script_call(
    config: ScriptConfig, places: Places, *, port: int | str, gpus: int, checkpoint: Path | None = None
) -> Call:
    """How to start the run's script, or to have it go on from a checkpoint.

    ``port`` is one that is free on this host, or what stands for it in a text; "python" is the Python that runs us.
    """
    return _Filling(config, places, port, gpus, checkpoint).call()


def config_text(config: ScriptConfig, places: Places, *, port: int | str = 0, gpus: int = 1) -> str:
    """The script's own config file."""
    assert config.trainer.config is not None
    values = script_values(config, places, port=port, gpus=gpus)
    write = render if config.trainer.doubles_braces else render_anew
    return write(config.trainer.config, config.trainer.template_text, values)


def script_values(config: ScriptConfig, places: Places, *, port: int | str = 0, gpus: int = 1) -> dict[str, Given]:
    """What the script is given by name: set values, their placeholders filled in, derived ones, and parameters."""
    return _Filling(config, places, port, gpus, None).values


class _Filling:
    """Puts a run's values in place of the names in braces."""

    def __init__(
        self, config: ScriptConfig, places: Places, port: int | str, gpus: int, checkpoint: Path | None
    ) -> None:
        self._trainer, self._places, self._checkpoint = config.trainer, places, checkpoint
        self._port, self._gpus = str(port), gpus
        own: dict[str, Given] = {**config.parameters, **config.given, **dict.fromkeys(config.none)}
        derived = config.derived
        given: dict[str, Given] = {"config": str(places.config_file), "dir": str(places.work)}
        given |= {} if places.data is None else {"data": str(places.data)}
        younger: dict[str, Given] = {PORT: self._port if isinstance(port, str) else port, GPUS: gpus}
        younger |= {} if checkpoint is None else {CHECKPOINT: str(checkpoint)}
        given |= {"seed": config.seed, "run": str(config.provenance.get("run", ""))}
        # Of a parameter and a younger placeholder of its name, the parameter is meant.
        self._names: dict[str, Given] = {**younger, **derived, **own, **given}
        filled = {name: self._set(value) for name, value in config.trainer.set.items() if self._has_all(value)}
        self._names = {**filled, **self._names}
        self.values: dict[str, Given] = {
            name: value for name, value in {**filled, **derived, **own}.items() if name not in config.trainer.internal
        }

    def call(self) -> Call:
        trainer = self._trainer
        words = [word for text in _expanded(trainer.command) for word in self._words(text)]
        if trainer.resume is not None and RESUME not in trainer.names_in(trainer.command):
            words += self._resume_words()
        env = {name: self._text(os.path.expanduser(str(value))) for name, value in trainer.env.items()}
        cwd = Path(os.path.expanduser(self._text(trainer.cwd))).absolute()
        return Call(self._launched(words), cwd, env)

    def _words(self, text: str) -> list[str]:
        if text == FLAGS:
            return self._flag_words()
        if text == f"{{{RESUME}}}" and self._trainer.resume is not None and RESUME not in self.values:
            return self._resume_words()
        return [self._text(text)]

    def _resume_words(self) -> list[str]:
        resume = self._trainer.resume
        return [] if resume is None or self._checkpoint is None else list(map(self._text, _expanded(resume.args)))

    def _flag_words(self) -> list[str]:
        flags, trainer = self._trainer.flags, self._trainer
        if flags is None:
            form = trainer.flag
            return [
                form.replace("{name}", name).replace("{value}", _old_text(one)) for name, one in self.values.items()
            ]
        placed = {*trainer.names_in(trainer.handing)}
        return [word for name, value in self.values.items() if name not in placed for word in flags.words(name, value)]

    def _launched(self, words: list[str]) -> list[str]:
        if words[0] == "python":
            words = [sys.executable, *words[1:]]
        if not self._trainer.torchrun:
            return words
        processes = ["--nnodes=1", f"--nproc-per-node={self._gpus}"]
        meeting = ["--master-addr=127.0.0.1", f"--master-port={self._port}"]
        return [words[0], "-m", "torch.distributed.run", *processes, *meeting, *words[1:]]

    def _has_all(self, value: Value) -> bool:
        """Whether a set value needs nothing that the run lacks."""
        return self._names.keys() >= {*self._trainer.names_in(texts_in(value))}

    def _set(self, value: Value) -> Given:
        if isinstance(value, list):
            parts = [self._set(part) for part in value]
            return [part for part in parts if isinstance(part, bool | int | float | str)]
        if not isinstance(value, str):
            return value
        pattern = self._pattern(value)
        # A placeholder that stands alone keeps the type of what it stands for.
        return self._names[pattern.alone] if pattern.alone else self._text(value)

    def _text(self, text: str) -> str:
        return self._pattern(text).filled(self._word)

    def _word(self, name: str) -> str:
        flags = self._trainer.flags
        return _old_text(self._names[name]) if flags is None else flags.text(name, self._names[name])

    def _pattern(self, text: str) -> Pattern:
        return Pattern(text, self._trainer.doubles_braces)


def _old_text(value: Given) -> str:
    return FlagsSection(exceptions={}).text("", value)


def _expanded(words: list[str]) -> list[str]:
    # No shell sees the command.
    return [os.path.expanduser(word) for word in words]


def check_program(trainer: TrainerSection) -> None:
    """Raise `ConfigError` if the script cannot be started here, or its numbers cannot be read."""
    mistakes = _program_mistakes(trainer)
    if trainer.metrics.kind == "tensorboard" and find_spec("tensorboard") is None:
        mistakes.append('metrics.kind = "tensorboard" needs its package: pip install "optsweep[tensorboard]"')
    if mistakes:
        raise ConfigError("trainer", mistakes)


def _program_mistakes(trainer: TrainerSection) -> list[str]:
    program, *rest = _expanded(trainer.command)
    script = next((word for word in rest if not word.startswith("-")), "")
    if trainer.names_in([trainer.cwd]):
        # Only a run knows where it is.
        return []
    folder = Path(os.path.expanduser(Pattern(trainer.cwd, trainer.doubles_braces).filled(str))).absolute()
    if not folder.is_dir():
        return [f"cwd: there is no folder {str(folder)!r}; it has to be the one from which the script is called"]
    mistakes = []
    if not trainer.names_in([program]) and not _is_program(program, folder, trainer):
        exists = "/" in program and (folder / program).is_file()
        wrong = f"{program!r} is not executable" if exists else f"there is no program {program!r}"
        mistakes.append(f"command: {wrong}")
    if script.endswith(".py") and not trainer.names_in([script]) and not (folder / script).is_file():
        mistakes.append(f"command: there is no file {script!r} in {folder}")
    return mistakes


def _is_program(program: str, folder: Path, trainer: TrainerSection) -> bool:
    if program == "python":
        return True
    path = str(trainer.env.get("PATH", "")) or None
    return shutil.which(str(folder / program) if "/" in program else program, path=path) is not None
