"""Workers as jobs of a real SLURM (tests/slurm/cluster.py): GPUs, time limit, preemption, stop."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.driver import PRETENDED_DRIVER
from tests.servers import private_server
from tests.slurm.cluster import Cluster, private_cluster
from tests.sweeps import Sweeps, wait_for

# One SLURM is started for all of them.
pytestmark = [pytest.mark.heavy, pytest.mark.timeout(1200)]
SECONDS = 800
NVIDIA_SMI = """#!/bin/sh
for number in 0 1; do
    echo "GPU $number: Pretended (UUID: GPU-$SLURMD_NODENAME-$number)"
done
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with private_cluster() as running:
        yield running


@dataclass
class JobSweeps(Sweeps):
    """Sweeps whose workers are jobs of the test's own SLURM."""

    cluster: Cluster | None = None

    def environment(self) -> dict[str, str]:
        assert self.cluster is not None
        known = super().environment()
        pretended = {
            "PATH": f"{self.folder}:{known['PATH']}",
            "PYTHONPATH": f"{PRETENDED_DRIVER}:{known['PYTHONPATH']}",
        }
        return {**known, **self.cluster.environment, **pretended}

    def say(self, *arguments: str) -> str:
        """Run a command of optsweep's; returns what it says."""
        done = subprocess.run(
            [sys.executable, "-m", self.command, *arguments, "--name", self.name],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def plan(self, *, sampled: int) -> None:
        code, output = self.run("demo", "--type", "random", "--trials", str(sampled), "--no-launch")
        assert code == 0, output

    def submit(self, *options: str) -> str:
        """Submit; returns the job's id."""
        match = re.search(r"Submitted job (\d+) ", self.say("submit", *options))
        assert match is not None
        return match[1]

    def logs(self) -> str:
        """What the jobs said."""
        return "".join(log.read_text() for log in (self.folder / "studies/study/slurm").glob("*.out"))

    def wait_for_end(self, target: int) -> None:
        assert self.cluster is not None
        wait_for(lambda: self.count("complete") + self.count("pruned") == target, SECONDS)
        wait_for(lambda: not self.cluster.jobs(), SECONDS)
        self.check_exact(target)


@pytest.fixture
def sweeps(workplace: Path, cluster: Cluster, demo_corpus: Path) -> Iterator[JobSweeps]:
    (workplace / "nvidia-smi").write_text(NVIDIA_SMI)
    (workplace / "nvidia-smi").chmod(0o755)
    (workplace / "data").symlink_to(demo_corpus)
    with private_server("postgresql") as server:
        yield JobSweeps(workplace, server.url, cluster=cluster)
        cluster.ask("scancel", "--user=root")
        wait_for(lambda: not cluster.jobs(), SECONDS)


def test_each_gpu_of_each_node_gets_one_worker(sweeps: JobSweeps) -> None:
    sweeps.iteration_seconds = 0.02
    sweeps.plan(sampled=7)
    job = sweeps.submit("--nodes", "2", "--gpus-per-node", "2", "--time", "10m")
    wait_for(lambda: sweeps.count("running") == 4, SECONDS)
    status = sweeps.say("status")
    assert f"SLURM jobs: {job} (2 running)" in status
    sweeps.hurry()
    sweeps.wait_for_end(12)
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    workers = {run.worker for run in snapshot.runs}
    # Which element is on which node is SLURM's choice.
    assert {re.sub(r"_\d$", "", str(worker)) for worker in workers} >= {
        f"physical GPU {gpu} of {snapshot.runs[0].worker.split()[4].rstrip(',')}, job {job}" for gpu in (0, 1)
    }
    assert len(workers) == 4
    assert {f"job {job}_{element}" in str(workers) for element in (0, 1)} == {True}
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())
    assert "Starting job: " in sweeps.logs()


def test_before_the_time_limit_runs_are_handed_back_and_the_job_comes_back(sweeps: JobSweeps) -> None:
    sweeps.iteration_seconds = 0.06
    sweeps.plan(sampled=0)
    sweeps.submit("--gpus-per-node", "1", "--time", "2m")
    wait_for(lambda: "Requeued job" in sweeps.logs(), SECONDS)
    sweeps.hurry()
    sweeps.wait_for_end(5)
    assert "Requeued job" in sweeps.logs()
    # Each worker left with a checkpoint: no iteration was computed again.
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


def test_a_preempted_job_hands_its_runs_back_and_comes_back(sweeps: JobSweeps, cluster: Cluster) -> None:
    sweeps.iteration_seconds = 0.05
    sweeps.plan(sampled=0)
    sweeps.submit("--nodes", "2", "--gpus-per-node", "2", "--time", "30m")
    wait_for(lambda: sweeps.num_computed() > 100, SECONDS)
    cluster.ask("sbatch", "--partition=urgent", "--nodes=2", "--exclusive", "--output=/dev/null", "--wrap=sleep 1")
    wait_for(lambda: sweeps.count("running") == 0, SECONDS)
    sweeps.hurry()
    sweeps.wait_for_end(5)
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert any(run.attempts > 1 for run in snapshot.runs)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


def test_stop_ends_the_jobs_that_run_and_those_that_wait(sweeps: JobSweeps, cluster: Cluster) -> None:
    sweeps.iteration_seconds = 0.1
    sweeps.plan(sampled=0)
    running = sweeps.submit("--nodes", "2", "--gpus-per-node", "2", "--time", "30m")
    wait_for(lambda: sweeps.count("running") == 4, SECONDS)
    waiting = sweeps.submit("--nodes", "2", "--gpus-per-node", "2", "--time", "30m")
    wait_for(lambda: cluster.jobs().count("PENDING") == 2, SECONDS)
    said = sweeps.say("stop")
    assert f"SLURM jobs that end with it: {running}, {waiting}" in said
    wait_for(lambda: not cluster.jobs(), SECONDS)
    assert sweeps.count("running") == 0
    assert sweeps.count("waiting") == 5
