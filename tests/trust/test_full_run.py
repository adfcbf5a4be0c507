"""What goes into the full run: a measured ladder first, then the published rule for the batch, or nothing, and why."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optsweep.planning.ladder import rungs
from optsweep.results.attributes import TrainingSize
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.search.sampling import RandomRuns
from optsweep.study.file import load_study
from optsweep.trainers import trainer_of
from optsweep.trust.full_run import FullRun, full_config, full_run
from tests.snapshots import make_data, make_run, make_snapshot

DEFINITION = load_study("uniref50")
FRESH = TrainingSize(sequences=9_000_000, residues=2_000_000_000)
REPEATED = TrainingSize(sequences=9_000, residues=2_000_000)


def trained(number: int, value: float, best_at: float = 1.0) -> RunRecord:
    parameters = {**RandomRuns(DEFINITION).parameters(number), "lr": 3e-4, "effective_batch": 256}
    config = trainer_of(DEFINITION).resolve(parameters, preset=None, seed=number)
    best_step = round(best_at * config.training.n_iters)
    return make_run(
        f"random-{number:03}",
        "complete",
        value=value,
        parameters=parameters,
        config=config,
        best_step=best_step,
        sequences=config.total_sequences,
    )


def swept(training: TrainingSize | None, best_at: float = 1.0) -> StudySnapshot:
    runs = [trained(number, 2.6 + 0.01 * number, best_at) for number in range(4)]
    return make_snapshot(runs, definition=DEFINITION, data=make_data(training=training))


def decided(snapshot: StudySnapshot, ladder: StudySnapshot | None = None) -> FullRun:
    run = snapshot.ranking[0]
    return full_run(snapshot, run, full_config(snapshot, run), ladder)


def test_the_batch_is_moved_by_the_rule_and_all_else_stays() -> None:
    found = decided(swept(FRESH))
    # (12.8 M / 3.84 M) ** 0.383 is 1.586, times 256 is 406: to the next multiple of 8.
    assert (found.method, found.batch, found.lr) == ("rule", 408, 3e-4)
    assert "published rule" in found.line
    assert "not measured here" in found.line
    before, after = found.config, found.moved
    assert after.training.effective_batch == 408
    assert after.total_sequences == pytest.approx(before.total_sequences, rel=1e-3)
    assert after.optim.warmup / after.training.n_iters == pytest.approx(
        before.optim.warmup / before.training.n_iters, rel=0.01
    )
    assert after.optim.weight_decay == before.optim.weight_decay
    assert after.provenance["transfer"]["found"] == {"lr": 3e-4, "batch": 256}


@pytest.mark.parametrize(
    ("training", "best_at", "says"),
    [
        (REPEATED, 1.0, "end by overfitting 9,000 sequences (427 epochs)"),
        (FRESH, 0.5, "only 0 of the better 2 runs had their best value in the last fifth"),
    ],
)
def test_runs_that_repeat_their_data_move_nothing_and_say_why(
    training: TrainingSize, best_at: float, says: str
) -> None:
    found = decided(swept(training, best_at))
    assert found.method == "as found"
    assert says in found.line
    assert found.moved.model_dump(exclude={"provenance"}) == found.config.model_dump(exclude={"provenance"})


def ladder_of(snapshot: StudySnapshot, count: int, **values: Any) -> StudySnapshot:
    """A ladder on a made-up surface: at 3.84 M the best are lr 2e-4 and batch 300, and both grow with the length."""
    planned = rungs(snapshot, snapshot.ranking[0], [0.25, 1.0], count)
    noise = np.random.default_rng(0)

    def loss(run: Any) -> float:
        config = run.config
        octaves = math.log2(config.provenance["ladder_sequences"] / 3_840_000)
        lr = math.log2(config.optim.lr / 2e-4) - 0.2 * octaves
        batch = math.log2(config.training.effective_batch / 300) - 0.4 * octaves
        return 2.6 - 0.02 * octaves + 0.01 * (lr**2 + batch**2) + float(noise.normal(0, 0.0005))

    runs = [
        make_run(one.run, "complete", source="linked", value=loss(one), config=one.config, parameters={}, index=place)
        for place, one in enumerate(planned.runs)
    ]
    return make_snapshot(runs, definition=DEFINITION, **values)


def test_a_ladder_moves_both_also_where_the_sweep_repeats_its_data() -> None:
    snapshot = swept(REPEATED)
    found = decided(snapshot, ladder_of(snapshot, 24))
    assert found.method == "ladder"
    octaves = math.log2(12_800_000 / 3_840_000)
    assert math.log2(found.lr / 2e-4) - 0.2 * octaves == pytest.approx(0, abs=0.6)
    assert math.log2(found.batch / 300) - 0.4 * octaves == pytest.approx(0, abs=0.6)
    assert found.lr_estimate is not None
    assert found.lr_estimate.low is not None
    assert found.lr_estimate.low < found.lr < (found.lr_estimate.high or 0)
    assert "measured by your ladder of 24 runs at 2 lengths" in found.line
    assert found.moved.optim.lr == found.lr


def test_a_ladder_that_cannot_tell_leaves_the_rule_and_says_so() -> None:
    snapshot = swept(FRESH)
    few = ladder_of(snapshot, 24)
    found = decided(snapshot, make_snapshot(few.runs[:5], definition=DEFINITION))
    assert found.method == "rule"
    assert "your ladder cannot tell" in found.line


@pytest.mark.parametrize(
    ("complete", "says"), [(20, "ladder of 20 runs at 2 lengths; left out: "), (5, "; left out: ")]
)
def test_runs_of_a_ladder_that_diverged_are_counted(complete: int, says: str) -> None:
    snapshot = swept(FRESH)
    runs = ladder_of(snapshot, 24).runs
    lost = [replace(run, state="pruned", reason="diverged at 20 %") for run in runs[complete:23]]
    skipped = replace(runs[23], state="pruned", reason="skipped by the user at 40 %")
    found = decided(snapshot, make_snapshot([*runs[:complete], *lost, skipped], definition=DEFINITION))
    assert found.method == ("ladder" if complete == 20 else "rule")
    assert f"{says}{len(lost)} diverged, 1 skipped, failed or out of memory" in found.line
    assert "left out" not in decided(snapshot, make_snapshot(runs, definition=DEFINITION)).line
