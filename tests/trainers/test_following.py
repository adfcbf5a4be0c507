"""Files that grow, are cut, or are written anew; rows that become evaluations; configs in a script's own format."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from optsweep.study.config_text.config_file import render
from optsweep.study.script.metrics_table import MetricsSection
from optsweep.train.report import Evaluation
from optsweep.trainers.numbers.reader import Reader
from optsweep.trainers.numbers.readers import open_reader
from optsweep.trainers.script_progress import ScriptProgress
from tests.trainers.script_run import ScriptRun

VALUES = {"optim.lr": 1e-05, "model.width": 64, "name": 'a "b"\nc', "flag": True, "new.table.x": [1, 2]}
EXPECTED = {
    "optim": {"lr": 1e-05, "betas": [0.9, 0.99]},
    "model": {"width": 64},
    "name": 'a "b"\nc',
    "flag": True,
    "new": {"table": {"x": [1, 2]}},
}


@pytest.mark.parametrize(
    ("kind", "template", "parse"),
    [
        ("toml", "name = 'x'\n[optim]\nlr = 1.0\nbetas = [0.9, 0.99]\n", tomllib.loads),
        ("yaml", "name: x\noptim: {lr: 1.0, betas: [0.9, 0.99]}\n", yaml.safe_load),
        ("json", '{"name": "x", "optim": {"lr": 1, "betas": [0.9, 0.99]}}', json.loads),
    ],
    ids=["toml", "yaml", "json"],
)
def test_values_take_their_places_in_a_template(kind: Any, template: str, parse: Any) -> None:
    assert parse(render(kind, template, VALUES)) == EXPECTED
    assert parse(render(kind, "", {"a.b": 1, "c": "x"})) == {"a": {"b": 1}, "c": "x"}


def test_a_python_file_is_overridden_at_its_end() -> None:
    names: dict[str, Any] = {}
    exec(render("py", "lr = 1\nwidth = lr + 1", {"lr": 0.5, "name": "it's", "flag": False}), names)  # noqa: S102
    assert (names["lr"], names["width"], names["name"], names["flag"]) == (0.5, 2, "it's", False)


def reader(folder: Path, **metrics: Any) -> Reader:
    return open_reader(MetricsSection.model_validate({"value": "v", **metrics}), folder, folder / "log_stdout.txt")


def test_whole_lines_are_read_once_and_a_file_written_anew_from_its_beginning(tmp_path: Path) -> None:
    lines, path = reader(tmp_path, kind="jsonl", file="*.jsonl"), tmp_path / "a.jsonl"
    assert lines.rows() == []
    path.write_text('{"v": 1, "word": "x"}\nnot JSON\n[1]\n{"v": "2.5", "in": {"s": 3}}\n{"v": 4')
    assert lines.rows() == [{"v": 1.0}, {"v": 2.5, "in.s": 3.0}]
    with path.open("a") as file:
        file.write("1}\n")
    assert lines.rows() == [{"v": 41.0}]
    assert lines.rows() == []
    path.write_text('{"v": 7}\n')
    assert lines.rows() == [{"v": 7.0}]
    with path.open("a") as file:
        file.write('{"v": 8}')
    assert lines.rows() == []
    assert lines.rows(ended=True) == [{"v": 8.0}]


def test_what_is_printed_is_matched_line_by_line_progress_bars_too(tmp_path: Path) -> None:
    printed = reader(tmp_path, kind="regex", patterns=[r"step (?P<step>\d+)", r"loss=(?P<v>\S+)"])
    (tmp_path / "log_stdout.txt").write_bytes(b"step 1 \xff\rstep 2 loss=0.5\rloss=oops\n")
    assert printed.rows() == [{"step": 1.0}, {"step": 2.0, "v": 0.5}]


def test_a_csv_file_may_get_new_columns(tmp_path: Path) -> None:
    table, path = reader(tmp_path, kind="csv", file="**/m.csv"), tmp_path / "version_0" / "m.csv"
    path.parent.mkdir()
    path.write_text("step,loss\n1,0.5\n2,0.4\n")
    assert table.rows() == [{"step": 1.0, "loss": 0.5}, {"step": 2.0, "loss": 0.4}]
    path.write_text("step,loss,v\n1,0.5,\n2,0.4,\n2,,0.9\n3")
    assert table.rows() == [{"step": 2.0, "v": 0.9}]


def course(script_run: ScriptRun, **metrics: Any) -> tuple[ScriptProgress, list[Evaluation]]:
    section = MetricsSection.model_validate({"kind": "jsonl", "value": "v", **metrics})
    config = script_run.config()
    config = config.model_copy(update={"trainer": config.trainer.model_copy(update={"metrics": section})})
    script_run.directory.mkdir(parents=True, exist_ok=True)
    told: list[Evaluation] = []

    def on_eval(evaluation: Evaluation) -> bool:
        told.append(evaluation)
        return True

    return ScriptProgress(config, script_run.directory, on_eval, None), told


def test_an_evaluation_stands_for_every_point_of_the_grid_that_it_passes(script_run: ScriptRun) -> None:
    followed, told = course(script_run, total=10)
    for step, value in [(2, 0.9), (9, 0.5), (10, 0.4)]:
        followed.follow({"step": step, "v": value})
    assert [(e.index, e.step, e.progress) for e in told] == [(None, 2, 0.2), (1, 9, 0.9), (2, 9, 0.9), (3, 10, 1.0)]


def test_without_a_total_the_number_of_evaluations_tells_how_far_it_is(script_run: ScriptRun) -> None:
    followed, told = course(script_run)
    for value in (0.9, 0.8, 0.7, 0.6):
        followed.follow({"v": value})
    assert [(e.index, e.step) for e in told] == [(1, 1), (2, 2), (3, 3), (None, 4)]


def test_what_is_to_be_high_is_negated(script_run: ScriptRun) -> None:
    followed, told = course(script_run, maximize=True, total=4)
    followed.follow({"step": 4, "v": 0.75})
    assert told[-1].value == -0.75


def test_repeated_rows_change_nothing_and_others_replace_what_came_from_there_on(script_run: ScriptRun) -> None:
    followed, _ = course(script_run, total=3)
    for step in (1, 2, 3):
        followed.follow({"step": step, "v": 1 / step})
    again, told = course(script_run, total=3)
    for row in ({"step": 1, "v": 1.0}, {"step": 2, "v": 0.5}):
        again.follow(row)
    assert told == []
    again.follow({"step": 2, "v": 0.6})
    assert [(e.step, e.value, e.restored) for e in told] == [(1, 1.0, True), (2, 0.6, False)]
    assert [e.value for e in course(script_run, total=3)[0].history] == [1.0, 0.6]
