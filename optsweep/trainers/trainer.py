"""Trainer: everything that the rest of the program asks of what trains a study's runs; two modules implement it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from optsweep.config import TrainConfig
from optsweep.errors import ConfigError
from optsweep.study.builtin.preset import Preset
from optsweep.study.run_config import RunConfig
from optsweep.study.scalar import Parameters
from optsweep.train.report import TrainReport


@dataclass(frozen=True)
class Work:
    """What the time of a run depends on: each iteration costs something, and so does each operation."""

    iterations: float
    operations: float

    def __mul__(self, share: float) -> Work:
        return Work(self.iterations * share, self.operations * share)


class PlaceInUse(Exception):
    """Something of an earlier attempt still works in the run's folder: no other may begin there."""


class ScriptFailed(RuntimeError):
    """A script has failed by its own fault; the words name its error, and its log has the rest."""


NO_SEED = (
    "the script takes no {seed}, so the same command would give the same run again; put {seed} into [trainer] command"
)
INSTEAD = {
    "optsweep promote": "optsweep best --command prints the winner's command line",
    "optsweep best --toml": "optsweep best --command prints the winner's command line",
    "optsweep fidelity": "optsweep confirm trains the best runs again with fresh seeds",
    "optsweep fidelity --pruner": "choose one in the study file by [pruner] kind",
    "optsweep ladder": "sweep once more with a larger total",
    "optsweep transfer": "optsweep transfer --table reads a table of runs from anywhere",
    "--measure": "optsweep status says how long its runs take once some have ended",
}
"""A command that only the built-in trainer knows enough for -> what to do with a script."""


class KnownLengths(ABC):
    """What only a trainer can tell that knows how long its runs are: their lengths, and the full run."""

    presets: Sequence[Preset]
    sampled_sequences: float
    """What a sampled run of the sweep sees."""
    scale: float
    """The factor on every length of the sweep, which is in ``sampled_sequences`` already."""

    @abstractmethod
    def resolve(self, parameters: Parameters, *, preset: str | None, seed: int, threads: int = 0) -> TrainConfig:
        """As `Trainer.resolve`."""

    @abstractmethod
    def full(self, parameters: Parameters, *, preset: str | None, seed: int) -> TrainConfig:
        """The full-length config of a run with these parameters."""

    @abstractmethod
    def cells(self, config: RunConfig) -> list[str]:
        """Iterations, warmup, preschool, batch (micro), size and sequences, for a table."""


class Trainer(ABC):
    """Trains the runs of one study. Its values are as they are stored: `StudyDefinition.stored_direction`."""

    unit: str
    """What follows a value: "nats per residue"."""
    quantity: str
    """What values are, in a sentence."""
    title: str
    """The same on an axis."""
    short_title: str
    """The same where there is little room."""
    metric: str
    """The same in the dashboard, which shows values as they are stored."""
    takes_data: bool = True
    """Whether runs train on the subset of the corpus; else nothing of ours knows of any data."""
    takes_seed: bool = True
    """Whether another seed gives another run."""
    has_reference: bool = True
    """Whether values can be compared with predictors that know only the composition of the sequences."""
    smallest: str = ""
    """Said of a run that did not fit into memory: " even with ..."."""
    lengths: KnownLengths | None = None
    begins_anew_by_itself: bool = False
    """Whether a run that keeps failing without a new checkpoint begins anew, since its checkpoint may be the cause."""
    again: str = "goes on from its checkpoint"
    """What a run does that had come to something and is started again."""
    anew: str
    """What becomes of what earlier attempts have left when a run begins anew."""

    @property
    def notes(self) -> Sequence[str]:
        """Lines for the start of a sweep."""
        return ()

    def known_lengths(self, command: str, study: str) -> KnownLengths:
        """``lengths`` for a command that needs them; raises `ConfigError` if only the study's script knows them."""
        if self.lengths is None:
            raise ConfigError(
                command,
                [f"is for the built-in trainer, and study {study!r} trains a script; instead, {INSTEAD[command]}"],
            )
        return self.lengths

    def check_data(self, given: Path | None) -> None:
        """Raise `ConfigError` if somebody gives data that no run would be given."""
        if given is not None and not self.takes_data:
            why = "the script is given no {data}, so nothing would read it; leave it out, or put {data} into"
            raise ConfigError("--data", [f"{given}: {why} [trainer] command"])

    @abstractmethod
    def check(self) -> None:
        """Raise `ConfigError` if runs cannot be trained on this machine."""

    @abstractmethod
    def check_device(self, device: str) -> None:
        """Raise `DeviceError` if runs cannot be trained on that device; asked by a worker before it takes a run."""

    @abstractmethod
    def resolve(self, parameters: Parameters, *, preset: str | None, seed: int, threads: int = 0) -> RunConfig:
        """What a run with these parameters is; ``preset`` is a preset's name, ``threads`` what the worker may use.

        Its provenance has what the trainer knows of it, and lacks what the study does.
        """

    def with_threads(self, config: RunConfig, threads: int) -> RunConfig:
        """The config with the worker's threads, unless it has some."""
        return config

    @abstractmethod
    def training(self, held_until: Callable[[], float]) -> Callable[..., TrainReport]:
        """The function that trains one run, or goes on with it; called as `optsweep.train.loop.train`.

        ``held_until`` says, in any thread, until when the run is certainly ours (`machine.process.uptime`): no other
        process of the training's may live longer. The function raises `PlaceInUse`.
        """

    @abstractmethod
    def set_aside(self, directory: Path) -> str | None:
        """Have the next training in ``directory`` begin anew; says what was done, or None if there was nothing to do.

        Raises `PlaceInUse`.
        """

    def put_back(self, directory: Path) -> None:
        """Undo the last `set_aside`; for a trainer that begins anew by itself."""
        raise NotImplementedError

    def sequences(self, config: RunConfig, step: int) -> int:
        """Sequences seen by ``step``; 0 if unknown."""
        return 0

    def share(self, config: RunConfig, step: int, progress: float) -> float:
        """Share of the run that is done at ``step``; ``progress`` was told before."""
        return progress

    def work(self, config: RunConfig) -> Work:
        """How long the run takes beside others of its study; by default as long as any."""
        return Work(1.0, 0.0)

    def start_lines(self, config: RunConfig, about_data: list[str], *, reduced: bool) -> list[str]:
        """What is printed at the run's start of its length and its data; ``about_data`` are the study's lines.

        ``reduced``: whether its length is the sweep's; else it is what the linked study chose.
        """
        return about_data

    @abstractmethod
    def budget(self, config: RunConfig, progress: float, sequences: int) -> str:
        """How much of the run is done, in words."""

    def peak_disk(self, configs: Mapping[str, RunConfig], workers: int, kept: int) -> int | None:
        """Bytes of checkpoints at the most, with ``kept`` of them after their runs' ends; None if unknown.

        ``configs`` are those of the queued runs that are resolved by now.
        """
        return None
