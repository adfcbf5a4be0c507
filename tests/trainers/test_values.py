"""What scripts write becomes values: steps of every kind, headers in the middle, other lines, and what is not there."""

from __future__ import annotations

import json
import logging
import tomllib
from pathlib import Path
from typing import Any

import pytest

from optsweep.errors import ConfigError
from optsweep.study.direction import Direction
from optsweep.study.file import parse_study
from optsweep.study.script.metrics_table import MetricsSection
from optsweep.train.report import Evaluation
from optsweep.trainers.numbers.found import described, missing_value
from optsweep.trainers.numbers.reader import Reader
from optsweep.trainers.numbers.readers import open_reader
from optsweep.trainers.result import result
from tests.trainers.script_run import ScriptRun
from tests.trainers.test_following import course, reader

STUDY = """
[trainer]
command = ["python", "x.py", "{flags}"]
[trainer.metrics]
kind = "jsonl"
value = "v"
[space]
x = { low = 0.0, high = 1.0 }
"""


def values(told: list[Evaluation]) -> list[tuple[int, float]]:
    return list(dict.fromkeys((evaluation.step, evaluation.value) for evaluation in told))


def test_w1_nothing_that_was_told_in_an_attempt_is_thrown_away(
    script_run: ScriptRun, caplog: pytest.LogCaptureFixture
) -> None:
    followed, told = course(script_run, total=40)
    # Steps go back, and the last row, of a final test, has none.
    for row in ({"step": 10, "v": 0.9}, {"step": 30, "v": 0.2}, {"step": 20, "v": 0.3}, {"v": 0.7}):
        followed.follow(row)
    assert values(followed.history) == values(told) == [(10, 0.9), (30, 0.2), (20, 0.3), (20, 0.7)]
    lines = [json.loads(line) for line in (script_run.directory / "metrics.jsonl").read_text().split("\n")[:-1]]
    assert list(dict.fromkeys(line["value"] for line in lines)) == [0.9, 0.2, 0.3, 0.7]
    said = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert said == [
        "steps go back, from 30 to 20; all values count, in the order they came",
        "two values are of step 20, 0.3 and 0.7; both count",
    ]
    indices = [evaluation.index for evaluation in told if evaluation.index is not None]
    assert indices == sorted(set(indices)), "each point of the grid has one value"


def test_w1_what_a_killed_worker_left_unread_is_of_the_earlier_attempt(script_run: ScriptRun) -> None:
    followed, _ = course(script_run, total=40)
    rows: list[dict[str, float]] = [{"step": 10, "v": 0.9}, {"step": 20, "v": 0.3}]
    for row in rows:
        followed.follow(row)
    again, told = course(script_run, total=40)
    again.take_unread([*rows, {"v": 0.25}, {"step": 30, "v": 0.2}])
    assert told == []
    again.follow({"step": 20, "v": 0.4})  # from the checkpoint of step 10
    assert values(told) == values(again.history) == [(10, 0.9), (20, 0.4)]
    again.follow({"step": 15, "v": 0.5})
    assert values(again.history) == [(10, 0.9), (20, 0.4), (15, 0.5)]


@pytest.mark.parametrize(
    ("steps", "total", "short"),
    [
        ([1, 2], 10, "step 2 of 10"),
        ([0], 10, "step 0 of 10"),
        ([25, 50], 100, "step 50 of 100"),
        ([25, 50, 75], 100, None),  # one more evaluation would have been the last
        ([0, 1, 2], 3, None),  # epochs from 0
        ([5], 5, None),
        ([*range(1, 97)], 100, None),
        ([], 10, None),
    ],
)
def test_w4_a_run_is_short_if_more_than_one_step_is_missing(
    script_run: ScriptRun, steps: list[int], total: int, short: str | None
) -> None:
    followed, _ = course(script_run, total=total)
    for step in steps:
        followed.follow({"step": step, "v": 1 / (step + 1)})
    assert followed.steps.shortfall() == short
    # Of a script that is called again, and has nothing to do any more.
    assert course(script_run, total=total)[0].steps.shortfall() == short


def test_w6_epochs_from_0_reach_the_end_with_an_offset(script_run: ScriptRun) -> None:
    followed, told = course(script_run, total=3, step_offset=1)
    for epoch in range(3):
        followed.follow({"step": epoch, "v": 1 - epoch / 10})
    assert [(e.index, e.step, round(e.progress, 3)) for e in told] == [(1, 1, 0.333), (2, 2, 0.667), (3, 3, 1.0)]
    again, told = course(script_run, total=3, step_offset=1)
    again.take_unread([{"step": epoch, "v": 1 - epoch / 10} for epoch in range(3)])
    again.tell_untold()
    assert [e.step for e in told] == [1, 2, 3]


def test_w2_a_header_in_the_middle_is_looked_up_anew_and_other_widths_are_not_guessed_at(tmp_path: Path) -> None:
    table, path = reader(tmp_path, kind="csv", file="m.csv", value="loss"), tmp_path / "m.csv"
    path.write_text("step,loss\r\n1,0.9\r\n2,0.8\r\n")
    assert table.rows() == [{"step": 1.0, "loss": 0.9}, {"step": 2.0, "loss": 0.8}]
    with path.open("a") as file:
        file.write("step,acc,loss\n3,0.11,0.7\n4,0.12\n5,0.13,0.5,\n6,0.1,0.2,0.3\n")
    assert table.rows() == [{"step": 3.0, "acc": 0.11, "loss": 0.7}, {"step": 5.0, "acc": 0.13, "loss": 0.5}]
    assert table.found.misfits == 2
    assert "2 rows have another number of cells" in described(table.found, tmp_path)[-1]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\v", "\f", "\x1c"])
@pytest.mark.parametrize("kind", ["jsonl", "csv", "regex", "report"])
def test_w3_only_line_feeds_end_lines(tmp_path: Path, kind: str, separator: str) -> None:
    text = f"one{separator}two"
    written = {
        "jsonl": json.dumps({"sample": text, "v": 0.5}, ensure_ascii=False),
        "report": json.dumps({"sample": text, "v": 0.5}, ensure_ascii=False),
        "csv": f'sample,v\n"{text}",0.5',
        "regex": f"{text} v=0.5",
    }[kind]
    if kind == "jsonl" and separator < " ":
        written = json.dumps({"sample": text, "v": 0.5})
    options = {"csv": {"file": "m.csv"}, "regex": {"patterns": ["^one.two v=(?P<v>.+)"]}}.get(kind, {})
    place = {"csv": "m.csv", "report": "reported.jsonl"}.get(kind, "log_stdout.txt")
    if kind == "report" and separator < " ":
        written = json.dumps({"sample": text, "v": 0.5})
    (tmp_path / place).write_text(written + "\n", encoding="utf-8")
    assert reader(tmp_path, kind=kind, **options).rows() == [{"v": 0.5}]


def test_dicts_as_python_prints_them_are_rows(tmp_path: Path) -> None:
    printed = reader(tmp_path, kind="jsonl", value="eval_loss")
    lines = ["{'eval_loss': 3.1, 'epoch': 1.0, 'text': 'it\\'s nan'}", "{'eval_loss': nan}", "{'a': __import__('os')}"]
    (tmp_path / "log_stdout.txt").write_text("\n".join(lines) + "\n")
    first, second = printed.rows()
    assert first == {"eval_loss": 3.1, "epoch": 1.0}
    assert second["eval_loss"] != second["eval_loss"], "a run that diverges is seen"


def test_json_files_that_are_written_anew_are_read_whole(tmp_path: Path) -> None:
    state, path = reader(tmp_path, kind="jsonl", file="*.json"), tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"epoch": 1, "log_history": [{"step": 1, "v": 0.9}]}, indent=2))
    assert state.rows() == [{"step": 1.0, "v": 0.9}]
    path.write_text(json.dumps({"epoch": 2, "log_history": [{"step": 1, "v": 0.9}, {"step": 2, "v": 0.8}]}, indent=2))
    assert state.rows() == [{"step": 2.0, "v": 0.8}]
    path.write_text('[{"step": 1, "v": 0.5}]')
    assert state.rows() == [{"step": 1.0, "v": 0.5}]
    path.write_text('{"step": 1, "v": 0.4}\n{"step": 2, "v": 0.3}\n{"step": 3, "v"')
    assert state.rows() == [{"step": 1.0, "v": 0.4}, {"step": 2.0, "v": 0.3}]


def found(folder: Path, text: str, place: str = "log_stdout.txt", **metrics: Any) -> Reader:
    (folder / place).write_text(text)
    section = MetricsSection.model_validate({"value": "val_loss", **metrics})
    made = open_reader(section, folder, folder / "log_stdout.txt")
    made.rows(ended=True)
    return made


@pytest.mark.parametrize(
    ("text", "metrics", "words"),
    [
        (
            '{"step": 1, "val_loss_epoch": 2}\n',
            {"kind": "jsonl"},
            "in its output; its rows have: step, val_loss_epoch; did you mean val_loss_epoch?",
        ),
        ('{"val_loss": "n/a"}\n', {"kind": "jsonl"}, "it is there, but is no number: n/a"),
        ("a\n\nloss is low\n", {"kind": "jsonl"}, "none of its 2 lines is a JSON object; the nearest: "),
        (
            "begin\nepoch 3 | valid loss 2.5\nend\n",
            {"kind": "regex", "patterns": [r"^epoch (?P<step>\d+): valid loss (?P<val_loss>\S+)"]},
            "none of its 3 lines matches a pattern; the nearest: epoch 3 | valid loss 2.5",
        ),
        (
            "Train epoch 1, loss 2.5\nTest set, average loss 2.4\n",
            {
                "kind": "regex",
                "patterns": [
                    r"^Train epoch (?P<step>\d+), loss (?P<train>\S+)",
                    r"^test set, average (?P<val_loss>\S+)",
                ],
            },
            "step, train; no line matches the pattern with val_loss; the nearest: Test set, average loss 2.4",
        ),
        ("", {"kind": "jsonl", "file": "m*.jsonl"}, "in m*.jsonl: no such file is in {dir}, which holds log_stdout"),
        ("", {"kind": "report"}, "the script never called optsweep.report, which was to tell val_loss"),
    ],
)
def test_what_is_there_is_said_of_a_value_that_is_not(
    tmp_path: Path, text: str, metrics: dict[str, Any], words: str
) -> None:
    if "nearest: " in words and metrics["kind"] == "jsonl":
        metrics = {**metrics, "value": "loss"}
    assert words in missing_value(found(tmp_path, text, **metrics).found, tmp_path)


def test_a_check_says_what_matched_and_what_did_not(tmp_path: Path) -> None:
    text = "".join(json.dumps({"epoch": epoch, "val_loss": 1.0, "lr": 0.1}) + "\n" for epoch in range(3))
    made = found(tmp_path, text, kind="jsonl", step="epoch", total=3, train_loss="loss")
    lines = described(made.found, tmp_path)
    assert lines[:2] == [
        "read: log_stdout.txt (3 lines, 3 of them with numbers)",
        "numbers: epoch (3), val_loss (3), lr (3)",
    ]
    assert any("step_offset = 1" in line for line in lines)
    assert any(line.startswith("no number is called loss, which [trainer.metrics] train_loss names") for line in lines)


def test_a_step_and_a_total_that_never_come_are_told_once(
    script_run: ScriptRun, caplog: pytest.LogCaptureFixture
) -> None:
    followed, _ = course(script_run, step="epoch", total="epochs")
    for value in (0.9, 0.8):
        followed.follow({"v": value, "epocs": 3})
    assert len(caplog.records) == 1
    assert "no number is called epoch, which [trainer.metrics] step names" in caplog.text
    caplog.clear()
    other = ScriptRun(script_run.directory.with_name("other"))
    followed, _ = course(other, total="epochs")
    for step in (1, 2):
        followed.follow({"v": 1 / step, "step": step})
    assert len(caplog.records) == 1
    assert "no number is called epochs, which [trainer.metrics] total names" in caplog.text


def test_w7_the_value_of_a_run_is_its_best_its_last_or_a_mean() -> None:
    # The second evaluation passes two points of the grid.
    curve = [(1, 10, 0.9), (2, 20, 0.3), (3, 20, 0.3), (None, 30, 0.6)]
    told = [Evaluation(index, step, 0, value, 0.5, 1.0) for index, step, value in curve]
    down, up = Direction.MINIMIZE, Direction.MAXIMIZE

    def value(summary: Any, direction: Direction = down) -> tuple[float, int]:
        found = result(told, summary, direction)
        assert found is not None
        return round(found.value, 6), found.step

    assert (value("best"), value("best", up)) == ((0.3, 20), (0.9, 10))
    assert (value("last"), value({"mean of last": 2})) == ((0.6, 30), (0.45, 30))
    assert value({"mean of last": 9}) == (0.6, 30)
    assert result([], "last", down) is None


def mistakes(keys: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_study(tomllib.loads(STUDY.replace('value = "v"', f'value = "v"\n{keys}')), "mine", "mine.toml")
    return caught.value.problems if hasattr(caught.value, "problems") else str(caught.value).split("\n")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('summary = "worst"', "trainer.metrics.summary: 'worst' is none of"),
        ('summary = { "mean of last" = 0 }', 'trainer.metrics.summary: "mean of last" = 0: needs a whole number'),
        ('direction = "up"', "trainer.metrics.direction = 'up'"),
        ('maximize = true\ndirection = "minimize"', "contradict each other"),
        ("step_offset = 0.5", "trainer.metrics.step_offset = 0.5"),
        ('ends_early = "yes"', "trainer.metrics.ends_early = 'yes'"),
    ],
)
def test_a_wrong_key_is_one_mistake(keys: str, words: str) -> None:
    found = [line for line in mistakes(keys) if "trainer" in line or "contradict" in line]
    assert len(found) == 1, found
    assert words in found[0]


def test_what_a_new_file_means_is_not_what_a_stored_study_meant() -> None:
    new = parse_study(tomllib.loads(STUDY.replace('value = "v"', 'value = "v"\nmaximize = true')), "mine", "mine.toml")
    stored = MetricsSection.model_validate({"kind": "jsonl", "value": "v", "maximize": True})
    section = new.model_dump()["trainer"]["metrics"]
    assert (section["direction"], section["ends_early"]) == ("maximize", False)
    assert (stored.negates, stored.maximizes, stored.ends_early) == (True, False, None)
    assert not {"direction", "ends_early", "summary", "step_offset"} & stored.model_dump().keys()
