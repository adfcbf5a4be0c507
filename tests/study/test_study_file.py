"""Study files: finding, strict reading, overrides, and the configs that they resolve to."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from optsweep.errors import ConfigError
from optsweep.search.sampling import RandomRuns
from optsweep.study.builtin.space import Space
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study
from optsweep.train.sizes import relative_cost
from optsweep.trainers.builtin import BuiltinTrainer

STUDIES = Path(__file__).parents[2] / "studies"
PRESETS = ["small_fast", "medium_rigorous", "large_quality", "high_lr_experiment", "curriculum_focus"]
TABLE = {
    "small_fast": (25_000, 2_500, 0, 50_000, 5_000, 0),
    "medium_rigorous": (40_000, 4_000, 0, 100_000, 10_000, 0),
    "large_quality": (50_000, 5_000, 0, 200_000, 15_000, 0),
    "high_lr_experiment": (30_000, 2_000, 0, 75_000, 5_000, 0),
    "curriculum_focus": (45_000, 3_000, 6_000, 150_000, 10_000, 20_000),
}


@pytest.fixture
def uniref50() -> StudyDefinition:
    return load_study(STUDIES / "uniref50.toml")


@pytest.fixture
def contents() -> dict[str, Any]:
    return tomllib.loads((STUDIES / "uniref50.toml").read_text())


def mistakes_of(contents: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_study(contents, "mine", "mine.toml")
    return caught.value.mistakes


@pytest.mark.parametrize("name", ["uniref50", "demo"])
def test_shipped_studies_have_the_five_presets(name: str) -> None:
    definition = load_study(STUDIES / f"{name}.toml")
    assert definition.name == name
    assert [preset.name for preset in definition.presets] == PRESETS
    assert definition.study.type == "tpe"
    assert definition.study.trials == {"uniref50": 20, "demo": 7}[name]


@pytest.mark.parametrize("name", ["uniref50", "demo"])
def test_a_definition_survives_the_database(name: str) -> None:
    definition = load_study(STUDIES / f"{name}.toml")
    stored = json.dumps(definition.model_dump())
    assert json.loads(stored) == definition.model_dump()
    assert StudyDefinition.model_validate(json.loads(stored)) == definition


def test_presets_resolve_to_the_numbers_of_the_table(uniref50: StudyDefinition) -> None:
    for preset in uniref50.presets:
        short = BuiltinTrainer(uniref50).resolve(preset.parameters, preset=preset.name, seed=1)
        full = BuiltinTrainer(uniref50).full(preset.parameters, preset=preset.name, seed=1)
        found = [
            number
            for config in (short, full)
            for number in (config.training.n_iters, config.optim.warmup, config.curriculum.preschool_time)
        ]
        assert tuple(found) == TABLE[preset.name]
        assert short.curriculum.enabled == (preset.name == "curriculum_focus")
        assert short.model.hidden_size // short.model.n_heads == 64
        assert short.training.micro_batch == preset.micro_batch
        assert short.evaluation.every_sequences == 192_000
        assert full.evaluation.num_evaluations == 20


def test_the_shipped_space_is_the_default_one(uniref50: StudyDefinition) -> None:
    assert uniref50.space == Space()


def test_all_runs_of_the_demo_see_equally_many_sequences_and_the_rest_is_as_in_uniref50(
    uniref50: StudyDefinition,
) -> None:
    demo = load_study(STUDIES / "demo.toml")
    for short, long in zip(demo.presets, uniref50.presets, strict=True):
        assert short.effective_batch * 16 == long.effective_batch
        assert short.sweep.iterations * short.effective_batch == demo.budget.sequences
        assert short.full.iterations / short.sweep.iterations == long.full.iterations / long.sweep.iterations
        for column in ("sweep", "full"):
            mine, theirs = getattr(short, column), getattr(long, column)
            for phase in ("warmup", "preschool"):
                share = getattr(theirs, phase) / theirs.iterations
                assert getattr(mine, phase) == pytest.approx(share * mine.iterations)
    ratio = uniref50.budget.full_sequences / uniref50.budget.sequences
    assert demo.budget.full_sequences == pytest.approx(ratio * demo.budget.sequences)
    for index in range(20):
        config = BuiltinTrainer(demo).resolve(RandomRuns(demo).parameters(index), preset=None, seed=index)
        assert config.total_sequences == demo.budget.sequences


def test_three_sampled_runs_of_the_demo_finish_whatever_they_are_worth() -> None:
    demo = load_study(STUDIES / "demo.toml")
    assert demo.pruner.startup == len(demo.presets) + 3


def test_sampled_runs_share_the_budget_in_sequences(uniref50: StudyDefinition) -> None:
    for index in range(30):
        parameters = RandomRuns(uniref50).parameters(index)
        short = BuiltinTrainer(uniref50).resolve(parameters, preset=None, seed=index)
        full = BuiltinTrainer(uniref50).full(parameters, preset=None, seed=index)
        assert short.total_sequences == 3_840_000
        assert full.total_sequences == 12_800_000
        assert short.optim.warmup == round(parameters["warmup_fraction"] * short.training.n_iters)
        assert full.optim.warmup == round(parameters["warmup_fraction"] * full.training.n_iters)
        preschool = parameters.get("preschool_fraction", 0.0)
        assert short.curriculum.preschool_time == round(preschool * short.training.n_iters)
        assert short.model.hidden_size // short.model.n_heads == parameters["head_dim"]
        assert short.training.micro_batch == "auto"


def test_scale_shortens_everything_but_the_full_lengths(contents: dict[str, Any]) -> None:
    contents["budget"]["scale"] = 0.01
    definition = parse_study(contents, "mine", "mine.toml")
    preset = definition.preset("curriculum_focus")
    config = BuiltinTrainer(definition).resolve(preset.parameters, preset=preset.name, seed=1)
    assert (config.training.n_iters, config.optim.warmup, config.curriculum.preschool_time) == (450, 30, 60)
    assert config.evaluation.every_sequences == 1_920
    parameters = RandomRuns(definition).parameters(0)
    assert BuiltinTrainer(definition).resolve(parameters, preset=None, seed=1).total_sequences == pytest.approx(
        38_400, rel=0.01
    )
    assert BuiltinTrainer(definition).full(preset.parameters, preset=preset.name, seed=1).training.n_iters == 150_000
    notes = "\n".join(BuiltinTrainer(definition).notes)
    assert "curriculum_focus: iterations 45000 -> 450, warmup 3000 -> 30, preschool 6000 -> 60" in notes
    assert "3840000 -> 38400 sequences" in notes


def test_scaled_lengths_have_floors(contents: dict[str, Any]) -> None:
    contents["budget"]["scale"] = 1e-6
    definition = parse_study(contents, "mine", "mine.toml")
    preset = definition.preset("curriculum_focus")
    config = BuiltinTrainer(definition).resolve(preset.parameters, preset=preset.name, seed=1)
    assert (config.training.n_iters, config.optim.warmup, config.curriculum.preschool_time) == (10, 1, 1)
    assert config.evaluation.every_sequences == 1


def test_nothing_scaled_nothing_said(uniref50: StudyDefinition) -> None:
    assert BuiltinTrainer(uniref50).notes == []


def test_threads_of_the_study_file_go_before_the_workers(contents: dict[str, Any]) -> None:
    contents["settings"]["threads"] = 3
    definition = parse_study(contents, "mine", "mine.toml")
    preset = definition.presets[0]
    config = BuiltinTrainer(definition).resolve(preset.parameters, preset=preset.name, seed=1, threads=1)
    assert config.training.threads == 3


def test_the_largest_preset_costs_most(uniref50: StudyDefinition) -> None:
    cost = {
        preset.name: relative_cost(BuiltinTrainer(uniref50).resolve(preset.parameters, preset=preset.name, seed=1))
        for preset in uniref50.presets
    }
    assert max(cost, key=lambda name: cost[name]) == "large_quality"
    assert min(cost, key=lambda name: cost[name]) == "small_fast"


def test_training_seeds_differ_between_runs_and_studies() -> None:
    studies = [load_study("demo").with_overrides(seed=seed) for seed in (*range(20), 42)]
    assert len({study.seed_for(run) for study in studies for run in range(50)}) == 1050
    assert studies[-1].seed_for(0) == 1949701853


def test_every_mistake_of_a_file_is_reported_at_once(contents: dict[str, Any]) -> None:
    contents["study"]["type"] = "grid"
    contents["study"]["trails"] = 5
    contents["budget"]["sequences"] = -1
    contents["space"]["lr"] = {"low": 1e-3, "high": 1e-5}
    contents["name"] = "x"
    del contents["preset"][1]["lr"]
    contents["preset"][2]["hidden_size"] = 1000
    found = mistakes_of(contents)
    assert found[0] == "name is not a known name"
    assert "study.type = 'grid': input should be 'predefined', 'random' or 'tpe'" in found
    assert "study.trails is not a known name; did you mean trials?" in found
    assert "budget.sequences = -1: input should be greater than 0" in found
    assert "space.lr: low 0.001 is not below high 1e-05; write a fixed value without braces" in found
    assert "preset medium_rigorous: lr is missing" in found
    assert "preset large_quality: hidden_size 1000 is not divisible by n_heads 16" in found
    assert len(found) == 7


def test_presets_are_checked_against_the_space_even_where_another_section_is_wrong(contents: dict[str, Any]) -> None:
    contents["study"]["seed"] = "x"
    contents["preset"][0]["lr"] = 0.1
    assert mistakes_of(contents) == [
        "study.seed = 'x': input should be a valid integer",
        "preset small_fast: lr = 0.1 is outside 1e-05..0.001",
    ]


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"lr": 0.1}, "lr = 0.1 is outside 1e-05..0.001"),
        ({"lr": "1e-4"}, "lr = '1e-4': input should be a valid number"),
        ({"n_blocks": 6.0}, "n_blocks = 6.0: input should be a valid integer"),
        ({"n_blocks": 7}, "n_blocks = 7 is not among 6, 8, 12"),
        ({"n_heads": 32}, "head_dim = 16 is not among 32, 64, 128 (head_dim is hidden_size / n_heads)"),
        ({"learning_rate": 1.0}, "learning_rate is not a known name"),
        ({"micro_batch": 256}, "micro_batch 256 is larger than effective_batch 128"),
        ({"schedule": "linear"}, "schedule = 'linear': input should be 'loglinear' or 'cosine'"),
        (
            {"sweep": {"iterations": 100, "warmup": 50}},
            "warmup_fraction = 0.5 is outside 0.02..0.2 (warmup_fraction is sweep.warmup / sweep.iterations)",
        ),
        ({"sweep": {"iterations": 10, "warmup": 20}}, "sweep: warmup 20 is longer than iterations 10"),
        (
            {"full": {"iterations": 100, "warmup": 10, "preschool": 10}},
            "preschool must be given in both of sweep and full, or in neither",
        ),
    ],
)
def test_mistakes_of_presets(contents: dict[str, Any], change: dict[str, Any], mistake: str) -> None:
    contents["preset"][0] |= change
    assert mistakes_of(contents) == [f"preset small_fast: {mistake}"]


def test_a_preset_that_lacks_a_parameter_is_refused(contents: dict[str, Any]) -> None:
    for name in ("beta2", "grad_clip", "schedule", "sweep"):
        del contents["preset"][0][name]
    assert mistakes_of(contents) == [
        f"preset small_fast: {name} is missing" for name in ("beta2", "grad_clip", "schedule", "sweep")
    ]


def test_a_preset_name_is_used_once_and_fits_a_folder(contents: dict[str, Any]) -> None:
    contents["preset"][1]["name"] = "small_fast"
    assert mistakes_of(contents) == ["preset small_fast: the name is used twice"]
    contents["preset"][1]["name"] = "../up"
    assert mistakes_of(contents)[0].startswith("preset ../up: name = '../up'")


def test_a_whole_number_may_stand_for_a_real_one(contents: dict[str, Any]) -> None:
    contents["preset"][0]["grad_clip"] = 1
    parameters = parse_study(contents, "mine", "mine.toml").presets[0].parameters
    assert type(parameters["grad_clip"]) is float


def test_pruning_must_wait_for_the_longest_preschool(contents: dict[str, Any]) -> None:
    contents["pruner"]["warmup_fraction"] = 0.1
    assert mistakes_of(contents) == [
        "pruner.warmup_fraction = 0.1 is below 0.3, the space's longest warmup or preschool"
    ]


def test_a_small_space_must_have_enough_runs(contents: dict[str, Any]) -> None:
    contents["preset"] = contents["preset"][:1]
    first = load_study(STUDIES / "uniref50.toml").presets[0].parameters
    contents["space"] = first | {"n_blocks": {"choices": [6, 8, 12]}, "preschool_fraction": 0.1}
    few = "study.trials = 20: the space has only 3 different runs, and presets are 1 of them"
    assert mistakes_of(contents) == [few]
    contents["study"]["trials"] = 2
    definition = parse_study(contents, "mine", "mine.toml")
    blocks = {RandomRuns(definition).parameters(index)["n_blocks"] for index in range(2)}
    assert blocks == {8, 12}
    with pytest.raises(ConfigError, match="no new configuration"):
        RandomRuns(definition).parameters(2)


def test_overrides_replace_values_of_the_file(uniref50: StudyDefinition) -> None:
    changed = uniref50.with_overrides(type="random", trials=3, seed=7, pruner="none")
    assert (changed.study.type, changed.study.trials, changed.study.seed) == ("random", 3, 7)
    assert changed.pruner.kind == "none"
    assert changed.num_sampled == 3
    assert uniref50.with_overrides() == uniref50
    assert uniref50.with_overrides(type="predefined", trials=3).num_sampled == 0
    with pytest.raises(ConfigError, match=r"command line: study.trials = -1"):
        uniref50.with_overrides(trials=-1)


def test_names_and_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: dict[str, Any]) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_study("demo").study.trials == 7
    contents["study"]["trials"] = 3
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "demo.toml").write_text(tomli_w.dumps(contents))
    assert load_study("demo").study.trials == 3
    (tmp_path / "my study.toml").write_text(tomli_w.dumps(contents))
    assert load_study("my study.toml").name == "my study"
    with pytest.raises(ConfigError, match=r"study 'demmo': .*shipped are demo, .*uniref50.*; did you mean demo\?"):
        load_study("demmo")
    with pytest.raises(ConfigError, match=r"nowhere.toml: no such file"):
        load_study("nowhere.toml")
    (tmp_path / "broken.toml").write_text("[study")
    with pytest.raises(ConfigError, match="is not valid TOML"):
        load_study(tmp_path / "broken.toml")


@pytest.mark.parametrize("text", ["", "preset = 3", "preset = [3]", "study = 5\n[budget]\nsequences = 1", "space = []"])
def test_odd_files_end_in_a_message(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_study(tomllib.loads(text), "mine", "mine.toml")
    assert len(caught.value.lines) <= 3


def test_reading_a_study_file_needs_neither_torch_nor_optuna() -> None:
    code = "import sys; from optsweep.study.file import load_study; load_study('demo'); print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "'torch'" not in modules
    assert "'optuna'" not in modules


@pytest.mark.parametrize("wrong", [{"notify": {"comand": "x"}}, {"trackers": {"tensorbord": True}}])
def test_names_that_are_none_are_refused_with_the_right_one(wrong: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ConfigError, match=r"did you mean (command|tensorboard)"):
        parse_study(
            {"budget": {"sequences": 100, "full_sequences": 200}, "study": {"type": "random"}, **wrong}, "x", "x.toml"
        )
