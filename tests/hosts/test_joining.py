"""Workers that join by hand: the data that they train on, and the time that their place still has."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from tests.databases import fresh_database
from tests.sweeps import Sweeps

pytestmark = pytest.mark.heavy
SECONDS = 300


def plan(sweeps: Sweeps) -> None:
    code, output = sweeps.run("demo", "--type", "predefined", "--no-launch")
    assert code == EXIT_DONE, output


def join(sweeps: Sweeps, folder: Path, *options: str, **environment: str) -> tuple[int, str]:
    """Run ``optsweep worker`` in a folder; exit code and output."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", sweeps.command, "worker", "--name", sweeps.name, *options],
        cwd=folder,
        env={**sweeps.environment(), **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout + done.stderr


def test_elsewhere_a_worker_takes_the_copy_of_the_subset_and_no_other_data(workplace: Path) -> None:
    with fresh_database("postgresql", workplace) as url:
        sweeps = Sweeps(workplace, url)
        plan(sweeps)
        for file in (workplace / "data").iterdir():
            file.unlink()
        other = make_demo(workplace / "other.pt", 3000)
        ensure_subset(other)
        code, output = join(sweeps, workplace / "host", "--data", str(other))
        assert code == EXIT_USAGE
        assert "holds other sequences than study 'study' was planned with" in output
        code, output = join(sweeps, workplace / "host")
        assert code == EXIT_DONE, output
        sweeps.check_exact(5)
        assert len(list((workplace / "host" / "data").glob("demo_sweep-*.pt"))) == 1


def test_on_sqlite_a_subset_that_is_gone_is_said(workplace: Path) -> None:
    sweeps = Sweeps(workplace, f"sqlite:///{workplace / 'study.db'}")
    plan(sweeps)
    for file in (workplace / "data").iterdir():
        file.unlink()
    code, output = join(sweeps, workplace / "host")
    assert code == EXIT_USAGE
    assert "give the corpus or the subset with --data FILE" in output


def test_where_little_time_is_left_no_second_run_is_claimed(workplace: Path) -> None:
    sweeps = Sweeps(workplace, f"sqlite:///{workplace / 'study.db'}", iteration_seconds=0.005)
    plan(sweeps)
    soon = str(int(time.time()) + 121)
    code, output = join(sweeps, workplace, SLURM_JOB_ID="7", SLURM_JOB_END_TIME=soon)
    assert code == EXIT_INTERRUPTED, output
    assert sweeps.count("complete") == 1
    assert sweeps.count("waiting") == 4
    (log,) = (path for path in (workplace / "studies/study/workers").glob("*.log") if path.name != "describe.log")
    assert "s are left here" in log.read_text()
