"""What one would write with Optuna alone: ``python -m tests.chaos.plain_worker URL STUDY TARGET``, one of several.

Heartbeat, retry of stale trials and a limit on the number of trials, as Optuna's documentation has them. The training
is the same fake as in the other drill, without checkpoints: Optuna has none.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import optuna
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.study import MaxTrialsCallback
from optuna.trial import FrozenTrial, TrialState

from tests.fakes.training import new_attempt, note_iteration

RUNS = Path("plain")
SEQUENCES, NUM_EVALUATIONS = 6400, 20
HEARTBEAT_SECONDS = 1


def interval(batch: int) -> int:
    """Iterations between two evaluations."""
    return SEQUENCES // NUM_EVALUATIONS // batch


def original(trial: FrozenTrial) -> int:
    """The number of the trial of which this one is a retry, or its own."""
    return int(trial.system_attrs.get("failed_trial", trial.number))


def objective(trial: optuna.Trial) -> float:
    lr = trial.suggest_float("lr", 3e-4, 1e-2, log=True)
    batch = trial.suggest_categorical("effective_batch", [16, 32, 64])
    directory = RUNS / str(original(trial.storage.get_trial(trial._trial_id)))
    directory.mkdir(parents=True, exist_ok=True)
    attempt, pause = new_attempt(), float(os.environ["FAKE_ITERATION_SECONDS"])
    iterations = SEQUENCES // batch
    value = float("inf")
    for step in range(1, iterations + 1):
        time.sleep(pause)
        note_iteration(directory, step, attempt)
        if step % interval(batch) == 0:
            value = 2.5 + 0.5 * (1 - step / iterations) + abs(lr - 3e-3) * 10
            trial.report(value, step // interval(batch))
            if trial.should_prune():
                raise optuna.TrialPruned
    return value


def open_study(url: str, name: str) -> optuna.Study:
    storage = RDBStorage(
        url,
        heartbeat_interval=HEARTBEAT_SECONDS,
        grace_period=3 * HEARTBEAT_SECONDS,
        heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(),
    )
    return optuna.create_study(
        study_name=name,
        storage=storage,
        sampler=optuna.samplers.RandomSampler(),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=6),
        load_if_exists=True,
    )


if __name__ == "__main__":
    url, name, target = sys.argv[1:]
    limit = MaxTrialsCallback(int(target), states=(TrialState.COMPLETE, TrialState.PRUNED))
    open_study(url, name).optimize(objective, callbacks=[limit])
