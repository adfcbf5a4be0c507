"""Files that were cut short or changed on the disk: noticed, said, and made good."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from optsweep.data.subset import subset_path
from optsweep.data.training_data import load_training_data
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, DataError
from optsweep.importing.prepare import prepare
from tests.faults.small_study import STUDY
from tests.sweeps import Sweeps, wait_for


def truncate(content: bytes) -> bytes:
    return content[: len(content) // 2]


def empty(content: bytes) -> bytes:
    return b""


def flip_a_bit(content: bytes) -> bytes:
    """In the middle of the largest part: no size, no name and no type changes."""
    damaged = bytearray(content)
    damaged[len(damaged) // 2] ^= 1
    return bytes(damaged)


Damage = Callable[[bytes], bytes]
DAMAGES = [truncate, empty, flip_a_bit]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_subset_is_not_trained_on_and_is_made_again(
    small_corpus: Path, tmp_path: Path, damage: Damage
) -> None:
    for file in small_corpus.glob("*.pt"):
        shutil.copy(file, tmp_path)
    corpus = tmp_path / "corpus.pt"
    subset = subset_path(corpus)
    whole, before = subset.read_bytes(), corpus.read_bytes()
    subset.write_bytes(damage(whole))
    with pytest.raises(DataError, match=r"corpus_sweep\.pt"):
        load_training_data(subset)
    prepared = prepare(corpus)
    assert prepared.subset.made
    assert subset.read_bytes() == whole
    assert corpus.read_bytes() == before


@pytest.mark.heavy
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_of_a_sweep_gives_way_to_the_one_before(real_sweeps: Sweeps, damage: Damage) -> None:
    sweeps, place = real_sweeps, real_sweeps.folder
    arguments = (STUDY, "--data", "data/corpus.pt", "--cpu-workers", "2", "--type", "predefined")
    process = sweeps.start(*arguments)
    checkpoints = place / "studies/study/runs/small_fast"
    wait_for(lambda: (checkpoints / "checkpoint_previous.pt").exists() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == EXIT_INTERRUPTED, output
    current = checkpoints / "checkpoint.pt"
    current.write_bytes(damage(current.read_bytes()))
    code, output = sweeps.run(*arguments)
    assert code == EXIT_DONE, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.finished_runs == 1
    log = (checkpoints / "log_stdout.txt").read_text()
    assert "checkpoint passed over" in log
    assert str(current.relative_to(place)) in log
    assert list(snapshot.runs[0].curve) == [1, 2, 3, 4]
