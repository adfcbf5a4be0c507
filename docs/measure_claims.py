"""How often a queued trial reaches two workers: SQLite as Optuna opens it, and as optsweep does.

python docs/measure_claims.py [WORKERS]
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage, RDBStorage

from optsweep.database.connection import open_storage
from optsweep.database.urls import storage_url

QUEUED = 200
STUDY = "claims"


def open_database(url: str, safe: bool) -> BaseStorage:
    if safe:
        return open_storage(storage_url(url), create=True).backend
    return RDBStorage(url, engine_kwargs={"connect_args": {"timeout": 60}})


def drain(url: str, safe: bool) -> list[int]:
    """The numbers of the queued trials that one worker was handed, until the queue is empty."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.load_study(study_name=STUDY, storage=open_database(url, safe))
    numbers = []
    while (trial := study.ask()).number < QUEUED:
        numbers.append(trial.number)
        # The second worker of a trial is told so when the first has finished it.
        with contextlib.suppress(UpdateFinishedTrialError, ValueError):
            study.tell(trial, 0.0)
    return numbers


def measure(safe: bool, num_workers: int, folder: Path) -> str:
    url = f"sqlite:///{folder / f'{safe}.db'}"
    study = optuna.create_study(study_name=STUDY, storage=open_database(url, safe))
    for _ in range(QUEUED):
        study.enqueue_trial({})
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(num_workers) as pool:
        handed = Counter(number for numbers in pool.starmap(drain, [(url, safe)] * num_workers) for number in numbers)
    seconds = time.monotonic() - started
    twice = sum(count > 1 for count in handed.values())
    kind = "as optsweep opens it" if safe else "as Optuna opens it"
    return f"SQLite {kind}: {len(handed)} of {QUEUED} handed out, {twice} of them more than once, {seconds:.1f} s"


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as name:
        for is_safe in (False, True):
            print(measure(is_safe, workers, Path(name)))
