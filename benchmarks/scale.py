"""64 worker processes and 2,000 runs on one PostgreSQL, training replaced by short sleeps: exact? how fast? what load?

    OPTSWEEP_STORAGE=postgresql://user@host/database python -m benchmarks.scale [--workers 64] [--runs 2000]

The database must be empty, or be another benchmark's. What costs is real: planning, claims, leases, values, ends.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
import sqlalchemy as sa

from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.tables import runs
from optsweep.database.urls import storage_url

REPOSITORY = Path(__file__).parents[1]
EVALUATIONS = 5
ITERATION_SECONDS = 0.02
WINDOW_SECONDS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--runs", type=int, default=2000)
    given = parser.parse_args()
    name = f"scale-{given.workers}-{given.runs}-{int(time.time())}"
    with tempfile.TemporaryDirectory() as folder:
        _write_study(Path(folder))
        command = ["demo.toml", "--name", name, "--trials", str(given.runs - 5), "--cpu-workers", str(given.workers)]
        began = time.monotonic()
        assert _sweep(folder, *command, "--no-launch").wait() == 0, "it could not be planned"
        print(f"planned {given.runs} runs in {time.monotonic() - began:.0f} s")
        study = open_study(open_storage(storage_url(None)), name)
        before, began = _load(study), time.monotonic()
        sweep = _sweep(folder, "--name", name, "--cpu-workers", str(given.workers))
        connections = 0
        while sweep.poll() is None:
            connections = max(connections, _connections(study))
            time.sleep(1)
        _tell(study, given.workers, time.monotonic() - began, before, connections)


def _write_study(folder: Path) -> None:
    text = (REPOSITORY / "studies" / "demo.toml").read_text()
    text = text.replace('type = "tpe"', 'type = "random"').replace(
        "num_evaluations = 20", f"num_evaluations = {EVALUATIONS}"
    )
    # Ten iterations a run, the shortest that there are.
    (folder / "demo.toml").write_text(text.replace("[budget]", "[budget]\nscale = 0.01"))


def _sweep(folder: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "FAKE_ITERATION_SECONDS": str(ITERATION_SECONDS)}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.command", "sweep", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
    )


def _load(study: Study) -> tuple[int, float]:
    """Transactions of the database since it was made; CPU seconds of the server's processes on this host."""
    with study.storage.engine.connect() as connection:
        query = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        transactions = int(connection.execute(sa.text(query)).scalar_one())
    times = [
        process.info["cpu_times"]
        for process in psutil.process_iter(["name", "cpu_times"])
        if "postgres" in process.info["name"]
    ]
    # A backend that has ended hands its time on to its parent.
    return transactions, sum(each.user + each.system for each in times) + max(
        (each.children_user + each.children_system for each in times), default=0.0
    )


def _connections(study: Study) -> int:
    with study.storage.engine.connect() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        return int(connection.execute(sa.text(query)).scalar_one())


def _tell(study: Study, workers: int, seconds: float, before: tuple[int, float], connections: int) -> None:
    after, snapshot = _load(study), read_snapshot(study)
    with study.storage.engine.connect() as connection:
        chosen = sa.select(runs.c.started).where(runs.c.study_id == study.study_id)
        started = sorted(connection.execute(chosen).scalars())
        num_trials = connection.execute(
            sa.text("SELECT count(*) FROM trials WHERE study_id = :id"), {"id": study.study_id}
        ).scalar_one()
    windows = Counter(int((moment - started[0]) // WINDOW_SECONDS) for moment in started)
    again = sum(run.attempts - 1 for run in snapshot.runs)
    claiming = started[-1] - started[0]
    transactions, used = after[0] - before[0], after[1] - before[1]
    for line in (
        f"workers: {workers}, runs: {snapshot.target}, finished: {snapshot.finished_runs}, trials: {num_trials}",
        f"claimed a second time: {again}",
        f"wall time: {seconds:.0f} s from the start, {claiming:.0f} s from the first claim to the last",
        f"claims a second: {len(started) / claiming:.1f}, at best {max(windows.values()) / WINDOW_SECONDS:.1f}",
        f"transactions: {transactions / snapshot.target:.0f} a run, {transactions / seconds:.0f} a second",
        f"PostgreSQL: {used:.0f} s of CPU, {1000 * used / snapshot.target:.0f} ms a run",
        f"connections: at most {connections}",
    ):
        print(line)


if __name__ == "__main__":
    main()
