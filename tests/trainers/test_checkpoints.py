"""Which checkpoint a script goes on from: the newest one that is whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from optsweep.trainers.checkpoints import newest_checkpoint

NUMBERS = {"weights": torch.arange(1000.0)}


def made(path: Path, second: int) -> Path:
    """A checkpoint by its name's kind, of that time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".safetensors":
        save_file(NUMBERS, path)
    else:
        torch.save(NUMBERS, path)
    os.utime(path, (second, second))
    return path


def cut(path: Path, size: int | None = None) -> None:
    second = path.stat().st_mtime
    os.truncate(path, path.stat().st_size // 2 if size is None else size)
    os.utime(path, (second, second))


def test_the_newest_match_is_taken_wherever_it_lies(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path, "*.pt") is None
    first = made(tmp_path / "ckpt.pt", 10)
    made(tmp_path / "best.ckpt", 30)
    assert newest_checkpoint(tmp_path, "*.pt") == first
    second = made(tmp_path / "logs" / "version_1" / "ckpt.pt", 20)
    assert newest_checkpoint(tmp_path, "**/*.pt") == second
    # Of one time: by number, not letter by letter.
    later = made(tmp_path / "step-1000.pt", 40)
    made(tmp_path / "step-900.pt", 40)
    assert newest_checkpoint(tmp_path, "step-*.pt") == later


@pytest.mark.parametrize("name", ["ckpt.pt", "last.ckpt", "model.pth", "model.safetensors", "optimizer.bin"])
@pytest.mark.parametrize("size", [0, 100, None])
def test_a_file_that_a_kill_has_cut_is_passed_over(tmp_path: Path, name: str, size: int | None) -> None:
    before = made(tmp_path / "1" / name, 10)
    torn = made(tmp_path / "2" / name, 20)
    assert newest_checkpoint(tmp_path, f"*/{name}") == torn
    cut(torn, size)
    assert newest_checkpoint(tmp_path, f"*/{name}") == before
    before.unlink()
    assert newest_checkpoint(tmp_path, f"*/{name}") is None


def test_text_and_old_formats_are_taken_as_they_are(tmp_path: Path) -> None:
    old = tmp_path / "old.pt"
    torch.save(NUMBERS, old, _use_new_zipfile_serialization=False)
    assert newest_checkpoint(tmp_path, "*.pt") == old
    (tmp_path / "state.txt").write_text("step 3")
    assert newest_checkpoint(tmp_path, "*.txt") == tmp_path / "state.txt"


def test_a_folder_with_a_file_that_was_cut_or_is_missing_is_passed_over(tmp_path: Path) -> None:
    folders = [tmp_path / f"checkpoint-{number}" for number in (500, 1000)]
    for folder in folders:
        made(folder / "model.safetensors", 10)
        for name in ("optimizer.pt", "training_args.bin"):
            made(folder / name, 10)
        (folder / "trainer_state.json").write_text("{}")
        (folder / "mark").touch()
        os.utime(folder, (10, 10))
    assert newest_checkpoint(tmp_path, "checkpoint-*") == folders[1]
    (folders[1] / "trainer_state.json").unlink()
    os.utime(folders[1], (20, 20))
    assert newest_checkpoint(tmp_path, "checkpoint-*") == folders[0]
    cut(folders[0] / "optimizer.pt")
    assert newest_checkpoint(tmp_path, "checkpoint-*") is None
