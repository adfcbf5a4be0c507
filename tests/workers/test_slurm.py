"""What SLURM is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.workers.slurm import Allocation, parse_time, script


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("36h", 2160),
        ("90m", 90),
        ("2d", 2880),
        ("10", 10),
        ("30:30", 31),
        ("01:30:00", 90),
        ("1-12", 2160),
        ("1-12:30", 2190),
        ("1-12:00:00", 2160),
    ],
)
def test_times_are_given_as_ours_or_as_those_of_slurm(text: str, minutes: int) -> None:
    assert parse_time(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "soon", "-5m", "1:2:3:4", "9999d"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="not a time limit"):
        parse_time(text)


def test_the_script_asks_for_what_was_given() -> None:
    wanted: dict[str, Any] = {"nodes": 3, "gpus_per_node": 4, "minutes": 120, "partition": "a100"}
    lines = script("mine", Allocation(**wanted), "").splitlines()
    for option in (
        "--array=0-2%3",
        "--nodes=1",
        "--gpus-per-node=4",
        "--time=120",
        "--partition=a100",
        "--requeue",
        "--signal=USR2@120",
        "--job-name=optsweep-mine",
    ):
        assert f"#SBATCH {option}" in lines
