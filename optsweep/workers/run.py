"""One run from claim to end: draw, resolve, train, report, prune, tell. The bridge between the queue and training."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from optsweep.config import TrainConfig, write_config
from optsweep.data.training_data import TrainingData
from optsweep.database.lease import Cause, Lease
from optsweep.database.losses import keep_losses
from optsweep.database.open_study import Study
from optsweep.database.outage import retried
from optsweep.integrations.artifacts import attach
from optsweep.results.attributes import RunIdentity
from optsweep.results.folders import RunDirectory
from optsweep.results.records import RunRecord
from optsweep.results.start_lines import start_lines
from optsweep.search.pruning import should_prune
from optsweep.search.sampling import distributions_for, draw, is_random_start
from optsweep.study.resolve import resolve_full, training_seed
from optsweep.study.run_config import RunConfig, read_run_config, resolve_run
from optsweep.train.loop import train
from optsweep.train.report import Evaluation, Outcome, TrainReport
from optsweep.trainers.script import train_script
from optsweep.workers.lease_keeper import LeaseKeeper

_logger = logging.getLogger(__name__)
_version = functools.cache(version)


@dataclass
class Claimed:
    """A claimed run, its parameters drawn and its config resolved."""

    lease: Lease
    trial: FrozenTrial
    identity: RunIdentity
    config: RunConfig
    directory: RunDirectory

    @property
    def prunable(self) -> bool:
        """Presets are never cut (invariant 8)."""
        return self.identity.source != "preset"

    def sequences(self, step: int) -> int:
        """Sequences seen by then; how many they are, a script does not tell."""
        return step * self.config.training.effective_batch if isinstance(self.config, TrainConfig) else 0


def prepare(study: Study, optuna_study: optuna.Study, lease: Lease, threads: int, worker: str) -> Claimed:
    """Fix everything about a claimed run; what an earlier attempt fixed stays as it was."""
    trial = study.trial(lease.trial_id)
    identity = RunIdentity.read(trial.user_attrs)
    if identity.config:
        config = read_run_config(identity.config, lease.run)
        if isinstance(config, TrainConfig) and config.training.threads is None and threads:
            # A linked run comes with its config, but only its worker knows how many threads it has.
            training = config.training.model_copy(update={"threads": threads})
            config = config.model_copy(update={"training": training})
            study.set_trial_attribute(lease.trial_id, "config", config.model_dump(mode="json"))
    else:
        parameters = _draw(study, optuna_study, trial, identity)
        config = _resolve(study, trial, identity, parameters, threads)
        study.set_trial_attribute(lease.trial_id, "config", config.model_dump(mode="json"))
    directory = RunDirectory.of(study.name, lease.run)
    # On another host, without a shared folder, a run begins anew.
    was_here = directory.config.exists()
    write_config(directory.config, config)
    claimed = Claimed(lease, study.trial(lease.trial_id), identity, config, directory)
    record = RunRecord(
        run=lease.run,
        trial=trial.number,
        source=identity.source,
        preset=identity.preset,
        index=identity.index,
        state="running",
        worker=worker,
        attempts=lease.attempt,
        progress=1.0 if trial.intermediate_values and was_here else 0.0,
        stored_config=config.model_dump(mode="json"),
    )
    for line in start_lines(record, study.data):
        print(line, flush=True)
    return claimed


def _draw(study: Study, optuna_study: optuna.Study, trial: FrozenTrial, identity: RunIdentity) -> dict[str, Any]:
    definition, source, fixed = study.definition, identity.source, identity.fixed
    sampled = source in ("random", "tpe")
    index = identity.index - len(definition.presets) if sampled else identity.index
    parameters = retried(draw)(definition, optuna_study, trial, source=source, fixed=fixed, index=index)
    drawn = {
        name: (distribution.to_internal_repr(parameters[name]), distribution)
        for name, distribution in distributions_for(definition, parameters).items()
        if name not in trial.params
    }
    retried(study.storage.backend.set_trial_params)(trial._trial_id, drawn)
    stored = study.trial(trial._trial_id).params
    assert stored == parameters, f"{identity.run} was to have {parameters}, the database has {stored}"
    if source == "tpe" and is_random_start(definition, parameters, index):
        study.set_trial_attribute(trial._trial_id, "random_start", True)
    return parameters


def _resolve(
    study: Study, trial: FrozenTrial, identity: RunIdentity, parameters: dict[str, Any], threads: int
) -> RunConfig:
    definition = study.definition
    seed = training_seed(definition.study.seed, identity.index)
    config = resolve_run(definition, parameters, preset=identity.preset, seed=seed, threads=threads)
    provenance = {
        "study": study.name,
        "run": identity.run,
        "source": identity.source,
        "trial": trial.number,
        "subset": study.data.subset,
        "optsweep": _version("optsweep"),
    }
    if isinstance(config, TrainConfig):
        provenance |= {"torch": _version("torch"), "full": _full_lengths(study, identity, parameters, seed)}
    return config.model_copy(update={"provenance": provenance})


def _full_lengths(study: Study, identity: RunIdentity, parameters: dict[str, Any], seed: int) -> dict[str, int]:
    preset = study.definition.preset(identity.preset) if identity.preset else None
    full = resolve_full(study.definition, parameters, preset=preset, seed=seed)
    return {
        "n_iters": full.training.n_iters,
        "warmup": full.optim.warmup,
        "preschool_time": full.curriculum.preschool_time,
    }


@dataclass
class Progress:
    """Follows the training of one run: tells the keeper how it stands and asks the pruner whether to go on."""

    study: Study
    optuna_study: optuna.Study
    claimed: Claimed
    keeper: LeaseKeeper
    pruned: str | None = None
    _best: Evaluation | None = None
    _base_seconds: float = 0.0
    _since: float = field(default_factory=time.monotonic)
    _highest: int = 0

    def __post_init__(self) -> None:
        self._highest = max(self.claimed.trial.intermediate_values, default=0)

    def on_metrics(self, line: dict[str, Any]) -> None:
        if "val_nelbo" not in line:
            standing = self.keeper.standing
            self.keeper.stand(
                replace(
                    standing,
                    progress=line["progress"],
                    sequences=self.claimed.sequences(line["step"]),
                    seconds=self._base_seconds + time.monotonic() - self._since,
                    train_loss=line.get("train_loss", standing.train_loss),
                    residues_per_second=line.get("residues_per_s"),
                )
            )

    def on_eval(self, evaluation: Evaluation) -> bool:
        if self._best is None or evaluation.value < self._best.value:
            self._best = evaluation
        self._base_seconds, self._since = evaluation.seconds, time.monotonic()
        standing = replace(
            self.keeper.standing,
            progress=evaluation.progress,
            sequences=evaluation.sequences,
            seconds=evaluation.seconds,
            checkpoint_step=evaluation.step,
            best_value=self._best.value,
            best_step=self._best.step,
            last_value=evaluation.value,
        )
        self.keeper.stand(standing)
        if evaluation.index is None:
            return True
        if not evaluation.restored:
            self._tidy(evaluation.index)
        if self.claimed.trial.intermediate_values.get(evaluation.index) != evaluation.value or not evaluation.restored:
            self.keeper.report(evaluation.index, evaluation.value, standing)
        if evaluation.restored or evaluation.progress >= 1 or not self.claimed.prunable:
            return True
        self.keeper.flush()
        self.pruned = self._ask_pruner()
        return self.pruned is None

    def _tidy(self, index: int) -> None:
        """Before a new value: drop those that came after the checkpoint which this attempt goes on from."""
        if index <= self._highest:
            self.keeper.flush()
            self.study.queue.forget_after(self.claimed.lease, index - 1)
        self._highest = index

    @retried
    def _ask_pruner(self) -> str | None:
        trial = self.study.storage.backend.get_trial(self.claimed.lease.trial_id)
        return should_prune(self.study.definition, self.optuna_study, trial)


def run_claimed(
    study: Study, optuna_study: optuna.Study, claimed: Claimed, keeper: LeaseKeeper, data: TrainingData, device: str
) -> Outcome:
    """Train a claimed run to its end (or until the keeper says to leave) and tell the queue how it ended.

    Raises `LeaseLost` where another worker has the run now, `StorageUnavailable` where the database stays away.
    """
    progress = Progress(study, optuna_study, claimed, keeper)
    trainer: Callable[..., TrainReport] = train if isinstance(claimed.config, TrainConfig) else train_script
    report = trainer(
        claimed.config,
        data,
        device,
        progress.on_eval,
        directory=claimed.directory.path,
        on_metrics=progress.on_metrics,
        interrupted=keeper.must_leave,
    )
    keeper.flush()
    last = keeper.standing
    keeper.stand(
        replace(
            last,
            progress=1.0 if report.outcome == "complete" else last.progress,
            sequences=report.sequences,
            seconds=report.seconds,
            checkpoint_step=report.step,
        )
    )
    study.queue.beat(claimed.lease, keeper.standing)
    if report.losses is not None and report.outcome != "interrupted":
        keep_losses(study, claimed.lease, report.losses)
    if report.outcome != "interrupted" or keeper.skip:
        attach(study, claimed.lease.trial_id, claimed.lease.run)
    _tell(study, claimed, keeper, report, progress.pruned)
    return report.outcome


def _tell(study: Study, claimed: Claimed, keeper: LeaseKeeper, report: TrainReport, pruned: str | None) -> None:
    queue, lease = study.queue, claimed.lease
    config = claimed.config
    builtin = isinstance(config, TrainConfig)
    share = report.step / config.training.n_iters if isinstance(config, TrainConfig) else keeper.standing.progress
    at = f"{share:.0%}".replace("%", " %")
    grid = [evaluation.value for evaluation in report.evaluations if evaluation.index is not None]
    last = grid[-1] if grid else None
    match report.outcome:
        case "complete":
            assert report.best is not None
            measure = study.definition.measure
            _logger.info("finished: %.4f %s at step %d", report.best.value, measure, report.best.step)
            queue.finish(lease, TrialState.COMPLETE, report.best.value, outcome="complete", reason=None)
        case "stopped":
            _logger.info("%s", pruned)
            queue.finish(lease, TrialState.PRUNED, last, outcome="pruned", reason=pruned)
        case "diverged":
            reason = f"diverged at {at}" + (f"; last finite value {last:.4f}" if last is not None else "")
            queue.finish(lease, TrialState.PRUNED, last, outcome="diverged", reason=reason)
        case "out_of_memory":
            _mark_infeasible(study, lease)
            reason = f"out of memory at {at}" + (" even with micro-batch 1" if builtin else "")
            queue.finish(lease, TrialState.PRUNED, last, outcome="out_of_memory", reason=reason)
        case "interrupted" if keeper.skip:
            # Without a value TPE would take a pruned trial for the worst of all; a failed one it leaves out.
            state = TrialState.FAIL if last is None else TrialState.PRUNED
            queue.finish(lease, state, last, outcome="skipped", reason=f"skipped by the user at {at}")
        case "interrupted":
            queue.hand_back(lease, Cause.INTERRUPTION, keeper.leave_reason or "the script was ended from outside")


@retried
def _mark_infeasible(study: Study, lease: Lease) -> None:
    """Tell TPE that this region cannot be run, so that it keeps away (Optuna reads constraints > 0 as infeasible)."""
    trial = optuna.trial.Trial(study.optuna(), lease.trial_id)
    if "out_of_memory" not in trial.constraints:
        trial.set_constraint("out_of_memory", 1.0)
