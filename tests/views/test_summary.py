from __future__ import annotations

from optsweep.results.costs import saved_seconds
from optsweep.results.records import StudySnapshot
from optsweep.views.summary import summary
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


def test_a_stopped_sweep_says_why(busy: StudySnapshot) -> None:
    assert "Stopped: stopped by the user" in render(summary(stopped(busy, "stopped by the user"), []))
