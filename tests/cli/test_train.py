"""`optsweep train` as a user types it, on pretended GPUs: what is said of those that are at work, and by whom."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.machine.slot_lock import hold, host_locks
from tests.bad_input.options import CONFIG
from tests.fakes.driver import PRETENDED_DRIVER
from tests.sweeps import REPOSITORY


class Host:
    """A folder with a config and a corpus, on a machine with two GPUs that nobody else has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uuids = [f"GPU-{uuid.uuid4()}" for _ in range(2)]

    def run(self, *arguments: str, config: str = CONFIG, **environment: str) -> tuple[int, str, str]:
        (self.folder / "mine.toml").write_text(config)
        gpus = "".join(f"GPU {index}: NVIDIA H200 (UUID: {uuid})\n" for index, uuid in enumerate(self.uuids))
        done = subprocess.run(
            [sys.executable, "-m", "optsweep", *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": f"{PRETENDED_DRIVER}:{REPOSITORY}",
                "FAKE_GPUS": gpus,
                **environment,
            },
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    def train(self, *more: str, config: str = CONFIG) -> tuple[int, str, str]:
        return self.run("train", "mine.toml", "--data", "demo_sweep.pt", *more, config=config)

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def host(workplace: Path, demo_corpus: Path) -> Iterator[Host]:
    (workplace / "demo_sweep.pt").symlink_to(demo_corpus / "demo_sweep.pt")
    host = Host(workplace)
    yield host
    for name in host.uuids:
        (host_locks() / f"{name}-0.lock").unlink(missing_ok=True)


@pytest.mark.parametrize("more", [["--device", "cuda:1"], ["--gpus", "0,1"], ["--gpus", "1"]], ids=" ".join)
def test_a_gpu_that_is_held_is_refused_and_nothing_is_written(host: Host, more: list[str]) -> None:
    program = "import sys; sys.stdin.readline()"
    # Not an ancestor of the command: what that holds is the command's.
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    (lock,) = hold([host_locks() / f"{host.uuids[1]}-0.lock"])
    lock.seek(0)
    lock.truncate()
    lock.write(f"{holder.pid}\n")
    lock.flush()
    code, output, errors = host.train(*more)
    holder.communicate(b"\n")
    lock.close()
    assert (code, output) == (2, "")
    assert errors.startswith(f"error: physical GPU 1 (NVIDIA H200) is held by process {holder.pid}: a sweep's worker")
    assert "stop it" in errors
    assert host.files() == {"demo_sweep.pt", "mine.toml"}


@pytest.mark.heavy
def test_what_all_processes_fail_on_is_said_once(host: Host) -> None:
    code, output, errors = host.train("--gpus", "0,1")
    assert (code, output) == (2, ""), errors
    # The GPUs are pretended, and torch knows better.
    assert len(errors.splitlines()) == 1
    assert errors.startswith("error: device 'cuda:")


def test_more_gpus_than_sequences_in_a_step_are_refused(host: Host) -> None:
    code, _, errors = host.train("--gpus", "0,1", config=CONFIG.replace("effective_batch = 4", "effective_batch = 1"))
    assert code == 2
    assert errors == (
        "error: mine.toml: training.effective_batch = 1 is too small for 2 processes: each needs a sequence\n"
    )
    assert host.files() == {"demo_sweep.pt", "mine.toml"}


def test_on_the_cpu_nothing_is_held(host: Host) -> None:
    code, output, errors = host.train("--device", "cpu")
    assert code == 0, errors
    assert output.splitlines()[-1].startswith("Complete after 3 steps")
    assert not [name for name in host.uuids if (host_locks() / f"{name}-0.lock").exists()]
