"""A disk that is really full: one clear line, the earlier checkpoint still loads, the same command resumes."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_USAGE
from optsweep.files import disk_is_full
from optsweep.train.checkpoint import CURRENT, keep_ema_only
from optsweep.train.loop import train
from optsweep.train.report import Evaluation
from tests.faults.small_study import SWEEP, Command, full_disk
from tests.sweeps import Sweeps, no_process_left, wait_for
from tests.train.supply import Listener, make_config, make_data

Mount = Callable[[Path, str], None]


@pytest.fixture
def small_disk(tmp_path: Path, mounted: Mount) -> Path:
    folder = tmp_path / "small disk"
    mounted(folder, "size=64m")
    return folder


def test_the_earlier_checkpoint_survives(small_disk: Path) -> None:
    """Whatever meets the full disk first, a line of metrics or the next checkpoint."""
    directory = small_disk / "run"
    whole = train(make_config(), make_data(), "cpu", Listener())
    with contextlib.ExitStack() as disk:

        def fill(evaluation: Evaluation) -> bool:
            disk.enter_context(full_disk(small_disk))
            return True

        for attempt in (
            lambda: train(make_config(), make_data(), "cpu", fill, directory=directory),
            lambda: keep_ema_only(directory),
        ):
            with pytest.raises((OSError, RuntimeError)) as error:
                attempt()
            assert disk_is_full(error.value)
        assert [path.name for path in directory.glob("*.pt")] == [CURRENT]
    listener = Listener()
    again = train(make_config(), make_data(), "cpu", listener, directory=directory)
    assert [evaluation.step for evaluation in listener.heard if evaluation.restored] == [4]
    assert [evaluation.value for evaluation in again.evaluations] == [e.value for e in whole.evaluations]


@pytest.fixture
def on_small_disk(place: Path, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sweeps]:
    """Sweeps whose runs lie on the small disk, and the database elsewhere."""
    shutil.copytree(place, small_disk, dirs_exist_ok=True, symlinks=True)
    monkeypatch.chdir(small_disk)
    sweeps = Sweeps(small_disk, f"sqlite:///{tmp_path / 'study.db'}")
    with no_process_left(sweeps):
        yield sweeps


def check_goes_on(sweeps: Sweeps) -> None:
    sweeps.iteration_seconds = 0.001
    code, output = sweeps.run(*SWEEP, "1")
    assert code == EXIT_DONE, output
    sweeps.check_exact(4)


@pytest.mark.heavy
def test_workers_on_a_full_disk_hand_their_runs_back_and_are_parked(on_small_disk: Sweeps, small_disk: Path) -> None:
    sweeps = on_small_disk
    sweeps.iteration_seconds = 0.02
    process = sweeps.start(*SWEEP, "1")
    wait_for(lambda: sweeps.num_computed() > 40 or process.poll() is not None)
    with full_disk(small_disk):
        output, _ = process.communicate(timeout=100)
    assert process.returncode == EXIT_FAILED, output
    parked = [line for line in output.splitlines() if "is parked" in line]
    # Each when it was, and both once more where it is said why the sweep ended.
    assert len(parked) == 3, parked
    assert all("no space is left on the disk of studies/study; free some" in line for line in parked)
    assert "Traceback" not in output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.counts["running"] == snapshot.counts["failed"] == 0
    check_goes_on(sweeps)


@pytest.mark.heavy
def test_where_the_database_lies_on_the_full_disk_too_the_launcher_waits_for_space(
    on_small_disk: Sweeps, small_disk: Path, tmp_path: Path
) -> None:
    sweeps = on_small_disk
    sweeps.url = f"sqlite:///{small_disk / 'study.db'}"
    sweeps.iteration_seconds = 0.02
    said = tmp_path / "said.txt"
    with said.open("w") as output:
        process = sweeps.start(*SWEEP, "1", output=output)
    wait_for(lambda: sweeps.num_computed() > 40 or process.poll() is not None)
    with full_disk(small_disk):
        wait_for(lambda: "is parked: no space is left on the disk" in said.read_text())
        wait_for(lambda: "no answer from the database, trying again: database or disk is full" in said.read_text())
    process.wait(100)
    assert process.returncode in (EXIT_DONE, EXIT_FAILED)  # the other worker may have met the full disk, or not
    assert "Traceback" not in said.read_text()
    check_goes_on(sweeps)


def test_a_start_without_room_for_its_checkpoints_is_refused(
    sweeps: Sweeps, optsweep: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fifth more than the peak that a dry run tells must be free."""
    plan = ("sweep", "--name", "study", *SWEEP, "3")
    code, output = optsweep(*plan, "--dry-run", "--json")
    assert code == EXIT_DONE, output
    needed = 1.2 * json.loads(output)["peak_disk_bytes"]
    assert needed > 1e5
    usage = shutil.disk_usage(sweeps.folder)

    def with_free(size: float) -> tuple[int, str]:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=int(size)))
        return optsweep(*plan, "--no-launch")

    code, output = with_free(needed - 10)
    assert code == EXIT_USAGE
    assert "GB (checkpoints); free some" in output
    assert sweeps.snapshot() is None
    code, output = with_free(needed + 10)
    assert code == EXIT_DONE, output
