"""One run from claim to end: prepare, train, report, prune, tell. The bridge between the queue and the trainer."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace

import optuna
from optuna.trial import TrialState

from optsweep.data.training_data import TrainingData
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study
from optsweep.database.patience import patiently
from optsweep.database.run_rows import keep_losses
from optsweep.machine.process import Cause
from optsweep.results.words import rounded_percent, value_words
from optsweep.search.pruning_rule import CurvePruner
from optsweep.train.report import Evaluation, MetricsLine, Outcome, TrainReport
from optsweep.trainers.result import ResultSoFar, result
from optsweep.trainers.trainer import PlaceInUse
from optsweep.workers.fresh_start import FreshStart
from optsweep.workers.kept_result import KeptResult
from optsweep.workers.lease_keeper import LeaseKeeper
from optsweep.workers.prepared_run import PreparedRun, Preparer

_logger = logging.getLogger(__name__)


class Runner:
    """Trains the runs that one worker claims, one after the other."""

    def __init__(self, study: Study, data: TrainingData | None, device: str, worker: str, threads: int) -> None:
        self._study, self._data, self._device = study, data, device
        self._optuna_study = study.optuna()
        self._preparer = Preparer(study, self._optuna_study, worker, threads)
        self._pruner = CurvePruner(study.definition)
        self._created = study.attributes().created

    def run(self, lease: Lease, keeper: LeaseKeeper) -> Outcome:
        """Train a claimed run to its end (or until the keeper says to leave) and tell the queue how it ended.

        Raises `LeaseLost` if another worker has the run now, `StorageUnavailable` if the database stays away.
        """
        study, trainer = self._study, self._study.trainer
        fresh_start = FreshStart(study, lease, keeper)
        try:
            fresh_start.begin()
            prepared = self._preparer.prepare(lease)
            progress = Progress(study, self._optuna_study, self._pruner, prepared, keeper)
            kept_result = KeptResult(prepared.directory.path, self._created, lease.trial_id, prepared.config)
            if (kept := kept_result.read()) is not None:
                report, progress.pruned = kept
                _logger.info("it has ended before: its result is told again")
                for evaluation in report.evaluations:
                    progress.on_eval(evaluation)
                return self._end(prepared, keeper, report, progress.pruned)
            report = trainer.training(keeper.held_until)(
                prepared.config,
                self._data,
                self._device,
                progress.on_eval,
                directory=prepared.directory.path,
                on_metrics=progress.on_metrics,
                interrupted=keeper.must_leave,
            )
        except RuntimeError:
            fresh_start.undo_if_useless()
            raise
        except PlaceInUse as error:
            _logger.warning("%s goes back to the queue: %s", lease.run, error)
            study.queue.hand_back(lease, Cause.INTERRUPTION, str(error))
            return "interrupted"
        if report.outcome != "interrupted":
            kept_result.write(report, progress.pruned)
        return self._end(prepared, keeper, report, progress.pruned)

    def _end(self, prepared: PreparedRun, keeper: LeaseKeeper, report: TrainReport, pruned: str | None) -> Outcome:
        study, lease = self._study, prepared.lease
        keeper.flush()
        # A database that came back without its last seconds, under a run that it knew, lacks values that it had.
        stored = study.trial(lease.trial_id).intermediate_values
        for evaluation in report.evaluations:
            if evaluation.index is not None and stored.get(evaluation.index) != evaluation.value:
                keeper.report(evaluation.index, evaluation.value)
        keeper.flush()
        keeper.progress = replace(
            keeper.progress,
            progress=1.0 if report.outcome == "complete" else keeper.progress.progress,
            sequences=report.sequences,
            seconds=report.seconds,
            checkpoint_step=report.step,
        )
        study.queue.beat(lease, keeper.progress)
        if report.losses is not None and report.outcome != "interrupted":
            keep_losses(study, lease, report.losses)
        _tell(study, prepared, keeper, report, pruned)
        return report.outcome


@dataclass
class Progress:
    """Follows the training of one run: tells the keeper how far it is and asks the pruner whether to go on."""

    study: Study
    optuna_study: optuna.Study
    pruner: CurvePruner
    prepared: PreparedRun
    keeper: LeaseKeeper
    pruned: str | None = None
    _result: ResultSoFar = field(init=False)
    _base_seconds: float = 0.0
    _since: float = field(default_factory=time.monotonic)
    _highest: int = 0

    def __post_init__(self) -> None:
        self._result = ResultSoFar(self.study.definition.summary, self.study.definition.stored_direction)
        self._highest = max(self.prepared.trial.intermediate_values, default=0)

    def on_metrics(self, line: MetricsLine) -> None:
        if "val_nelbo" not in line:
            self.keeper.progress = replace(
                self.keeper.progress,
                progress=line["progress"],
                sequences=self.study.trainer.sequences(self.prepared.config, int(line["step"])),
                seconds=self._base_seconds + time.monotonic() - self._since,
                train_loss=line.get("train_loss", self.keeper.progress.train_loss),
                residues_per_second=line.get("residues_per_s"),
            )

    def on_eval(self, evaluation: Evaluation) -> bool:
        so_far = self._result.add(evaluation)
        self._base_seconds, self._since = evaluation.seconds, time.monotonic()
        self.keeper.progress = replace(
            self.keeper.progress,
            progress=evaluation.progress,
            sequences=evaluation.sequences,
            seconds=evaluation.seconds,
            checkpoint_step=evaluation.step,
            best_value=so_far.value,
            best_step=so_far.step,
            last_value=evaluation.value,
        )
        if evaluation.index is None:
            return True
        if not evaluation.restored:
            self._tidy(evaluation.index)
        if self.prepared.trial.intermediate_values.get(evaluation.index) != evaluation.value or not evaluation.restored:
            self.keeper.report(evaluation.index, evaluation.value)
        if evaluation.restored or evaluation.progress >= 1 or not self.prepared.prunable:
            return True
        self.keeper.flush()
        trial = self.study.trial(self.prepared.lease.trial_id)
        self.pruned = patiently(self.pruner.reason, self.optuna_study, trial)
        return self.pruned is None

    def _tidy(self, index: int) -> None:
        """Before a new value: drop those that came after the checkpoint from which this attempt goes on."""
        if index <= self._highest:
            self.keeper.flush()
            self.study.queue.forget_after(self.prepared.lease, index - 1)
        self._highest = index


def _tell(study: Study, prepared: PreparedRun, keeper: LeaseKeeper, report: TrainReport, pruned: str | None) -> None:
    queue, lease, trainer = study.queue, prepared.lease, study.trainer
    at = rounded_percent(trainer.share(prepared.config, report.step, keeper.progress.progress))
    grid = [evaluation.value for evaluation in report.evaluations if evaluation.index is not None]
    last = grid[-1] if grid else None
    match report.outcome:
        case "complete":
            found = result(report.evaluations, study.definition.summary, study.definition.stored_direction)
            assert found is not None, "a run that is complete was evaluated"
            early = f" ({report.reason} at {at})" if report.reason else ""
            value = value_words(study.definition.shown(found.value))
            _logger.info("finished: %s %s at step %d%s", value, trainer.unit, found.step, early)
            queue.finish(lease, TrialState.COMPLETE, found.value, outcome="complete", reason=report.reason)
        case "stopped":
            _logger.info("%s", pruned)
            queue.finish(lease, TrialState.PRUNED, last, outcome="pruned", reason=pruned)
        case "diverged":
            known = f"; last finite value {value_words(study.definition.shown(last))}" if last is not None else ""
            reason = f"diverged at {at}{known}"
            queue.finish(lease, TrialState.PRUNED, last, outcome="diverged", reason=reason)
        case "out_of_memory":
            patiently(_mark_infeasible, study, lease)
            reason = f"out of memory at {at}{trainer.smallest}"
            queue.finish(lease, TrialState.PRUNED, last, outcome="out_of_memory", reason=reason)
        case "interrupted" if keeper.skip:
            # Without a value TPE would take a pruned trial for the worst of all; a failed one it leaves out.
            state = TrialState.FAIL if last is None else TrialState.PRUNED
            queue.finish(lease, state, last, outcome="skipped", reason=f"skipped by the user at {at}")
        case "interrupted":
            queue.hand_back(lease, Cause.INTERRUPTION, keeper.leave_reason or "the script was ended from outside")


def _mark_infeasible(study: Study, lease: Lease) -> None:
    """Tell TPE that this region cannot be run, so that it keeps away (Optuna reads constraints > 0 as infeasible)."""
    trial = optuna.trial.Trial(study.optuna(), lease.trial_id)
    if "out_of_memory" not in trial.constraints:
        trial.set_constraint("out_of_memory", 1.0)
