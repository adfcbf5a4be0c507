"""What one worker costs its PostgreSQL while it trains: a beat and a look for a stop, every 3 s.

    OPTSWEEP_STORAGE=postgresql://user@host/database python -m benchmarks.beats STUDY [--times 1000]

STUDY is planned and has a waiting run, which goes back to the queue.
"""

from __future__ import annotations

import argparse
import time

import psutil
import sqlalchemy as sa

from optsweep.database.connection import open_storage
from optsweep.database.lease import RunProgress
from optsweep.database.open_study import Study, open_study
from optsweep.database.urls import storage_url
from optsweep.machine.process import Cause, identify
from optsweep.workers.lease_keeper import BEAT_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study")
    parser.add_argument("--times", type=int, default=1000)
    given = parser.parse_args()
    study = open_study(open_storage(storage_url(None)), given.study)
    lease = study.queue.claim("benchmark", identify())
    assert lease is not None, "no run waits"
    server, mine = _server_seconds(study), time.process_time()
    for _ in range(given.times):
        study.queue.beat(lease, RunProgress())
        study.stop_reason()
    server, mine = _server_seconds(study) - server, time.process_time() - mine
    study.queue.hand_back(lease, Cause.INTERRUPTION, "the benchmark is over")
    each = 1000 * server / given.times
    print(f"a beat: {each:.2f} ms of the server's CPU, {1000 * mine / given.times:.2f} ms of the worker's")
    print(f"1,000 workers, a beat every {BEAT_SECONDS:g} s: {each / BEAT_SECONDS:.2f} cores of the server")


def _server_seconds(study: Study) -> float:
    """CPU seconds of the server's end of this process's one connection, on this host."""
    with study.storage.engine.connect() as connection:
        times = psutil.Process(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()).cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
