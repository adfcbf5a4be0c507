from __future__ import annotations

from pathlib import Path

import pytest

from optsweep.config import TrainConfig, read_config
from optsweep.errors import ConfigError, UserError
from optsweep.results.records import StudySnapshot
from optsweep.views.summary import best_document, best_table, best_toml
from tests.snapshots import CONFIG, make_run, make_snapshot, render, trust_of


def test_the_best_config_is_read_back_equal(busy: StudySnapshot, tmp_path: Path) -> None:
    path = tmp_path / "best.toml"
    path.write_text(best_toml(busy))
    assert read_config(path) == TrainConfig.model_validate(CONFIG)


def test_the_best_config_says_that_it_is_the_sweeps_short_one(busy: StudySnapshot) -> None:
    head = best_toml(busy).splitlines()[:2]
    assert head == [
        "# small_fast of study uniref50 with the sweep's short length: 25,000 iterations",
        "# the full-length config: optsweep promote --name uniref50",
    ]


def test_the_top_runs_are_in_order(busy: StudySnapshot) -> None:
    document = best_document(busy, 5)
    assert [(run["rank"], run["run"]) for run in document["best"]] == [(1, "small_fast"), (2, "medium_rigorous")]
    assert document["best"][0]["config"] == CONFIG
    assert len(best_document(busy, 1)["best"]) == 1
    text = render(best_table(busy, trust_of(busy), 1))
    assert "small_fast" in text
    assert "medium_rigorous" not in text


def test_without_a_finished_trial_it_is_said() -> None:
    snapshot = make_snapshot([make_run("a", "pruned"), make_run("b", "failed")])
    assert "no finished trial yet" in render(best_table(snapshot, trust_of(snapshot), 1))
    assert best_document(snapshot, 1)["best"] == []
    with pytest.raises(UserError, match="no finished trial yet"):
        best_toml(snapshot)


def test_a_stored_config_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ConfigError, match="stored config of run a"):
        best_toml(make_snapshot([make_run("a", "complete", config={"model": {}})]))
