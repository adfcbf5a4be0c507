from __future__ import annotations

from dataclasses import replace

import pytest

from optsweep.results.attributes import StudyAttributes, SweepEnd
from optsweep.results.costs import saved_seconds
from optsweep.results.records import ReachedLimit, StudySnapshot
from optsweep.views.status import status_table
from optsweep.views.summary import next_commands, summary
from tests.snapshots import make_run, make_snapshot, render, stopped


def test_runs_are_ranked_and_pruned_ones_take_no_place() -> None:
    text = render(
        summary(
            make_snapshot(
                [
                    make_run("worse", "complete", value=2.86),
                    make_run("cut", "pruned", value=2.5),
                    make_run("better", "complete", value=2.84),
                ]
            ),
            [],
        )
    )
    rows = [line.split()[:2] for line in text.splitlines() if line.startswith("   ") and "preset" in line]
    assert rows == [["1", "better"], ["2", "worse"], ["-", "cut"]]


def test_the_best_configuration_can_be_read(busy: StudySnapshot) -> None:
    text = render(summary(busy, []))
    assert "Best: small_fast, 2.8412 nats per residue" in text
    assert "hidden_size 512, n_heads 8, n_blocks 6, dropout 0.1, cond_dim 128" in text
    assert "lr 0.0001, warmup 2500" in text
    assert "its last value: 2.8500" in text


def test_the_best_value_stands_beside_what_composition_alone_reaches(busy: StudySnapshot) -> None:
    text = render(summary(busy, []))
    assert "unigram entropy of the validation set 2.889: the best is 0.048 below" in text
    assert "knowing each sequence's composition 2.860: the best is 0.019 below" in text
    poor = render(summary(make_snapshot([make_run("a", "complete", value=2.9)]), []))
    assert "2.889: the best is 0.011 ABOVE" in poor


def test_costs_and_savings_are_stated_as_what_they_are(busy: StudySnapshot) -> None:
    text = render(summary(busy, []))
    assert "Wall time: 16 min 40 s" in text
    # 240 seconds for 40 % leave 360 unspent; the diverged run below would not have gone on.
    assert "Pruning: cut 1 run, saved about 6 min 00 s on the devices (an estimate" in text
    diverged = make_run("b", "pruned", reason="diverged at step 100")
    assert saved_seconds(make_snapshot([diverged])) == 0


def test_next_commands_are_not_cut_at_eighty_columns(busy: StudySnapshot) -> None:
    command = "optsweep promote --name uniref50 -o configs/full_length_training_of_the_best_run.toml --start"
    assert command in " ".join(render(summary(busy, [command]), width=80).split())


def test_without_a_complete_run_the_words_say_why() -> None:
    waiting, pruned, failed = make_run("a"), make_run("b", "pruned"), make_run("c", "failed")
    assert "No run has finished yet" in render(summary(make_snapshot([waiting]), []))
    assert "all finished runs were pruned" in render(summary(make_snapshot([pruned, failed]), []))
    assert "every run that ended failed" in render(summary(make_snapshot([failed]), []))
    # Nothing is proposed that would be refused without a best run.
    commands = [line.split()[1] for line in next_commands(make_snapshot([pruned, failed]))]
    assert commands == ["sweep", "dashboard", "report"]


def test_a_stopped_sweep_says_why(busy: StudySnapshot) -> None:
    text = render(summary(stopped(busy, "stopped by the user"), []), width=200)
    assert "No more runs are started: stopped by the user; to go on: optsweep sweep --name uniref50\n" in text


@pytest.mark.parametrize(
    ("limit", "way_on"),
    [
        (ReachedLimit("the limit of 1 GPU-hours is reached", "--max-gpu-hours 2"), " --max-gpu-hours 2"),
        (ReachedLimit("the deadline is reached", "--deadline 24h"), " --deadline 24h"),
    ],
    ids=["hours", "deadline"],
)
def test_r16_a_limit_is_said_first_and_last_and_what_lifts_it(limit: ReachedLimit, way_on: str) -> None:
    snapshot = make_snapshot([make_run("a", "complete"), make_run("b")], limit=limit)
    command = f"optsweep sweep --name uniref50{way_on}"
    text = render(summary(snapshot, next_commands(snapshot), why=limit.reason), width=200)
    *_, cost, ended, _, _, first, _ = text.splitlines()
    assert cost.startswith("Pruning")
    assert ended == f"Ended: {limit.reason}"
    assert first.strip() == f"{command}   # goes on"
    assert f"No more runs are started: {limit.reason}; to go on: {command}\n" in render(
        status_table(snapshot), width=200
    )
    # What has ended needs no more hours.
    over = make_snapshot([make_run("a", "complete")], limit=limit)
    assert limit.reason not in render(status_table(over))


def test_r16_status_says_what_ended_the_last_sweep_while_nobody_works() -> None:
    end = StudyAttributes(last_end=SweepEnd(reason="CPU worker 1 is parked: no space is left on the disk"))
    snapshot = replace(make_snapshot([make_run("a"), make_run("b", "complete")]), attributes=end)
    said = "The last sweep ended: CPU worker 1 is parked: no space is left on the disk; to go on: optsweep sweep --name"
    assert said in render(status_table(snapshot), width=200)
    at_work = replace(snapshot, runs=[make_run("a", "running")])
    assert "The last sweep ended" not in render(status_table(at_work))
