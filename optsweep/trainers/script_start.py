"""The start of a script: its config file, a free port, its newest checkpoint, its folder and its environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from optsweep.data.legacy_file import ensure_legacy
from optsweep.files import write_text
from optsweep.machine.ports import reserved_port
from optsweep.reporting import VARIABLE
from optsweep.study.script.command_line import Call, Places, config_text, script_call
from optsweep.study.script.config import ScriptConfig
from optsweep.study.script.trainer_table import TrainerSection
from optsweep.trainers.checkpoints import newest_checkpoint
from optsweep.trainers.numbers.readers import REPORTED
from optsweep.trainers.process import ScriptProcess
from optsweep.trainers.set_aside import LOG, WORK
from optsweep.trainers.trainer import ScriptFailed


def places_of(config: ScriptConfig, directory: Path, subset: Path | None) -> Places:
    """Where the script of a run finds what it is given; ``directory`` is the run's, ``subset`` the study's data."""
    data = subset
    if subset is not None and config.trainer.data == "legacy":
        # One for all runs of the study.
        data = directory.parents[1] / "subset_legacy.pt"
    config_file = (directory / f"script_config.{config.trainer.config}").absolute()
    return Places(config_file, None if data is None else data.absolute(), (directory / WORK).absolute())


def name_of(trainer: TrainerSection) -> str:
    """The script's name for people: the first word that is no option after the program that runs it."""
    words = [word for word in trainer.command[1:] if not word.startswith("-")]
    return Path(words[0] if words else trainer.command[0]).name


def filled(config: ScriptConfig, places: Places) -> tuple[Call, str | None]:
    """The call of the script, and its config file's text, if it has one; for a person, as the port is chosen later."""
    trainer = config.trainer
    call = script_call(config, places, port="PORT", gpus=trainer.gpus_per_run)
    if trainer.config is None:
        return call, None
    return call, config_text(config, places, port="PORT", gpus=trainer.gpus_per_run)


@contextmanager
def started(
    config: ScriptConfig, directory: Path, subset: Path | None, lock: BinaryIO, held_until: Callable[[], float]
) -> Iterator[ScriptProcess]:
    """The script of a run, which goes on from its newest checkpoint; it has ended when the block ends.

    Its port is free, and no other run's of ours, when it starts: two that start at a time, and one that is called again
    while what it had started is still dying, meet nobody else there. Raises `ScriptFailed` if it cannot be called.
    """
    trainer, places = config.trainer, places_of(config, directory, subset)
    if subset is not None and places.data is not None and trainer.data == "legacy":
        ensure_legacy(subset, places.data)
    with reserved_port() if trainer.needs_port else nullcontext(0) as port:
        if trainer.config is not None:
            write_text(places.config_file, config_text(config, places, port=port, gpus=trainer.gpus_per_run))
        resume = trainer.resume
        checkpoint = None if resume is None else newest_checkpoint(places.work, resume.if_exists)
        call = script_call(config, places, port=port, gpus=trainer.gpus_per_run, checkpoint=checkpoint)
        if not call.cwd.is_dir():
            raise ScriptFailed(f"cwd of the script: there is no folder {call.cwd}")
        environment = {**_inherited(directory), **call.environment}
        with closing(ScriptProcess(call.words, environment, directory / LOG, lock, held_until, call.cwd)) as script:
            yield script


def _inherited(directory: Path) -> dict[str, str]:
    # Without the database's URL, and unbuffered, so that what is printed can be read at once.
    inherited = {name: value for name, value in os.environ.items() if name != "OPTSWEEP_STORAGE"}
    return {**inherited, "PYTHONUNBUFFERED": "1", VARIABLE: str((directory / REPORTED).absolute())}
