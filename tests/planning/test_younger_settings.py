"""Draws and patience: what planning makes of them, and that a study which began without them goes on without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study
from optsweep.database.urls import storage_url
from optsweep.planning.differences import differences
from optsweep.planning.draws import with_draws
from optsweep.planning.plan import plan_study
from optsweep.results.attributes import StudyAttributes, TrainingSize, Weights
from optsweep.results.repetition import DataUse, Repetition, data_use, said
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study
from optsweep.toml_files import read_toml
from optsweep.trainers import trainer_of
from optsweep.trainers.builtin import BuiltinTrainer
from tests.planned import DATA

SCORED = DATA.model_copy(update={"weights": Weights(validation=[100] * 500, confirmation=[100] * 500)})
STUDIES = Path(__file__).parents[2] / "studies"


def file_of(study: str = "uniref50", **sections: dict[str, Any]) -> StudyDefinition:
    values = read_toml(STUDIES / f"{study}.toml")
    for name, section in sections.items():
        values[name] = {**values.get(name, {}), **section}  # type: ignore[dict-item]
    return parse_study(values, study, "it")


def plan(definition: StudyDefinition, folder: Path, name: str = "study") -> Study:
    storage = open_storage(storage_url(f"sqlite:///{folder / 'x.db'}"), create=True)
    return plan_study(storage, name, definition, SCORED, command=["optsweep"])[0]


@pytest.mark.parametrize(
    ("study", "scored", "expected"),
    [("uniref50", 500, 4), ("uniref50", 2500, 2), ("uniref50", 10_000, 1), ("demo", 500, 1), ("demo", None, 1)],
)
def test_auto_is_as_many_draws_as_cost_under_two_per_cent_of_a_sampled_run(
    study: str, scored: int | None, expected: int
) -> None:
    found = with_draws(load_study(study), scored)
    assert isinstance(found, BuiltinStudy)
    assert found.evaluation.draws == expected
    given = with_draws(file_of(study, evaluation={"draws": 3}), scored)
    assert isinstance(given, BuiltinStudy)
    assert given.evaluation.draws == 3


def test_the_number_is_stored_and_stays_whatever_auto_would_be_now(tmp_path: Path) -> None:
    definition = load_study("uniref50")
    begun = plan(definition, tmp_path)
    assert isinstance(begun.definition, BuiltinStudy)
    assert begun.definition.evaluation.draws == 4
    again = with_draws(definition.planned_like(begun.definition), 100_000)
    assert differences("study", begun.attributes(), again) == []
    other = file_of(evaluation={"draws": 2}).planned_like(begun.definition)
    assert differences("study", begun.attributes(), other) == ["evaluation.draws was 4, is 2"]
    config = trainer_of(begun.definition).resolve(begun.definition.presets[0].parameters, preset="small_fast", seed=1)
    assert config.model_dump()["evaluation"]["draws"] == 4


def test_a_study_that_began_before_them_has_one_draw_and_no_patience(tmp_path: Path) -> None:
    stored = dict(plan(load_study("demo"), tmp_path).attributes().definition or {})
    settings = dict(stored["settings"])  # type: ignore[arg-type]
    del stored["evaluation"], settings["patience"]
    begun = StudyDefinition.model_validate({**stored, "settings": settings})
    attributes = StudyAttributes(definition={**stored, "settings": settings})
    resumed = load_study("demo").planned_like(begun)
    assert differences("study", attributes, resumed) == []
    config = trainer_of(resumed).resolve(resumed.presets[0].parameters, preset="small_fast", seed=1).model_dump()
    assert (config["training"]["patience"], config["evaluation"]["draws"]) == (False, 1)
    # A new version's study that was told to have none keeps to that too, and says so if the file has changed.
    told = plan(file_of("demo", settings={"patience": False}), tmp_path, "told")
    changed = load_study("demo").planned_like(told.definition)
    assert differences("told", told.attributes(), changed) == ["settings.patience was False, is True"]


def test_runs_of_a_new_sweep_have_patience_presets_too_and_full_ones_have_not() -> None:
    definition = load_study("uniref50")
    assert isinstance(definition, BuiltinStudy)
    trainer = BuiltinTrainer(definition)
    for preset in definition.presets:
        given = {"preset": preset.name, "seed": 1}
        assert trainer.resolve(preset.parameters, **given).training.patience  # type: ignore[arg-type]
        assert not trainer.full(preset.parameters, **given).training.patience  # type: ignore[arg-type]


def use(definition: StudyDefinition, *, source: int = 1_000_000) -> DataUse:
    found = data_use(definition, TrainingSize(sequences=9000, residues=1_800_000), "data/x.pt", source)
    assert found is not None
    return found


def test_runs_that_will_see_their_data_too_often_are_warned_of_with_what_to_type() -> None:
    often = use(load_study("uniref50"))
    assert often.sampled == pytest.approx(426.7, abs=0.1)
    warning, way_out = said(often)
    assert warning.startswith(
        "Warning: 9,000 training sequences: a sampled run sees each 427 times, presets 356 to 711"
    )
    assert "[data] sequences = 640000; or shorter runs" in way_out
    assert "[budget] scale = 0.014" in way_out
    assert use(file_of(budget={"scale": 0.014})).warning() == []
    assert '[data] sequences = "all" (about 99,000)' in use(load_study("uniref50"), source=100_000).warning()[1]
    for fewer in ({"settings": {"num_training": 150}}, {"data": {"sequences": 150}}):
        # The smallest number that is enough, found from the longest run's epochs.
        assert "[data] sequences = 640; or" in use(file_of("demo", budget={"sequences": 6400}, **fewer)).warning()[1]
    hardly = use(file_of("uniref50", budget={"scale": 0.0145})).warning()
    assert "[data] sequences = 11000" in hardly[1], "9,300 would be the subset's 9,000, as it is"
    too_few = use(load_study("uniref50"), source=10_000).warning()[1]
    assert "a corpus of about 640,000 sequences as --data, with [data] sequences = 640000" in too_few
    (line,) = said(use(file_of("demo", budget={"sequences": 3600})))
    assert line.startswith("9,000 training sequences: a sampled run sees each 0.4 times, presets 0.")
    assert often.document()["warning"]
    assert use(load_study("demo")).document()["warning"] is None


def test_parameters_are_counted_beside_the_residues_that_a_run_trains_on() -> None:
    size = TrainingSize(sequences=9000, residues=1_800_000)
    definition = load_study("demo")
    whole = trainer_of(definition).resolve(definition.presets[0].parameters, preset="small_fast", seed=1)
    few = whole.model_copy(update={"data": whole.data.model_copy(update={"num_sequences": 150})})  # type: ignore[union-attr]
    on_all, on_few = Repetition.of(whole, size), Repetition.of(few, size)
    assert on_all is not None
    assert on_few is not None
    assert on_few.epochs == pytest.approx(60 * on_all.epochs)
    assert on_few.parameters_per_residue == pytest.approx(60 * on_all.parameters_per_residue)
