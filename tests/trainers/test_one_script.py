"""Whatever is killed or stopped: there is never a second script in a run's folder, nor anything left of the first."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from optsweep import cli
from optsweep.database.connection import open_storage
from optsweep.database.open_study import open_study
from optsweep.database.subset_copy import recorded_data
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE
from optsweep.machine.process import uptime
from optsweep.study.commands import commands_digest
from optsweep.trainers import run_lock
from optsweep.trainers.trainer import PlaceInUse
from optsweep.workers.protocol import Leaving, WorkerOrder
from optsweep.workers.work import work
from tests.fakes.family import KINDS
from tests.sweeps import REPOSITORY, Sweeps, no_process_left, wait_for
from tests.trainers.script_run import ScriptRun

FAMILY = Path(__file__).parents[1] / "fakes" / "family.py"
WORKER = """
import os, sys, time
from pathlib import Path
from optsweep.machine.process import uptime
from optsweep.trainers.process import ScriptProcess
from optsweep.trainers.run_lock import hold
folder, ends = Path(sys.argv[1]), uptime() + float(sys.argv[2])
ScriptProcess(sys.argv[3:], os.environ, folder / "log_stdout.txt", hold(folder), lambda: ends)
time.sleep(600)
"""


@dataclass
class Family:
    """The script's family in one work folder."""

    work: Path

    def lines(self) -> list[list[str]]:
        path = self.work / "alive.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.split() for line in lines if len(line.split()) == 4]

    def living(self) -> dict[str, psutil.Process]:
        """All of it that lives, by name."""
        found = {}
        for _, name, pid, _ in self.lines():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(int(pid))
                if process.status() != psutil.STATUS_ZOMBIE:
                    found[name] = process
        return found

    def check_one_after_the_other(self) -> None:
        """No process of one generation noted anything once one of the next had."""
        lines = self.lines()
        generations = list(dict.fromkeys(line[0] for line in lines))
        assert len(generations) == 2
        last = max(float(line[3]) for line in lines if line[0] == generations[0])
        first = min(float(line[3]) for line in lines if line[0] == generations[1])
        assert last < first, f"for {last - first:.2f} s there were two"
        assert not self.living()


@dataclass
class Generation(Family):
    """With its worker, and the guard of its script."""

    worker: subprocess.Popen[bytes]

    @property
    def guard(self) -> psutil.Process:
        return psutil.Process(self.worker.pid).children()[0]


@pytest.fixture(params=["a script", "a shell around it"])
def generation(request: pytest.FixtureRequest, script_run: ScriptRun) -> Iterator[Generation]:
    with started(script_run, 600, shell=request.param == "a shell around it") as begun:
        yield begun


@contextlib.contextmanager
def started(script_run: ScriptRun, seconds: float, shell: bool = False) -> Iterator[Generation]:
    """A family in the run's folder, whose worker may be silent for so many seconds."""
    script_run.work.mkdir(parents=True)
    family = [sys.executable, str(FAMILY), f"--dir={script_run.work}"]
    script = ["sh", "-c", '"$@"; true', "sh", *family] if shell else family
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(script_run.directory), str(seconds), *script],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    begun = Generation(script_run.work, worker)
    try:
        wait_for(lambda: len(begun.living()) == len(KINDS))
        yield begun
    finally:
        worker.kill()
        worker.wait()
        for process in begun.living().values():
            process.kill()


def test_r9_nothing_that_outlives_worker_and_guard_works_beside_the_successor(
    script_run: ScriptRun, generation: Generation
) -> None:
    guard = generation.guard
    generation.worker.send_signal(signal.SIGSTOP)
    guard.kill()
    generation.worker.kill()
    generation.worker.wait()
    script_run.options = {"command": ["python", str(FAMILY), "--dir={dir}", "{flags}"]}
    assert script_run.train().outcome == "complete"
    generation.check_one_after_the_other()


def test_r9_a_script_dies_with_its_killed_guard_and_worker(script_run: ScriptRun) -> None:
    with started(script_run, 600) as begun:
        guard = begun.guard
        begun.worker.send_signal(signal.SIGSTOP)
        guard.kill()
        wait_for(lambda: "script" not in begun.living(), 5)


@pytest.mark.heavy
def test_r9_a_stopped_worker_is_outlived_by_its_script_no_longer_than_its_lease(script_run: ScriptRun) -> None:
    with started(script_run, 3) as begun:
        began = uptime()
        begun.worker.send_signal(signal.SIGSTOP)
        wait_for(lambda: not begun.living(), 10)
        assert uptime() - began < 5
        log = script_run.directory / "log_stdout.txt"
        wait_for(lambda: "the worker was silent for so long" in log.read_text(), 5)


@pytest.mark.heavy
def test_r9_a_tree_that_was_stopped_as_a_whole_is_ended_when_it_goes_on(script_run: ScriptRun) -> None:
    with started(script_run, 3) as begun:
        stopped = [begun.guard, *begun.living().values()]
        ends = uptime() + 3
        begun.worker.send_signal(signal.SIGSTOP)
        for process in stopped:
            process.suspend()
        wait_for(lambda: uptime() > ends, 10)
        assert len(begun.living()) == len(KINDS)
        for process in stopped:
            process.resume()
        wait_for(lambda: not begun.living(), 2)


def test_r9_a_folder_in_use_that_cannot_be_freed_from_here_gets_no_second_script(
    script_run: ScriptRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder of the lock is this process itself, which is not killed: like one of another host."""
    monkeypatch.setattr(run_lock, "WAIT_SECONDS", 0.2)
    script_run.directory.mkdir(parents=True)
    with (script_run.directory / run_lock.LOCK_FILE).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(PlaceInUse, match=r"a process of another host or user still works in .*a run for an"):
            script_run.train()
    assert not script_run.work.exists()
    assert script_run.train().outcome == "complete"


STUDY = f"""
[study]
type = "random"
trials = 0

[trainer]
command = ["python", '{FAMILY}', "--dir={{dir}}", "{{flags}}"]

[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "valid.loss"
total = 6

[space]
lr = {{ low = 0.01, high = 1.0 }}

[[preset]]
name = "usual"
lr = 0.1
"""


@pytest.fixture
def sweeps(workplace: Path) -> Iterator[Sweeps]:
    (workplace / "mine.toml").write_text(STUDY)
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db")
    with no_process_left(sweeps):
        yield sweeps


@pytest.mark.heavy
def test_r9_the_same_command_after_kill_9_of_everything_of_ours(sweeps: Sweeps) -> None:
    """As `pkill -9 -f optsweep` would do it, where the script is called something else."""
    first = sweeps.start("mine.toml", "--cpu-workers", "1")
    family = Family(sweeps.folder / "studies/study/runs/usual/work")
    wait_for(lambda: len(family.living()) == len(KINDS))
    ours = [psutil.Process(first.pid), *psutil.Process(first.pid).children(recursive=True)]
    relatives = {process.pid for process in family.living().values()}
    ours = [process for process in ours if process.pid not in relatives]
    assert len(ours) == 3, "launcher, worker, guard"
    for process in ours:
        process.suspend()
    for process in ours:
        process.kill()
    code, output = sweeps.run("mine.toml", "--cpu-workers", "1")
    assert code == EXIT_DONE, output
    family.check_one_after_the_other()
    sweeps.check_exact(1)


@pytest.mark.heavy
def test_r9_a_worker_that_was_stopped_beyond_its_lease_goes_on_with_a_new_script(
    sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_LEASE_SECONDS", "10")
    launcher = sweeps.start("mine.toml", "--cpu-workers", "1")
    family = Family(sweeps.folder / "studies/study/runs/usual/work")
    wait_for(lambda: len(family.living()) == len(KINDS))
    (worker,) = sweeps.workers()
    worker.suspend()
    stopped = uptime()
    wait_for(lambda: not family.living(), 15)
    assert uptime() - stopped < 10, "it lived when another host might have taken the run"
    wait_for(lambda: uptime() - stopped > 10.5, 15)
    worker.resume()
    output, _ = launcher.communicate(timeout=60)
    assert launcher.returncode == EXIT_DONE, output
    family.check_one_after_the_other()
    sweeps.check_exact(1)


def test_r9_a_run_whose_folder_cannot_be_freed_goes_back_to_the_queue_and_says_so(
    sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_lock, "WAIT_SECONDS", 0.01)
    monkeypatch.setenv("OPTSWEEP_STORAGE", sweeps.url)
    assert cli.run(["sweep", "mine.toml", "--name", "study", "--no-launch"]) == EXIT_DONE
    run = sweeps.folder / "studies/study/runs/usual"
    run.mkdir(parents=True)
    study = open_study(open_storage(storage_url(None)), "study")
    agreed = commands_digest(study.definition, notifies=False)
    order = WorkerOrder("study", "CPU worker 1", ["lock"], "cpu", 1, 0, str(recorded_data(study)), agreed=agreed)
    with (run / run_lock.LOCK_FILE).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert work(order, Leaving()) == EXIT_DONE
    study.storage.close()
    assert not (run / "work").exists()
    capfd.readouterr()
    assert cli.run(["show", "usual", "--name", "study"]) == EXIT_DONE
    history = capfd.readouterr().out
    assert "failed 20 times, by interruptions, in a row without a new checkpoint: a process of another host" in history
