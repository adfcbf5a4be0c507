"""What each strike is, and how it is dealt; the one place that knows."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import optuna
import psutil
from optuna.exceptions import StorageInternalError
from sqlalchemy import exc

from optsweep.database.connection import open_storage
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from tests.chaos.evidence import put_aside
from tests.chaos.plan_lock import PlanLock
from tests.chaos.strikes import Strike

if TYPE_CHECKING:
    from tests.chaos.drill import Drill

LEASE_SECONDS = 10
"""How long a drill's worker may be silent while it is stopped."""
STOPPED_SECONDS = LEASE_SECONDS + 8
"""Launchers look for dead leases every five seconds."""
LOST_SECONDS = 2.5
PLANNING_SECONDS = 0.1
LEAVE_SECONDS = 90
MORE = 8
"""Sampled runs by which a study is extended at a time."""


@dataclass(frozen=True)
class Blow:
    """A strike that was dealt."""

    strike: Strike
    time: float
    pids: frozenset[int]
    """The processes that it ended: workers, a launcher's with their launcher, and their scripts."""


def deal(drill: Drill, strike: Strike) -> Blow:
    if (alone := ALONE.get(strike.targets[0])) is None:
        return _kill(drill, strike)
    alone(drill, strike)
    return Blow(strike, time.time(), frozenset())


def _kill(drill: Drill, strike: Strike) -> Blow:
    """Signal processes, all at once; the same command is typed again at once, and a server comes back soon."""
    workers, targets = drill.workers(), strike.targets
    struck = workers if "all workers" in targets else _one(workers, strike) if "worker" in targets else []
    # A guard is a worker's only child; its own is the script.
    guards = [child for worker in struck for child in _children(worker)] if "guard" in targets else []
    ended = workers if "launcher" in targets else struck
    pids = {process.pid for worker in ended for process in [worker, *_children(worker, recursive=True)]}
    blow = Blow(strike, time.time(), frozenset(pids))
    if drill.server is not None and "server" in targets:
        drill.server.kill()
    for process in [*guards, *struck]:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(strike.signal)
    if "launcher" in targets:
        drill.launcher.send_signal(strike.signal)
        drill.start()
    if drill.server is not None and "server" in targets:
        time.sleep(strike.away_seconds)
        drill.server.start()
    return blow


def _one(workers: list[psutil.Process], strike: Strike) -> list[psutil.Process]:
    return [workers[int(strike.choice * len(workers))]] if workers else []


def _children(process: psutil.Process, *, recursive: bool = False) -> list[psutil.Process]:
    try:
        return process.children(recursive)
    except psutil.NoSuchProcess:
        return []


def _stop_worker(drill: Drill, strike: Strike) -> None:
    """A worker is stopped until another has its run, and goes on then."""
    for worker in _one(drill.workers(), strike):
        with suppress(psutil.NoSuchProcess):
            worker.suspend()
            drill.stopped.add(worker.pid)
            drill.later(STOPPED_SECONDS, worker.resume)


def _lose_answers(drill: Drill, strike: Strike) -> None:
    """The answers to the next commits are lost, one or a few in a row."""
    assert drill.proxy is not None
    drill.proxy.lose(1 + int(strike.choice * 3))


def _lose_last_seconds(drill: Drill, strike: Strike) -> None:
    """The server dies, and what comes back lacks its last commits, as a replica does that was behind."""
    assert drill.server is not None
    drill.server.keep()
    time.sleep(LOST_SECONDS)
    drill.server.go_back()


def _delete_study(drill: Drill, strike: Strike) -> None:
    """The study is deleted by Optuna in the middle of its sweep, which says so and ends; then it is begun anew."""
    drill.wait_for_launchers(drill.launchers[:-1])
    drill.keep_going_until(lambda: _at_work(drill))
    said = len(drill.output.read_text())
    _delete(drill)
    drill.wait_for_launchers([drill.launcher])
    code = drill.launcher.returncode
    output = drill.output.read_text()[said:]
    errors = [line for line in output.splitlines() if line.startswith("error:")]
    # Optuna's deletion may lose against the sweep's transactions until the last run has ended.
    too_late = code == EXIT_DONE and re.search(r"\b(\d+) of \1 runs finished", output)
    if not too_late and (code not in (EXIT_USAGE, EXIT_INTERRUPTED) or len(errors) != 1):
        drill.problems.append(f"its study was deleted: the command ended with exit code {code} and said {errors}")
    drill.wait_for_workers()
    put_aside(drill.runs)
    drill.start()


def _at_work(drill: Drill) -> bool:
    """Whether the launcher has begun, and has more to do: it would not miss the study before or after that."""
    snapshot = drill.sweeps.snapshot()
    begun = any(worker.ppid() == drill.launcher.pid for worker in drill.workers())
    return begun and snapshot is not None and not snapshot.ended


def _delete(drill: Drill) -> None:
    storage = open_storage(storage_url(drill.sweeps.url))
    try:
        while drill.sweeps.name in optuna.get_all_study_names(storage.optuna):
            # Where it loses against a transaction of the sweep's, Optuna raises the database's error, or nothing.
            with suppress(StorageInternalError, exc.SQLAlchemyError):
                optuna.delete_study(study_name=drill.sweeps.name, storage=storage.optuna)
    finally:
        storage.close()


def _kill_planner(drill: Drill, strike: Strike) -> None:
    """Of two that plan more runs at once, one is killed."""
    _cut_planning(drill, strike, lambda lock, planner: planner.kill())


def _end_plans_session(drill: Drill, strike: Strike) -> None:
    """Of two that plan more runs at once, the one that holds the lock loses its session."""
    _cut_planning(drill, strike, lambda lock, planner: lock.end_session())


def _cut_planning(drill: Drill, strike: Strike, cut: Callable[[PlanLock, subprocess.Popen[str]], None]) -> None:
    drill.sampled += MORE
    with closing(PlanLock(drill.server.url if drill.server else drill.sweeps.url, drill.sweeps.name)) as lock:
        planners = [drill.plan(), drill.plan()]
        while not lock.held and all(planner.poll() is None for planner in planners):
            time.sleep(0.001)
        time.sleep(strike.choice * PLANNING_SECONDS)
        cut(lock, planners[0])
    codes = [planner.wait(LEAVE_SECONDS) for planner in planners]
    if not {*codes} <= {EXIT_DONE, EXIT_INTERRUPTED, -signal.SIGKILL}:
        drill.problems.append(f"planning was cut off, and ended with exit codes {codes}")
    if drill.plan().wait(LEAVE_SECONDS) != EXIT_DONE:
        drill.problems.append("what was planned by half could not be planned again")


ALONE: dict[str, Callable[[Drill, Strike], None]] = {
    "worker, stopped": _stop_worker,
    "answers": _lose_answers,
    "last seconds": _lose_last_seconds,
    "study": _delete_study,
    "planner": _kill_planner,
    "plan's session": _end_plans_session,
}
