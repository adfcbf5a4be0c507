"""Your own script as a trainer: called, followed, ended politely, and its end put into one of our words.

The script knows nothing of it.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from optsweep.data.training_data import TrainingData
from optsweep.files import tail
from optsweep.machine.process import OutOfMemoryCounter
from optsweep.study.config_text.config_file import new_names
from optsweep.study.run_config import RunConfig
from optsweep.study.scalar import Parameters
from optsweep.study.script.command_line import check_program
from optsweep.study.script.config import ScriptConfig, script_config
from optsweep.study.script.study import ScriptStudy
from optsweep.train.report import OnEval, OnMetrics, Outcome, TrainReport
from optsweep.trainers.by_hand import write_by_hand
from optsweep.trainers.numbers.reader import Reader
from optsweep.trainers.numbers.readers import open_reader
from optsweep.trainers.numbers.rows import Row
from optsweep.trainers.run_lock import hold
from optsweep.trainers.script_end import EARLY, ScriptEnd
from optsweep.trainers.script_progress import ScriptProgress
from optsweep.trainers.script_start import name_of, started
from optsweep.trainers.set_aside import LOG, WORK, put_back, set_aside
from optsweep.trainers.trainer import Trainer

POLL_SECONDS = 0.2

_logger = logging.getLogger(__name__)


class ScriptTrainer(Trainer):
    """Runs your own script. How long its runs are, and what they write, only the script knows."""

    has_reference = False
    begins_anew_by_itself = True
    again = "its script goes on if it finds a checkpoint"
    anew = "what their work folders hold is kept beside them, in before-1 (or -2, ...)"

    def __init__(self, definition: ScriptStudy) -> None:
        self._space = definition.space
        self._trainer, self._num_evaluations = definition.trainer, definition.budget.num_evaluations
        self.unit = self.quantity = self.title = self.short_title = definition.trainer.metrics.value
        self.metric = definition.trainer.metrics.stored_name
        self.takes_data = definition.trainer.takes_data
        self.takes_seed = definition.trainer.takes_seed

    def check(self) -> None:
        check_program(self._trainer)

    def check_device(self, device: str) -> None:
        """What it needs of one the script alone knows."""

    def resolve(self, parameters: Parameters, *, preset: str | None, seed: int, threads: int = 0) -> ScriptConfig:
        return script_config(self._trainer, self._space, parameters, seed=seed, num_evaluations=self._num_evaluations)

    @property
    def notes(self) -> Sequence[str]:
        trainer = self._trainer
        if trainer.config is None:
            return ()
        names = (name for name in (*trainer.set, *trainer.derive, *self._space.names()) if name not in trainer.internal)
        return [f"New in the template: {name}" for name in new_names(trainer.config, trainer.template_text, names)]

    def training(self, held_until: Callable[[], float]) -> Callable[..., TrainReport]:
        return partial(train_script, held_until=held_until)

    def set_aside(self, directory: Path) -> str | None:
        directory.mkdir(parents=True, exist_ok=True)
        with hold(directory):
            return set_aside(directory)

    def put_back(self, directory: Path) -> None:
        with hold(directory):
            put_back(directory)

    def budget(self, config: RunConfig, progress: float, sequences: int) -> str:
        return f"{progress:.0%} of the script's run"


def train_script(
    config: ScriptConfig,
    data: TrainingData | None,
    device: str,
    on_eval: OnEval,
    *,
    directory: Path,
    on_metrics: OnMetrics | None = None,
    interrupted: Callable[[], bool],
    held_until: Callable[[], float] = lambda: math.inf,
) -> TrainReport:
    """Run the script in ``directory``/work, which it finds as it left it when it is called again.

    ``device`` is the environment's: CUDA_VISIBLE_DEVICES is set when the worker starts. Raises `ScriptFailed` if the
    script fails by its own fault, `OSError` if the disk is full, and `PlaceInUse` if an earlier one cannot be ended.
    """
    # While we were stopped, another worker may have taken the run, and may have a script here.
    interrupted()
    with hold(directory) as lock:
        reader = open_reader(config.trainer.metrics, (directory / WORK).absolute(), directory / LOG)
        progress = ScriptProgress(config, directory, on_eval, on_metrics, reader.found)
        attempt = _Attempt(config, None if data is None else data.path, directory, reader, progress)
        outcome = attempt.run(lock, interrupted, held_until)
    last = progress.history[-1] if progress.history else None
    return TrainReport(
        outcome=outcome,
        evaluations=progress.history,
        step=last.step if last else 0,
        sequences=0,
        seconds=progress.seconds,
        micro_batch=1,
        losses=None,
        reason=EARLY if outcome == "complete" and progress.steps.shortfall() and progress.metrics.ends_early else None,
    )


class _Attempt:
    """One call of the script."""

    def __init__(
        self, config: ScriptConfig, subset: Path | None, directory: Path, reader: Reader, progress: ScriptProgress
    ) -> None:
        self._config, self._subset, self._directory = config, subset, directory
        self._trainer, self._reader, self._progress = config.trainer, reader, progress
        self._work = (directory / WORK).absolute()
        self._work.mkdir(parents=True, exist_ok=True)
        self._log = directory / LOG
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        self._memory = OutOfMemoryCounter()

    def run(self, lock: BinaryIO, interrupted: Callable[[], bool], held_until: Callable[[], float]) -> Outcome:
        """Follow the script to its end, or end it."""
        # What earlier attempts have left, as far as their workers had no time to read it.
        try:
            self._progress.take_unread(self._reader.rows())
        except ArithmeticError as error:
            _logger.warning("%s", error)
            return "diverged"
        write_by_hand(self._config, self._directory, self._subset)
        with started(self._config, self._directory, self._subset, lock, held_until) as script:
            while True:
                status = script.poll()
                # Asked first: if another worker has the run now, nothing more may be written.
                leave = interrupted()
                # Read after the look: what an ended script has left is all there now.
                outcome = self._follow(self._reader.rows(ended=status is not None))
                if outcome is not None:
                    script.end(self._trainer.grace_seconds)
                    return outcome
                if status is not None:
                    return self._ended(status, leave)
                if leave:
                    script.end(self._trainer.grace_seconds)
                    return "interrupted"
                time.sleep(POLL_SECONDS)

    def _follow(self, rows: Iterable[Row]) -> Outcome | None:
        """Take the rows; returns an outcome if one of them ends the run."""
        for row in rows:
            try:
                if not self._progress.follow(row):
                    return "stopped"
            except ArithmeticError as error:
                _logger.warning("%s", error)
                return "diverged"
        return None

    def _ended(self, status: int, asked: bool) -> Outcome:
        """The outcome of a script that has ended by itself; ``asked``: when this worker was asked to leave."""
        # Earlier attempts have written to the same log.
        said = tail(self._log, start=self._log_start)
        end = ScriptEnd(name_of(self._trainer), status, said, self._memory.increased(), asked)
        return end.outcome(self._progress, self._reader.found, self._work)
