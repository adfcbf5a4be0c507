"""What `optsweep show RUN` prints of a history."""

from __future__ import annotations

from optsweep.results.records import RunEvent, RunRecord
from optsweep.views.status import NOTHING, history_lines
from tests.snapshots import make_run, make_snapshot, trust_of

TIME = 1_795_661_257.0


def lines(run: RunRecord, events: list[RunEvent], *others: RunRecord) -> list[str]:
    snapshot = make_snapshot([run, *others])
    place = next(one for one in trust_of(snapshot).ranking if one.run is run)
    return history_lines(place, snapshot, events)


def test_a_history_is_one_line_an_event() -> None:
    events = [
        RunEvent(TIME, "planned", 3, None, None, None),
        RunEvent(TIME + 1, "claimed", 3, "CPU worker 0", "ant", "attempt 1"),
        RunEvent(TIME + 2, "reclaimed", 3, "CPU worker 0", "ant", "the worker was killed by SIGKILL"),
        RunEvent(TIME + 3, "claimed", 3, "CPU worker 1 of bee, job 7", "bee", "attempt 2"),
        RunEvent(TIME + 4, "pruned", 3, "CPU worker 1 of bee, job 7", "bee", "pruned at 40 %: 2.91 > 2.84\x1b[2J"),
    ]
    assert lines(make_run("tpe-001", state="pruned", attempts=2), events) == [
        "tpe-001: pruned, 2 attempts",
        "without a rank: 2.8500 nats per residue, 240 GPU-seconds, 1,280,000 sequences",
        "2026-11-26 02:47:37 UTC                              planned",
        "2026-11-26 02:47:38 UTC  CPU worker 0 on ant         claimed: attempt 1",
        "2026-11-26 02:47:39 UTC  CPU worker 0 on ant         died, and its run was handed back: "
        "the worker was killed by SIGKILL",
        "2026-11-26 02:47:40 UTC  CPU worker 1 of bee, job 7  claimed: attempt 2",
        "2026-11-26 02:47:41 UTC  CPU worker 1 of bee, job 7  pruned at 40 %: 2.91 > 2.84",
    ]


def test_a_run_without_a_history_says_so() -> None:
    assert lines(make_run("tpe-001", state="waiting", attempts=1), []) == [
        "tpe-001: waiting, 1 attempt",
        "without a rank: no value yet, 0 seconds, 0 sequences",
        NOTHING,
    ]


def test_a_run_with_a_rank_has_its_row_of_the_ranking_above_its_history() -> None:
    better = make_run("better", "complete", value=2.84)
    assert lines(make_run("tpe-001", "complete"), [], better)[1] == (
        "rank 2 of 2: 2.8500 nats per residue, 600 GPU-seconds, 3,200,000 sequences"
    )
