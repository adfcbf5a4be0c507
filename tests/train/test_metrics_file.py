"""What a killed writer, or anybody else, may have left in metrics.jsonl."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep.train.report import read_metrics


def test_without_a_file_there_are_no_lines(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "metrics.jsonl") == []


HALF = '{"step": 9, "val_nel'


@pytest.mark.parametrize(
    ("rest", "steps"),
    [
        (HALF, [1]),
        (HALF + '\n{"step": 3, "value": 1.5}', [1, 3]),
        ("[1, 2]\n7\nnull\n\n", [1]),
        ('{"value": 1}\n', [1]),
    ],
)
def test_only_whole_lines_with_a_step_count(tmp_path: Path, rest: str, steps: list[int]) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "train_loss": 2.5}\n' + rest)
    assert [line["step"] for line in read_metrics(path)] == steps


def test_bytes_that_are_no_text_spoil_only_their_line(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1}\n\xff\xfe\x00{\n{"step": 2}\n')
    assert [line["step"] for line in read_metrics(path)] == [1, 2]


def test_values_that_are_not_finite_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "train_loss": NaN, "lr": 0.1}\n{"step": 2, "value": Infinity, "index": null}\n')
    assert read_metrics(path, finite=True) == [{"step": 1, "lr": 0.1}, {"step": 2, "index": None}]
    assert str(read_metrics(path)[0]["train_loss"]) == "nan"
