"""Promotion: the full-length config of a run, and what is said where there is nothing to promote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optsweep.cli.promote import chosen_runs, promote_runs
from optsweep.config import read_config, write_config
from optsweep.errors import EXIT_INTERRUPTED, UserError
from optsweep.machine.foreground import Place
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.search.sampling import RandomRuns
from optsweep.study.file import load_study
from optsweep.trainers import trainer_of
from optsweep.trust.full_run import full_config, full_run
from tests.snapshots import make_run, make_snapshot

DEFINITION = load_study("uniref50")


def trained(run: str, value: float, number: int, **values: Any) -> RunRecord:
    preset = DEFINITION.preset(run) if not run[-3:].isdigit() else None
    parameters = preset.parameters if preset else RandomRuns(DEFINITION).parameters(number)
    config = trainer_of(DEFINITION).resolve(parameters, preset=preset and preset.name, seed=11)
    return make_run(run, "complete", value=value, trial=number, parameters=parameters, config=config, **values)


def promote(
    snapshot: StudySnapshot, records: list[RunRecord], output: Path | None = None, *, start: bool = False
) -> int:
    full_runs = [full_run(snapshot, record, full_config(snapshot, record), None) for record in records]
    return promote_runs(snapshot, full_runs, output, start=start)


@pytest.fixture
def snapshot(workplace: Path) -> StudySnapshot:
    runs = [trained("curriculum_focus", 2.7, 4, index=4), trained("random-003", 2.6, 7), make_run("random-004")]
    return make_snapshot(runs, definition=DEFINITION)


def test_a_preset_gets_its_own_full_column(snapshot: StudySnapshot, capsys: pytest.CaptureFixture[str]) -> None:
    promote(snapshot, chosen_runs(snapshot, run="curriculum_focus"))
    config = read_config(Path("studies/uniref50/promoted/curriculum_focus.toml"))
    assert config.training.n_iters == 150_000
    assert (config.optim.warmup, config.curriculum.preschool_time) == (10_000, 20_000)
    assert config.training.seed == 11
    assert config.provenance["value"] == 2.7
    said = capsys.readouterr().out
    assert "150,000 iterations instead of 45,000" in said
    # 1e-4 x (about half of the iterations) x 0.01.
    assert config.optim.weight_decay == 0.01
    assert "Weight decay 0.01, as found; times the sum of lr it is 0.0227 in the sweep, 0.0757 at full length" in said


def test_the_best_sampled_run_gets_the_full_budget_with_the_same_fractions(snapshot: StudySnapshot) -> None:
    best = chosen_runs(snapshot)[0]
    assert best.run == "random-003"
    promote(snapshot, [best], Path("full.toml"))
    config = read_config(Path("full.toml"))
    batch = best.parameters["effective_batch"]
    assert config.training.n_iters == round(12_800_000 / batch)
    assert config.optim.warmup == round(best.parameters["warmup_fraction"] * config.training.n_iters)
    assert config.optim.weight_decay == best.train_config.optim.weight_decay


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"run": "nosuch"}, "no run 'nosuch'"),
        ({"trial": 99}, "no trial 99"),
        ({"run": "random-004"}, "no parameters yet"),
        ({"run": "random-003", "top": 2}, "one of the three"),
    ],
)
def test_what_cannot_be_promoted_is_said(snapshot: StudySnapshot, wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        chosen_runs(snapshot, **wanted)


def test_several_are_written_but_one_is_trained(snapshot: StudySnapshot) -> None:
    best = chosen_runs(snapshot, top=2)
    assert promote(snapshot, best) == 0
    assert len(list(Path("studies/uniref50/promoted").glob("*.toml"))) == 2
    with pytest.raises(UserError, match="promote one run"):
        promote(snapshot, best, start=True)


def test_a_training_that_has_begun_goes_on_with_its_config(
    snapshot: StudySnapshot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained_with = []

    def train(config: Path, data: Path, out: Path, place: Place) -> int:
        trained_with.append(read_config(config).training.n_iters)
        return EXIT_INTERRUPTED

    monkeypatch.setattr("optsweep.cli.promote.train_at", train)
    best = chosen_runs(snapshot)
    path = Path("studies/uniref50/promoted/random-003.toml")
    assert promote(snapshot, best, start=True) == EXIT_INTERRUPTED
    begun = read_config(path)
    begun = begun.model_copy(update={"training": begun.training.model_copy(update={"n_iters": 777_777})})
    write_config(path.with_suffix("") / "config.toml", begun)
    assert promote(snapshot, best, start=True) == EXIT_INTERRUPTED
    assert trained_with[1] == read_config(path).training.n_iters == 777_777
    assert "Goes on with the config that it began with" in capsys.readouterr().out
