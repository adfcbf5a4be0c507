"""What a study looks like to a reader: plain, immutable records; imports neither optuna nor sqlalchemy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from optsweep.config import TrainConfig
from optsweep.plain import Plain
from optsweep.results.attributes import Source, StudyAttributes, StudyData, TrainingSize, Weights
from optsweep.results.configurations import complete_seeds, ranked
from optsweep.study.definition import StudyDefinition
from optsweep.study.run_config import RunConfig, if_builtin, of_builtin, read_run_config
from optsweep.study.scalar import Parameters
from optsweep.trainers import trainer_of
from optsweep.trainers.trainer import KnownLengths, Trainer

RunState = Literal["complete", "pruned", "failed", "running", "waiting"]

RUN_STATES: tuple[RunState, ...] = ("complete", "pruned", "failed", "running", "waiting")

COMPLETED = "-completed"
"""Ends the id of a linked study's run that trains a run to its end which the pruner had cut."""


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run: a planned configuration with a stable id, over all the attempts that it took."""

    run: str
    trial: int
    """Optuna's trial number (of its newest trial, if a failed run was retried)."""
    source: Source
    preset: str | None
    random_start: bool = False
    """Whether a "tpe" run was drawn at random, because too few runs had finished for TPE to learn from."""
    index: int
    """Position in the plan, from 0, of which seeds are derived; of a repeat its position among the repeats."""
    state: RunState
    cut: bool = False
    """Whether the pruner ended it; diverged and out-of-memory runs are "pruned" too, but would not have gone on."""
    reason: str | None = None
    """Why it ended or waits, in plain words: "pruned at 40 %: 2.91 > median 2.84 of 5 runs"."""
    value: float | None = None
    """What it has come to, finished or so far: of the built-in trainer NELBO in nats per residue, the best one."""
    last_value: float | None = None
    best_step: int | None = None
    curve: dict[int, float] = field(default_factory=dict)
    """Evaluation grid index -> value."""
    progress: float = 0.0
    """Share of the run's iterations that are done, 0..1."""
    worker: str | None = None
    """Who holds it, or who ended it: "physical GPU 0", "CPU worker 1"."""
    turn: tuple[int, int] = (1, 0)
    """When it is claimed, if it waits: the lowest first, of equal ones as in the plan."""
    attempts: int = 0
    sequences: int = 0
    """Sequences seen."""
    seconds: float = 0.0
    """Time on the device, over all attempts, without what a crash threw away."""
    directory: str = ""
    parameters: Parameters = field(default_factory=dict)
    stored_config: Mapping[str, Plain] = field(default_factory=dict)
    """The resolved config as it is stored; empty until a worker has drawn the parameters."""
    of: str | None = None
    """The run of the origin that a linked study's run trains again."""
    repeat_of: str | None = None
    """The run of the same study of which it is a further seed."""
    after_choice: bool = False
    """Whether it is a seed of the leader that was claimed after the choice, in which it has no part."""
    train_loss: float | None = None
    residues_per_second: float | None = None
    started: float | None = None
    """First claim, epoch seconds."""
    ended: float | None = None
    """End of the last attempt, epoch seconds."""

    @property
    def over(self) -> bool:
        """Whether it has ended for good."""
        return self.state in ("complete", "pruned", "failed")

    @cached_property
    def config(self) -> RunConfig | None:
        """The resolved config, None until a worker has drawn the parameters; raises `ConfigError` if it is damaged.

        Read at its first use: to check the configs of thousands of runs takes as long as to read them.
        """
        return read_run_config(self.stored_config, self.run) if self.stored_config else None

    @property
    def train_config(self) -> TrainConfig:
        """The config of a run of the built-in trainer; raises `ConfigError` if there is none."""
        return of_builtin(self.config, self.run)

    @property
    def trained(self) -> float:
        """Share of its iterations that were done, 0..1: of a run that ended early, less than its progress."""
        ended_early = self.state == "complete" and self.reason
        if ended_early and (config := if_builtin(self.config)) is not None:
            return min(1.0, self.sequences / config.total_sequences)
        return self.progress

    @property
    def finished(self) -> bool:
        return self.state in ("complete", "pruned")


@dataclass(frozen=True)
class ReachedLimit:
    """A limit of the last start that is reached: nothing goes on until a start without it, or with a larger one."""

    reason: str
    lifted_by: str
    """An option of `optsweep sweep` that would."""


@dataclass(frozen=True, kw_only=True)
class StudySnapshot:
    """Everything that status, table, report and export show, read at one moment."""

    study: str
    target: int
    runs: list[RunRecord]
    """In the order of the plan: presets first, then sampled runs, then the user's, then repeats."""
    definition: StudyDefinition
    """The study file as it was when the study began."""
    data: StudyData | None
    """None if the study's script is given none."""
    now: float
    """The database's clock, epoch seconds."""
    attributes: StudyAttributes
    """What else is stored of the study."""
    limit: ReachedLimit | None = None

    @property
    def stopped(self) -> str | None:
        """Why no run is claimed any more ("stopped by the user", "the deadline is reached"), or None."""
        if self.attributes.stop is not None:
            return self.attributes.stop.reason
        return self.limit.reason if self.limit is not None and not self.ended else None

    @property
    def standstill(self) -> str | None:
        """Why nobody works on the runs that are left: what stopped them, or what ended the last sweep; else None."""
        end = self.attributes.last_end
        if self.stopped is not None or end is None or self.ended or self.counts["running"]:
            return self.stopped
        return end.reason

    @cached_property
    def trainer(self) -> Trainer:
        return trainer_of(self.definition)

    @property
    def trained_on(self) -> TrainingSize | None:
        """What there is for its runs to train on; None if that is not known, as in a linked study's larger setting."""
        return None if self.data is None or self.data.setting is not None else self.data.training

    @property
    def corpus(self) -> StudyData:
        """``data`` where it is certain that there is some: what the built-in trainer trains on."""
        assert self.data is not None, "the built-in trainer has data"
        return self.data

    @property
    def synthetic(self) -> bool:
        return self.data is not None and self.data.synthetic

    @property
    def reference(self) -> Mapping[str, float]:
        """`StudyData.reference`; empty where nothing is known."""
        return {} if self.data is None else self.data.reference

    @property
    def weights(self) -> Weights | None:
        return None if self.data is None else self.data.weights

    def lengths(self, command: str) -> KnownLengths:
        """What is known of how long runs are; raises `ConfigError` if that is only the study's script."""
        return self.trainer.known_lengths(f"optsweep {command}", self.study)

    @property
    def counts(self) -> dict[RunState, int]:
        found = Counter(run.state for run in self.runs)
        return {state: found[state] for state in RUN_STATES}

    @property
    def finished_runs(self) -> int:
        return sum(run.finished for run in self.runs)

    @property
    def ended(self) -> bool:
        """Whether every run is finished or failed."""
        return all(run.over for run in self.runs)

    @cached_property
    def ranking(self) -> list[RunRecord]:
        """Complete runs, the best value first; a pruned run's value was cut short and is not ranked with them.

        A configuration that was repeated stands where its shrunken mean belongs, as its first seed's run.
        """
        return ranked(self.runs, self.definition.direction)

    @cached_property
    def seeds(self) -> Mapping[str, int]:
        """Run -> how many seeds of its configuration are complete."""
        return complete_seeds(self.runs)

    @property
    def best(self) -> RunRecord | None:
        """The best complete run, or None if no run has finished."""
        return next(iter(self.ranking), None)


FEWEST_RUNS = 10
"""With fewer complete runs the shares are noise, and are not shown."""


@dataclass(frozen=True)
class Importance:
    """One parameter's share in deciding which runs are good; those of all parameters add up to about 1."""

    parameter: str
    share: float
    """The median of the resampled studies."""
    low: float
    high: float
    """From the 5th to the 95th percentile of the resampled studies."""


@dataclass(frozen=True)
class RunEvent:
    """One step in a run's life."""

    time: float
    """Epoch seconds by the database's clock."""
    event: str
    """planned, taken over, claimed, begun anew, evaluated, handed back, reclaimed, queued again, or how it ended."""
    trial: int
    """Optuna's number of the trial; a failed run that is queued again gets a new one."""
    worker: str | None
    host: str | None
    detail: str | None
