"""One drill: a real sweep of at least 24 runs that is struck again and again, each time by the same command resumed."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from tests.chaos.dealing import LEASE_SECONDS, LEAVE_SECONDS, MORE, Blow, deal
from tests.chaos.evidence import num_lines
from tests.chaos.proxy import Proxy
from tests.chaos.strikes import Strike
from tests.servers import PrivateServer
from tests.sweeps import Sweeps

SAMPLED = 19
WORKERS = 3
SECONDS_PER_STRIKE = 30
MAX_PROBLEMS = 10
"""Of a command that fails again and again more is not to be learnt."""


class DrilledSweeps(Sweeps):
    def environment(self) -> dict[str, str]:
        return {**super().environment(), "FAKE_LEASE_SECONDS": str(LEASE_SECONDS)}


@dataclass
class Drill:
    """Runs a sweep to its end through all its strikes; ``problems`` says what nobody should ever see."""

    sweeps: Sweeps
    study: str
    """A study file, or the name of a shipped one."""
    seed: int
    server: PrivateServer | None = None
    proxy: Proxy | None = None
    """Between the sweep and the server."""
    sampled: int = SAMPLED
    """How many sampled runs the command asks for."""
    blows: list[Blow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)
    """Pids of the workers that were stopped for a while."""
    launchers: list[subprocess.Popen[str]] = field(default_factory=list)
    _later: list[threading.Timer] = field(default_factory=list)
    _deadline: float = 0.0

    @property
    def runs(self) -> Path:
        return self.sweeps.folder / "studies" / self.sweeps.name / "runs"

    @property
    def output(self) -> Path:
        """Everything that the launchers said."""
        return self.sweeps.folder / f"{self.sweeps.name}.txt"

    @property
    def launcher(self) -> subprocess.Popen[str]:
        return self.launchers[-1]

    def workers(self) -> list[psutil.Process]:
        return sorted(self.sweeps.workers(), key=lambda worker: worker.pid)

    def run(self, strikes: list[Strike]) -> None:
        self._deadline = time.monotonic() + SECONDS_PER_STRIKE * (len(strikes) + 4)
        self.start()
        for strike in strikes:
            self._wait_for_its_moment(strike)
            self.blows.append(deal(self, strike))
        self._wait_for_the_end()
        # What a database has forgotten after the last command had ended, the next command does again.
        self.start()
        self._wait_for_the_end()
        if time.monotonic() >= self._deadline:
            self.problems.append("the sweep did not end")
        self.wait_for_launchers(self.launchers)
        self.wait_for_workers()
        if "Traceback" in self.output.read_text():
            self.problems.append(f"a traceback in {self.output}")

    def _wait_for_its_moment(self, strike: Strike) -> None:
        wanted = num_lines(self.runs) + strike.iterations
        self.keep_going_until(lambda: num_lines(self.runs) >= wanted)
        time.sleep(strike.seconds)

    def start(self) -> None:
        """The same command, whatever happened."""
        self.launchers.append(self._start())

    def plan(self) -> subprocess.Popen[str]:
        """The same command, which only plans."""
        return self._start("--no-launch")

    def _start(self, *more: str) -> subprocess.Popen[str]:
        words = (self.study, "--cpu-workers", str(WORKERS), "--type", "random", "--seed", str(self.seed), *more)
        with self.output.open("a") as output:
            return self.sweeps.start(*words, "--trials", str(self.sampled), output=output)

    def keep_going_until(self, what: Callable[[], bool]) -> None:
        """Wait; a study that ends meanwhile is extended."""
        while not what() and time.monotonic() < self._deadline:
            if self._ended():
                self.sampled += MORE
                self.start()
            time.sleep(0.1)

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do it to a process in so many seconds, if it still lives then."""

        def do() -> None:
            with suppress(psutil.NoSuchProcess):
                what()

        self._later.append(threading.Timer(seconds, do))
        self._later[-1].start()

    def _wait_for_the_end(self) -> None:
        while not self._ended() and time.monotonic() < self._deadline:
            time.sleep(0.1)

    def _ended(self) -> bool:
        """Whether the launcher has ended with nothing left to do; where it ended otherwise the command is repeated."""
        code = self.launcher.poll()
        if code is None:
            return False
        if code == EXIT_DONE:
            return True
        if code not in (EXIT_INTERRUPTED, EXIT_USAGE) or (code == EXIT_USAGE and self.server is None):
            self.problems.append(f"the command ended with exit code {code}")
            if len(self.problems) >= MAX_PROBLEMS:
                self._deadline = 0
        self.start()
        return False

    def wait_for_launchers(self, launchers: Iterable[subprocess.Popen[str]]) -> None:
        """Each has ended, or was asked to leave and does so."""
        for launcher in launchers:
            try:
                launcher.wait(LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                self.problems.append("a launcher did not leave")
                launcher.kill()
                launcher.wait()

    def wait_for_workers(self) -> None:
        """Those of killed launchers leave by themselves."""
        for timer in self._later:
            timer.join()
        _, alive = psutil.wait_procs(self.workers(), timeout=30)
        for worker in alive:
            self.problems.append("a worker did not leave")
            worker.kill()
