"""A short chaos drill on each kind of database, and what its judge sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.evidence import overlaps, recovery_seconds, stretches
from tests.chaos.strikes import PROCESSES, SCRIPTS, SERVERS, draw_strikes
from tests.chaos.suite import chaos, chaos_of_scripts
from tests.databases import KINDS
from tests.fakes.training import COMPUTED

STRIKES = 13
"""One of each kind."""


def write_run(folder: Path, lines: list[str]) -> Path:
    run = folder / "small_fast"
    run.mkdir(exist_ok=True)
    (run / COMPUTED).write_text("".join(f"{line}\n" for line in lines))
    return folder


def test_iterations_computed_again_and_the_time_to_recover_are_seen(tmp_path: Path) -> None:
    history = stretches(write_run(tmp_path, ["1 7.1 10.0", "2 7.1 11.0", "3 7.1 12.0", "2 8.1 15.0", "3 8.1 16.0"]))
    (run,) = history
    assert [stretch.again for stretch in run] == [0, 2]
    assert overlaps(run) == 0
    assert recovery_seconds(run, {7}, killed=12.5) == pytest.approx(2.5)
    assert recovery_seconds(run, {8}, killed=12.5) is None


def test_two_processes_at_one_run_are_seen(tmp_path: Path) -> None:
    (run,) = stretches(write_run(tmp_path, ["1 7.1 1.0", "1 8.1 1.1", "2 7.1 2.0"]))
    assert overlaps(run) == 1


def test_a_process_that_was_stopped_may_end_the_iteration_that_it_was_at_and_no_more(tmp_path: Path) -> None:
    (run,) = stretches(write_run(tmp_path, ["1 7.1 1.0", "1 8.1 9.0", "2 7.1 9.1", "2 8.1 9.2"]))
    assert overlaps(run) == 2
    assert overlaps(run, {7}) == 0
    (run,) = stretches(write_run(tmp_path, ["1 7.1 1.0", "1 8.1 9.0", "2 7.1 9.1", "2 8.1 9.2", "3 7.1 9.2"]))
    assert overlaps(run, {7}) == 1


def test_the_same_seed_kills_the_same() -> None:
    assert draw_strikes(3, 50, PROCESSES) == draw_strikes(3, 50, PROCESSES) != draw_strikes(4, 50, PROCESSES)
    everything = PROCESSES | SERVERS | SCRIPTS
    assert {strike.targets for strike in draw_strikes(3, 50, everything)} == everything.keys()


@pytest.mark.heavy
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
def test_chaos(kind: str, tmp_path: Path) -> None:
    verdict, problems = chaos(kind, 1, STRIKES, tmp_path, iteration_seconds=0.005)
    assert verdict.holds, verdict
    assert not problems


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_chaos_of_scripts(tmp_path: Path) -> None:
    verdict, problems = chaos_of_scripts("sqlite", 1, len(PROCESSES | SCRIPTS), tmp_path, iteration_seconds=0.005)
    assert verdict.holds, verdict
    assert not problems
