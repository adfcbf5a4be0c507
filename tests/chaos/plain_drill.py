"""The drill on plain Optuna: three workers that are killed, and replaced at once by a supervisor that never fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import optuna
import sqlalchemy as sa
from optuna.trial import FrozenTrial, TrialState

from tests.chaos.dealing import MORE, Blow
from tests.chaos.drill import SAMPLED, WORKERS
from tests.chaos.evidence import num_lines, overlaps, stretches
from tests.chaos.plain_worker import RUNS, interval, open_study, original
from tests.chaos.strikes import Strike, draw_strikes
from tests.chaos.suite import ITERATION_SECONDS, database
from tests.chaos.verdict import Verdict, cost_of_kills
from tests.servers import PrivateServer
from tests.sweeps import REPOSITORY

PROCESSES: dict[tuple[str, ...], int] = {("worker",): 10, ("all workers",): 1}
SERVERS: dict[tuple[str, ...], int] = {("server",): 3, ("server", "worker"): 1}
PRESETS = [{"lr": lr, "effective_batch": 32} for lr in (3e-3, 2e-3, 1e-3, 6e-3, 4e-3)]
SECONDS_PER_KILL = 30


def plain_drill(kind: str, seed: int, kills: int, folder: Path) -> tuple[Verdict, list[str]]:
    """Run one drill in ``folder``; the verdict, and nothing else to say."""
    place = folder / f"plain-{kind}-{seed}"
    place.mkdir()
    with database(kind, place) as (url, server):
        drivers = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}
        if server is not None:
            url = sa.make_url(url).set(drivername=drivers[kind]).render_as_string(hide_password=False)
        drill = PlainDrill(place, url, server, target=len(PRESETS) + SAMPLED)
        began = time.monotonic()
        drill.run(draw_strikes(seed, kills, PROCESSES if server is None else {**PROCESSES, **SERVERS}))
        return _judge(kind, seed, drill, time.monotonic() - began), []


@dataclass
class PlainDrill:
    """Keeps workers at work until the target is met, and kills them meanwhile."""

    folder: Path
    url: str
    server: PrivateServer | None
    target: int
    blows: list[Blow] = field(default_factory=list)
    _workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def runs(self) -> Path:
        return self.folder / RUNS

    def study(self) -> optuna.Study:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return open_study(self.url, "plain")

    def run(self, strikes: list[Strike]) -> None:
        study = self.study()
        # Once, before any worker: each worker on its own would enqueue them again.
        for preset in PRESETS:
            study.enqueue_trial(preset)
        deadline = time.monotonic() + SECONDS_PER_KILL * (len(strikes) + 4)
        try:
            self._workers = [self._start() for _ in range(WORKERS)]
            for strike in strikes:
                self._wait_for_its_moment(strike, deadline)
                self._deal(strike)
            while not self._ended() and time.monotonic() < deadline:
                time.sleep(0.1)
        finally:
            for worker in self._workers:
                worker.kill()
                worker.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONWARNINGS": "ignore",
            "FAKE_ITERATION_SECONDS": str(ITERATION_SECONDS),
        }
        command = [sys.executable, "-m", "tests.chaos.plain_worker", self.url, "plain", str(self.target)]
        with (self.folder / "workers.txt").open("ab") as log:
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    def _wait_for_its_moment(self, strike: Strike, deadline: float) -> None:
        wanted = num_lines(self.runs) + strike.iterations
        while num_lines(self.runs) < wanted and time.monotonic() < deadline:
            if self._ended():
                self.target += MORE
                self._workers = [self._start() for _ in range(WORKERS)]
            time.sleep(0.1)
        time.sleep(strike.seconds)

    def _ended(self) -> bool:
        """Whether every worker has left of its own accord; one that was killed or failed is replaced."""
        codes = [worker.poll() for worker in self._workers]
        for number, code in enumerate(codes):
            if code not in (None, 0):
                self._workers[number] = self._start()
        return all(code == 0 for code in codes)

    def _deal(self, strike: Strike) -> None:
        alive = [worker for worker in self._workers if worker.poll() is None]
        struck = []
        if "all workers" in strike.targets:
            struck = alive
        elif "worker" in strike.targets and alive:
            struck = [alive[int(strike.choice * len(alive))]]
        now = time.time()
        if self.server is not None and "server" in strike.targets:
            self.server.kill()
        for worker in struck:
            worker.send_signal(strike.signal)
        self.blows.append(Blow(strike, now, frozenset(worker.pid for worker in struck)))
        if self.server is not None and "server" in strike.targets:
            time.sleep(strike.away_seconds)
            self.server.start()


def _judge(kind: str, seed: int, drill: PlainDrill, seconds: float) -> Verdict:
    trials = drill.study().get_trials(deepcopy=False)
    finished = Counter(original(trial) for trial in trials if trial.state in (TrialState.COMPLETE, TrialState.PRUNED))
    begun = {original(trial): trial for trial in trials}
    failed = {original(trial) for trial in trials if trial.state == TrialState.FAIL} - finished.keys()
    histories = stretches(drill.runs)
    intervals = {str(run): _interval(trial) for run, trial in begun.items()}
    return Verdict(
        database=kind,
        seed=seed,
        kills=len(drill.blows),
        finished=finished.total(),
        target=drill.target,
        lost=len(begun.keys() - finished.keys() - failed),
        twice=sum(count - 1 for count in finished.values()) + sum(map(overlaps, histories)),
        running=sum(trial.state == TrialState.RUNNING for trial in trials),
        failed=len(failed),
        wrong=None,
        seconds=seconds,
        **cost_of_kills(histories, intervals, drill.blows),
    )


def _interval(trial: FrozenTrial) -> int:
    return interval(trial.params.get("effective_batch", 16))
