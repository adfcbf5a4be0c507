"""One study on three hosts with addresses of their own: one is cut off for a minute and comes back, one is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.hosts.network import Host, hosts
from tests.servers import PrivateServer, private_server
from tests.sweeps import Sweeps, wait_for

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(1200)]
CUT_SECONDS = 60
SECONDS = 800
TARGET = 12


class ManyHosts(Sweeps):
    """Sweeps of one study by workers on several hosts, each with a folder of its own."""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "FAKE_LEASE_SECONDS": "20"}

    def on(self, host: Host, *command: str) -> subprocess.Popen[str]:
        """Start a command of optsweep's on a host."""
        folder = self.folder / host.name
        folder.mkdir(exist_ok=True)
        with (folder / "output.txt").open("a") as output:
            words = [sys.executable, "-m", self.command, *command, "--name", self.name]
            process = subprocess.Popen(
                [*host.entirely_inside, *words],
                cwd=folder,
                env=self.environment(),
                stdout=output,
                stderr=output,
                text=True,
            )
        self.started.append(process)
        return process

    def holders(self) -> set[str]:
        """The hosts whose workers train now."""
        snapshot = self.snapshot()
        assert snapshot is not None
        return {str(run.worker).rsplit(" ", 1)[-1] for run in snapshot.runs if run.state == "running"}

    def log(self, host: Host) -> str:
        """All that a host's workers and runs said."""
        logs = [*(self.folder / host.name).rglob("*.txt"), *(self.folder / host.name).rglob("*.log")]
        return "".join(log.read_text() for log in logs)


def test_a_study_on_three_hosts_survives_the_loss_of_one_and_a_cut_cable(workplace: Path) -> None:
    with (
        hosts("alpha", "beta", "gamma") as (alpha, beta, gamma),
        private_server("postgresql", alpha.address, alpha.inside) as server,
    ):
        _survives(workplace, server, alpha, beta, gamma)


def _survives(workplace: Path, server: PrivateServer, alpha: Host, beta: Host, gamma: Host) -> None:
    sweeps = ManyHosts(workplace, server.url, iteration_seconds=0.06)
    try:
        planned = sweeps.on(
            alpha, "sweep", "demo", "--type", "random", "--trials", "7", "--pruner", "none", "--no-launch"
        )
        assert planned.wait(SECONDS) == 0, sweeps.log(alpha)
        # The subset is in the database.
        shutil.rmtree(workplace / "alpha" / "data")
        workers = {host.name: sweeps.on(host, "worker") for host in (alpha, beta, gamma)}
        wait_for(lambda: sweeps.holders() == {"alpha", "beta", "gamma"}, SECONDS)

        gamma.cut_off()
        since = time.monotonic()
        # Nobody hears of beta's death either: a host that loses its power closes no connection.
        beta.cut_off()
        os.kill(workers["beta"].pid, signal.SIGKILL)
        assert workers["beta"].wait(SECONDS) != 0
        wait_for(lambda: sweeps.holders() <= {"alpha"}, SECONDS)
        wait_for(lambda: time.monotonic() - since > CUT_SECONDS, SECONDS)
        gamma.bring_back()
        wait_for(lambda: "gamma" in sweeps.holders(), SECONDS)
        sweeps.hurry()

        wait_for(lambda: sweeps.count("complete") == TARGET, SECONDS)
        assert workers["alpha"].wait(SECONDS) == 0, sweeps.log(alpha)
        assert workers["gamma"].wait(SECONDS) == 0, sweeps.log(gamma)
        _check(sweeps, gamma)
    finally:
        for process in sweeps.started:
            if process.poll() is None:
                process.kill()
                process.wait()


def _check(sweeps: ManyHosts, gamma: Host) -> None:
    sweeps.check_exact(TARGET)
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    # Two runs were taken over, and began anew, since these hosts share no folder.
    assert sum(run.attempts for run in snapshot.runs) >= TARGET + 2
    # What was computed on a host that lost its lease is in nobody's curve: each falls from its first point to its last.
    for run in snapshot.runs:
        assert list(run.curve) == list(range(1, len(run.curve) + 1))
        assert all(later < earlier for earlier, later in pairwise(run.curve.values()))
        assert run.progress == 1
    assert "it is left alone" in sweeps.log(gamma)
    assert len(list((sweeps.folder / "gamma" / "data").glob("demo_sweep-*.pt"))) == 1
    assert any(str(run.worker).endswith(" gamma") for run in snapshot.runs)
