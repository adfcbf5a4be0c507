"""Whether a run still fits into the time that is left, and what SLURM is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.sweep.expected import expected_seconds
from optsweep.sweep.records import RunRecord
from optsweep.sweep.slurm import Allocation, parse_time, script
from tests.report.conftest import make_run, make_snapshot


def expected(run: RunRecord, *finished: RunRecord) -> float | None:
    return expected_seconds(make_snapshot([*finished, run]), run)


def test_nobody_can_tell_before_a_run_has_finished() -> None:
    assert expected(make_run("random-001", "waiting", source="random")) is None


def test_a_run_that_nobody_has_begun_takes_as_long_as_others_do_to_their_end() -> None:
    done = make_run("random-001", "complete", source="random", preset=None, seconds=60.0, progress=1.0, config={})
    cut = make_run("random-002", "pruned", source="random", preset=None, seconds=20.0, progress=0.5, config={})
    next_one = make_run("random-003", "waiting", source="random", preset=None, progress=0.0, config={})
    assert expected(next_one, done, cut) == pytest.approx(50)


def test_of_a_run_that_was_interrupted_only_the_rest_counts() -> None:
    done = make_run("random-001", "complete", source="random", preset=None, seconds=60.0, progress=1.0, config={})
    begun = make_run("random-002", "waiting", source="random", preset=None, progress=0.75, config={})
    assert expected(begun, done) == pytest.approx(15)


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
    with pytest.raises(ConfigError, match="no time limit"):
        parse_time(text)


def test_the_script_asks_for_what_was_given() -> None:
    pytest.importorskip("submitit")
    wanted: dict[str, Any] = {"nodes": 3, "gpus_per_node": 4, "minutes": 120, "partition": "a100"}
    lines = script("mine", Allocation(**wanted)).splitlines()
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
