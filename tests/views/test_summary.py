from __future__ import annotations

from dataclasses import replace

import pytest

from optsweep.results.attributes import StudyAttributes, SweepEnd
from optsweep.results.costs import saved_seconds
from optsweep.results.records import ReachedLimit, StudySnapshot
from optsweep.trust.trust import assess
from optsweep.views.html import report_html
from optsweep.views.status import status_table
from optsweep.views.summary import summary
from optsweep.views.terminal import stack
from tests.snapshots import make_run, make_snapshot, render, stopped, trust_of
from tests.trust.test_verdict import confirming, sweep_of


def told(snapshot: StudySnapshot, width: int = 120) -> str:
    return render(summary(snapshot, trust_of(snapshot)), width=width)


def test_runs_are_ranked_and_pruned_ones_take_no_place() -> None:
    runs = [("worse", "complete", 2.86), ("cut", "pruned", 2.5), ("better", "complete", 2.84)]
    text = told(make_snapshot([make_run(name, state, value=value) for name, state, value in runs]))
    rows = [line.split()[:2] for line in text.partition("─\n")[2].partition("\n\n")[0].splitlines()]
    assert rows == [["1", "better"], ["2", "worse"], ["-", "cut"]]


def test_the_verdict_stands_first_and_what_it_says_is_not_said_again(busy: StudySnapshot) -> None:
    text = told(busy)
    lines = text.splitlines()
    assert lines[0].startswith("Study uniref50: 3 of 7 runs finished")
    assert tuple(lines[1 : 1 + len(trust_of(busy).verdict.lines)]) == trust_of(busy).verdict.lines
    assert text.count("nats per residue") == 1
    assert text.count("Next:") == 1


def test_the_best_configuration_can_be_read(busy: StudySnapshot) -> None:
    text = told(busy)
    assert "Configuration of small_fast\n" in text
    assert "hidden_size 512, n_heads 8, n_blocks 6, dropout 0.1, cond_dim 128" in text
    assert "lr 0.0001, warmup 2500" in text
    assert all(line.endswith(",") for line in told(busy, width=60).splitlines() if line.startswith("  training"))
    assert "its last value: 2.8500" in text


def test_the_best_value_stands_beside_what_composition_alone_reaches(busy: StudySnapshot) -> None:
    text = told(busy)
    assert "guessing by how common each residue is: 2.889, the best is 0.048 below" in text
    assert "guessing by each sequence's own composition: 2.860, the best is 0.019 below" in text
    poor = told(make_snapshot([make_run("a", "complete", value=2.9)]))
    assert "2.889, the best is 0.011 ABOVE" in poor


def test_costs_and_savings_are_stated_as_what_they_are(busy: StudySnapshot) -> None:
    text = told(busy)
    assert "Wall time: 16 min 40 s" in text
    # 240 seconds for 40 % leave 360 unspent; the diverged run below would not have gone on.
    assert "Pruning: cut 1 run, saved about 6 min 00 s of device time (an estimate" in text
    diverged = make_run("b", "pruned", reason="diverged at step 100")
    assert saved_seconds(make_snapshot([diverged])) == 0


def test_at_eighty_columns_neither_words_nor_commands_are_broken(busy: StudySnapshot) -> None:
    stopping = stopped(busy, "a reason of so many words that the command after it has no room on its line")
    for snapshot in (busy, stopping):
        text = told(snapshot, width=80)
        assert max(map(len, text.splitlines())) <= 80
        words = set(" ".join(told(snapshot, width=1000).split()).split(" "))
        rows = [line for line in text.splitlines() if "─" not in line]
        assert {word for line in rows for word in line.split()} <= words
    command = "optsweep promote --name uniref50 -o configs/full_length.toml --start"
    broken = render(stack(f"A line of words before it, and then: {command}   # and words behind it"), width=80)
    assert any(line.strip().startswith(command) for line in broken.splitlines())


def test_a_stopped_sweep_says_why(busy: StudySnapshot) -> None:
    handed_back = replace(busy, runs=[run for run in busy.runs if run.state != "running"])
    text = told(stopped(handed_back, "stopped by the user"), width=200)
    assert "Ended: stopped by the user\nNext: optsweep sweep --name uniref50   # " in text


@pytest.mark.parametrize(
    ("limit", "way_on"),
    [
        (ReachedLimit("the limit of 1 GPU-hours is reached", "--max-gpu-hours 2"), " --max-gpu-hours 2"),
        (ReachedLimit("the deadline is reached", "--deadline 24h"), " --deadline 24h"),
    ],
    ids=["hours", "deadline"],
)
def test_r16_a_limit_is_said_at_once_and_what_lifts_it(limit: ReachedLimit, way_on: str) -> None:
    snapshot = make_snapshot([make_run("a", "complete"), make_run("b")], limit=limit)
    command = f"optsweep sweep --name uniref50{way_on}"
    status = render(status_table(snapshot, trust_of(snapshot)), width=200)
    for text in (told(snapshot, width=200), status):
        head = text.partition("─" * 20)[0]
        assert limit.reason in head
        assert f"Next: {command}   # " in head
    # What has ended needs no more hours.
    over = make_snapshot([make_run("a", "complete")], limit=limit)
    assert limit.reason not in render(status_table(over, trust_of(over)))


def test_r16_status_says_what_ended_the_last_sweep_while_nobody_works() -> None:
    end = StudyAttributes(last_end=SweepEnd(reason="CPU worker 1 is parked: no space is left on the disk"))
    snapshot = replace(make_snapshot([make_run("a"), make_run("b", "complete")]), attributes=end)
    said = "Ended: CPU worker 1 is parked: no space is left on the disk\nNext: optsweep sweep --name uniref50   # "
    assert said in render(status_table(snapshot, trust_of(snapshot)), width=200)
    at_work = replace(snapshot, runs=[make_run("a", "running")])
    assert "Ended" not in render(status_table(at_work, trust_of(at_work)))


def test_the_configuration_is_that_of_the_winner_whom_fresh_seeds_have_found() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801})
    again = confirming(sweep, {"tpe-000": (2.81, 2.811), "tpe-001": (2.79, 2.791)})
    text = render(summary(sweep.snapshot, assess(sweep, confirmed=[again])), width=200)
    assert "Winner: tpe-001" in text
    assert "Configuration of tpe-001\n" in text
    assert "Settings of tpe-001<" in report_html(sweep.snapshot, assess(sweep, confirmed=[again]))
