"""One drill: a real sweep of at least 24 runs that is killed again and again, each time by the same command resumed."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from tests.chaos.evidence import num_lines
from tests.chaos.strikes import Strike
from tests.servers import PrivateServer
from tests.sweeps import Sweeps

SAMPLED = 19
MORE = 8
"""Sampled runs that the study is extended by where it ends before the last kill."""
WORKERS = 3
SECONDS_PER_KILL = 30


@dataclass(frozen=True)
class Blow:
    """A kill that was dealt."""

    strike: Strike
    time: float
    pids: frozenset[int]
    """The workers that it ended, a launcher's with their launcher."""


@dataclass
class Drill:
    """Runs a sweep to its end through all its kills; ``problems`` says what nobody should ever see."""

    sweeps: Sweeps
    server: PrivateServer | None
    seed: int
    sampled: int = SAMPLED
    blows: list[Blow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _launchers: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def runs(self) -> Path:
        return self.sweeps.folder / "studies" / self.sweeps.name / "runs"

    @property
    def output(self) -> Path:
        """Everything that the launchers said."""
        return self.sweeps.folder / f"{self.sweeps.name}.txt"

    def run(self, strikes: list[Strike]) -> None:
        deadline = time.monotonic() + SECONDS_PER_KILL * (len(strikes) + 4)
        with self.output.open("a") as output:
            self._start(output)
            for strike in strikes:
                self._wait_for_its_moment(strike, output, deadline)
                self._deal(strike, output)
            while not self._ended(output) and time.monotonic() < deadline:
                time.sleep(0.1)
        if time.monotonic() >= deadline:
            self.problems.append("the sweep did not end")
        self._clear_away()
        if "Traceback" in self.output.read_text():
            self.problems.append(f"a traceback in {self.output}")

    def _start(self, output: IO[str]) -> None:
        """The same command, whatever happened."""
        arguments = ("demo", "--cpu-workers", str(WORKERS), "--type", "random", "--seed", str(self.seed))
        self._launchers.append(self.sweeps.start(*arguments, "--trials", str(self.sampled), output=output))

    def _wait_for_its_moment(self, strike: Strike, output: IO[str], deadline: float) -> None:
        wanted = num_lines(self.runs) + strike.iterations
        while num_lines(self.runs) < wanted and time.monotonic() < deadline:
            if self._ended(output):
                self.sampled += MORE
                self._start(output)
            time.sleep(0.1)
        time.sleep(strike.seconds)

    def _ended(self, output: IO[str]) -> bool:
        """Whether the launcher has ended with nothing left to do; where it ended otherwise the command is repeated."""
        code = self._launchers[-1].poll()
        if code is None:
            return False
        if code == EXIT_DONE:
            return True
        if code not in (EXIT_INTERRUPTED, EXIT_USAGE) or (code == EXIT_USAGE and self.server is None):
            self.problems.append(f"the command ended with exit code {code}")
        self._start(output)
        return False

    def _deal(self, strike: Strike, output: IO[str]) -> None:
        workers = sorted(self.sweeps.workers(), key=lambda worker: worker.pid)
        launcher = self._launchers[-1]
        struck: list[psutil.Process | subprocess.Popen[str]] = []
        if "worker" in strike.targets and workers:
            struck.append(workers[int(strike.choice * len(workers))])
        if "all workers" in strike.targets:
            struck += workers
        pids = frozenset(worker.pid for worker in (workers if "launcher" in strike.targets else struck))
        if "launcher" in strike.targets:
            struck.append(launcher)
        now = time.time()
        if self.server is not None and "server" in strike.targets:
            self.server.kill()
        for process in struck:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(strike.signal)
        self.blows.append(Blow(strike, now, pids))
        if "launcher" in strike.targets:
            self._start(output)
        if self.server is not None and "server" in strike.targets:
            time.sleep(strike.away_seconds)
            self.server.start()

    def _clear_away(self) -> None:
        """Every launcher that was asked to leave has left; so have the workers of the killed ones."""
        for launcher in self._launchers:
            try:
                launcher.wait(60)
            except subprocess.TimeoutExpired:
                self.problems.append("a launcher did not leave")
                launcher.kill()
                launcher.wait()
        _, alive = psutil.wait_procs(self.sweeps.workers(), timeout=30)
        for worker in alive:
            self.problems.append("a worker did not leave")
            worker.kill()
