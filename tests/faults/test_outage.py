"""The database goes away in mid-run and comes back: nothing is lost, nobody dies, training goes on meanwhile."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from tests.faults.small_study import INTERVAL, SWEEP, Command
from tests.servers import PrivateServer, private_server
from tests.sweeps import Sweeps, no_process_left, wait_for

OUTAGES = [
    ("postgresql", 5),
    pytest.param("mariadb", 5, marks=pytest.mark.heavy),
    pytest.param("postgresql", 60, marks=[pytest.mark.heavy, pytest.mark.timeout(500)]),
    pytest.param("mariadb", 60, marks=[pytest.mark.heavy, pytest.mark.timeout(500)]),
]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[PrivateServer]:
    with private_server(request.param) as server:
        yield server


@pytest.fixture
def on_server(place: Path, server: PrivateServer) -> Iterator[Sweeps]:
    sweeps = Sweeps(place, server.url)
    with no_process_left(sweeps):
        yield sweeps


@pytest.mark.heavy
@pytest.mark.parametrize(("server", "seconds"), OUTAGES, indirect=["server"])
def test_an_outage_costs_no_run_and_no_worker(on_server: Sweeps, server: PrivateServer, seconds: int) -> None:
    """One worker is killed meanwhile: its successor waits for the database as well."""
    sweeps = on_server
    sweeps.iteration_seconds = 0.01 * seconds
    process = sweeps.start(*SWEEP, "1")
    wait_for(lambda: sweeps.num_computed() > 30)
    survivor, victim = sweeps.workers()
    server.kill()
    away = time.monotonic()
    before = sweeps.num_computed()
    victim.send_signal(signal.SIGKILL)
    wait_for(lambda: sweeps.num_computed() > before + 10)
    wait_for(lambda: time.monotonic() > away + seconds, seconds + 10)
    assert survivor.is_running()
    server.start()
    wait_for(lambda: sweeps.count("running") == 2)
    assert survivor in sweeps.workers()
    sweeps.hurry()
    output, _ = process.communicate(timeout=400)
    assert process.returncode == EXIT_DONE, output
    assert "no answer from the database, trying again" in output
    assert "Traceback" not in output
    sweeps.check_exact(4)
    repeated = [sum(times - 1 for times in count.values()) for count in sweeps.computed().values()]
    assert max(repeated) <= INTERVAL  # the victim's run
    assert sum(number > 0 for number in repeated) <= 1


@pytest.mark.heavy
@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
def test_who_is_asked_to_leave_while_the_database_is_away_leaves_in_time_and_nothing_is_lost(
    on_server: Sweeps, server: PrivateServer
) -> None:
    sweeps = on_server
    sweeps.iteration_seconds = 0.05
    process = sweeps.start(*SWEEP, "1")
    wait_for(lambda: sweeps.num_computed() > 30)
    server.kill()
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert time.monotonic() - asked < 30
    assert process.returncode == EXIT_INTERRUPTED, output
    assert "error: no answer from the database" in output
    assert "Traceback" not in output
    assert not sweeps.workers()
    server.start()
    sweeps.iteration_seconds = 0.001
    code, output = sweeps.run(*SWEEP, "1")
    assert code == EXIT_DONE, output
    sweeps.check_exact(4)
    assert all(set(count.values()) == {1} for count in sweeps.computed().values())


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_connection_that_is_refused_at_the_start_is_said_at_once(place: Path, optsweep: Command, scheme: str) -> None:
    began = time.monotonic()
    code, output = optsweep("sweep", *SWEEP, "1", "--storage", f"{scheme}://user:secret@127.0.0.1:1/none")
    assert code == EXIT_USAGE
    assert output.startswith("error: ")
    assert len(output.splitlines()) <= 3
    assert "secret" not in output
    assert time.monotonic() - began < 4
    assert not (place / "studies").exists()


WAITS_BEFORE_ITS_PREVIEW = """
import sys
from optsweep import cli
from optsweep.cli import launch as sweeping
preview = sweeping.preview_session
def waiting(session):
    print("ready", flush=True)
    sys.stdin.readline()
    return preview(session)
sweeping.preview_session = waiting
sys.exit(cli.run(sys.argv[1:]))
"""


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
@pytest.mark.heavy
def test_a_server_that_goes_away_while_a_command_begins_is_one_line(on_server: Sweeps, server: PrivateServer) -> None:
    assert on_server.run(*SWEEP, "1", "--no-launch")[0] == EXIT_DONE
    command = [sys.executable, "-c", WAITS_BEFORE_ITS_PREVIEW, "sweep", "--name", on_server.name, *SWEEP, "1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        cwd=on_server.folder,
        env=on_server.environment(),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        server.kill()
        _, said = process.communicate("\n", timeout=60)
    assert process.returncode == EXIT_INTERRUPTED, said
    assert re.fullmatch("error: no answer from the database: .*; the same command resumes\n", said)
