"""Start real sweeps (real launcher, workers, database; fake training) and look at what they leave."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from optsweep.database.connection import open_existing
from optsweep.database.open_study import find_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.results.records import StudySnapshot

REPOSITORY = Path(__file__).parents[1]
DEADLINE_SECONDS = 100


def wait_for(what: Callable[[], Any], seconds: float = DEADLINE_SECONDS) -> Any:
    """Poll until ``what`` is true and return it; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := what():
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


@dataclass
class Sweeps:
    """Sweeps of one study in one folder."""

    folder: Path
    url: str
    name: str = "study"
    iteration_seconds: float = 0.002
    trouble: dict[str, str] | None = None
    command: str = "tests.fakes.command"
    worker: str = "tests.fakes.worker"
    described: bool = False
    """Whether runs are described for the dashboard, which takes two seconds at every sweep's end."""
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "OPTSWEEP_STORAGE": self.url,
            "PYTHONPATH": str(REPOSITORY),
            "FAKE_ITERATION_SECONDS": str(self.iteration_seconds),
            "FAKE_HURRY": str(self._hurry),
            "FAKE_DESCRIBE": "" if self.described else "tests.fakes.describe",
            "FAKE_TROUBLE": json.dumps(self.trouble or {}),
        }

    @property
    def _hurry(self) -> Path:
        return self.folder / "hurry"

    def hurry(self) -> None:
        """Iterations take next to no time from now on, those of running workers too."""
        self._hurry.touch()

    def start(self, *arguments: str, output: int | IO[str] = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start ``optsweep sweep`` in the background; what it says goes to ``output``."""
        return self.start_command("sweep", *arguments, output=output)

    def start_command(self, command: str, *arguments: str, output: int | IO[str]) -> subprocess.Popen[str]:
        """Start a command on the study in the background."""
        process = subprocess.Popen(
            [sys.executable, "-m", self.command, command, "--name", self.name, *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run ``optsweep sweep`` to its end; exit code and output."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=DEADLINE_SECONDS)
        return process.returncode, output

    def snapshot(self) -> StudySnapshot | None:
        """The study as it stands; None before it is planned."""
        with contextlib.chdir(self.folder):
            storage = open_existing(storage_url(self.url))
            if storage is None:
                return None
            try:
                study = find_study(storage, self.name)
                if study is None or study.attributes().target is None:
                    return None
                return read_snapshot(study)
            finally:
                storage.close()

    def count(self, state: Any) -> int:
        snapshot = self.snapshot()
        return 0 if snapshot is None else snapshot.counts[state]

    def finished(self) -> int:
        snapshot = self.snapshot()
        return 0 if snapshot is None else snapshot.finished_runs

    def computed(self) -> dict[str, Counter[str]]:
        """For every run: how often each iteration was computed."""
        files = (self.folder / "studies" / self.name / "runs").glob("*/computed.txt")
        return {file.parent.name: Counter(line.split()[0] for line in file.read_text().splitlines()) for file in files}

    def num_computed(self) -> int:
        """Different iterations computed so far, over all runs."""
        return sum(len(iterations) for iterations in self.computed().values())

    def workers(self) -> list[psutil.Process]:
        """The live worker processes of this folder."""
        return [process for process in psutil.process_iter() if self._is_worker(process)]

    def _is_worker(self, process: psutil.Process) -> bool:
        try:
            return self.worker in process.cmdline() and process.cwd() == str(self.folder)
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            return False

    def check_exact(self, target: int) -> None:
        """Exactly ``target`` runs, all finished, each preset once, nothing held, nobody left."""
        snapshot = self.snapshot()
        assert snapshot is not None
        assert len(snapshot.runs) == snapshot.target == target
        assert snapshot.finished_runs == target, snapshot.counts
        assert Counter(run.preset for run in snapshot.runs if run.preset).most_common(1)[0][1] == 1
        wait_for(lambda: not self.workers(), 10)


@contextlib.contextmanager
def no_process_left(sweeps: Sweeps) -> Iterator[None]:
    """Whatever a test leaves running is killed."""
    try:
        yield
    finally:
        for launcher in sweeps.started:
            launcher.kill()
            launcher.wait()
            if launcher.stdout is not None:
                launcher.stdout.close()
        for process in sweeps.workers():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
