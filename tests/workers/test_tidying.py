"""Which weights stay when runs end in a study with repeats: those of whoever leads then, and no more than needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from optuna.trial import TrialState

import tests.fakes.training as fake
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.results.folders import RunDirectory
from optsweep.workers import tidying
from tests.planned import claim, make_study

SAMPLED = 6
REPEATS = 5
FIRST_SEEDS = {f"random-00{number}": 2.5 + 0.001 * number for number in range(1, SAMPLED + 1)}


@pytest.fixture
def study(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """Six sampled runs and five repeats, three of them to choose by; the presets are far behind."""
    for name in ("has_checkpoint", "keep_ema_only", "remove_checkpoints"):
        monkeypatch.setattr(tidying, name, getattr(fake, name))
    made = make_study(f"sqlite:///{workplace}/study.db", sampled=SAMPLED + REPEATS, repeats=REPEATS)
    yield made
    made.storage.close()


def end_next(study: Study, values: dict[str, float]) -> str:
    """The next run is trained and ends, with its value of ``values`` or one that nobody repeats."""
    lease = claim(study)
    directory = RunDirectory.of(study.name, lease.run).path
    directory.mkdir(parents=True)
    (directory / fake.CHECKPOINT).touch()
    study.queue.set_attribute(lease, "config", {"trainer": "is not read here"})
    value = values.get(lease.run, 2.9)
    study.queue.finish(lease, TrialState.COMPLETE, value, outcome="complete", reason=None)
    tidying.tidy(study, lease.run)
    return lease.run


def weights(study: Study) -> set[str]:
    """Runs of which some are left, presets aside."""
    presets = {preset.name for preset in study.definition.presets}
    runs = {path.parent.name for path in RunDirectory.of(study.name, "any").path.parent.glob(f"*/{fake.EMA}")}
    assert not list(RunDirectory.of(study.name, "any").path.parent.glob(f"*/{fake.CHECKPOINT}"))
    assert presets <= runs
    return runs - presets


def leader(study: Study) -> str:
    best = read_snapshot(study).best
    assert best is not None
    return best.run


def test_a_leader_whose_weights_went_before_it_led_has_those_of_a_further_seed(study: Study) -> None:
    for _ in range(len(study.definition.presets) + SAMPLED):
        end_next(study, FIRST_SEEDS)
    assert weights(study) == {"random-001", "random-002", "random-003"}
    # Those that led were lucky once, each of them.
    repeated = [end_next(study, FIRST_SEEDS) for _ in range(3)]
    assert repeated == ["random-001-seed2", "random-002-seed2", "random-003-seed2"]
    assert leader(study) == "random-004"
    assert end_next(study, {"random-004-seed2": 2.51}) == "random-004-seed2"
    assert "random-004-seed2" in weights(study)
    assert end_next(study, {"random-004-seed3": 2.52}) == "random-004-seed3"
    assert weights(study) == {"random-004-seed2"}, "one seed's of a configuration are enough"


def test_a_leader_that_leads_to_the_end_has_the_weights_of_its_first_seed(study: Study) -> None:
    for _ in range(len(study.definition.presets) + SAMPLED):
        end_next(study, FIRST_SEEDS)
    same = {f"{run}-seed{number}": value for run, value in FIRST_SEEDS.items() for number in range(2, 7)}
    repeated = {end_next(study, same) for _ in range(REPEATS)}
    assert f"{leader(study)}-seed2" in repeated
    assert weights(study) == {"random-001", "random-002", "random-003"}


def test_a_configuration_that_its_further_seeds_put_behind_loses_its_weights(study: Study) -> None:
    for _ in range(len(study.definition.presets) + SAMPLED):
        end_next(study, FIRST_SEEDS)
    assert end_next(study, {"random-001-seed2": 3.5}) == "random-001-seed2"
    assert leader(study) != "random-001"
    assert weights(study) == {"random-002", "random-003"}, "those of the fourth went before it was among the three"
