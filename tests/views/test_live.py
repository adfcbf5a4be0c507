from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from optsweep.machine.load import Gauge, GpuLoad, Machine, parse_loads
from optsweep.results.records import StudySnapshot
from optsweep.views import live
from optsweep.views.live import frame, observer
from optsweep.views.terminal import sparkline
from tests.snapshots import TOTAL, make_run, make_snapshot, render, stopped

GPUS = [GpuLoad(0, 0.97, 71.2 * 2**30, 139.8 * 2**30), GpuLoad(1, 0.0, 0.0, 139.8 * 2**30)]
MACHINE = Machine(GPUS, 512e9)


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_frame_tells_all_at_every_width(busy: StudySnapshot, width: int, encoding: str) -> None:
    text = render(frame(busy, width, MACHINE), width, encoding)
    assert all(len(line) <= width for line in text.splitlines())
    for words in (
        "study uniref50",
        "3 of 7 finished, 2 running, 1 waiting, 1 failed",
        "best 2.8412 (small_fast), 0.048 below the unigram entropy",
        "physical GPU 0",
        "physical GPU 1",
        "97 % busy",
        "71.2 of 139.8 GiB",
        "0.47 GPU-hours used, about 0.10 saved by pruning, 512.0 GB of disk left",
        "curriculum_focus",
        "50 %",
        "2.870",
        "123 k",
        "tpe-003",
        "tpe-001 pruned at 40 %: 2.91 > median 2.84 of 5 runs",
        "tpe-002 failed: ValueError: no such thing",
    ):
        assert words in text, words


def test_progress_and_curve_are_drawn(busy: StudySnapshot) -> None:
    runs = [make_run("a", "running", progress=0.5, curve={3: 2.8, 1: 3.2, 2: 3.0})]
    assert "████░░░░  50 %" in render(frame(make_snapshot(runs), 80), 80)
    assert "█▅▁" in render(frame(make_snapshot(runs), 80), 80)
    assert "####....  50 %" in render(frame(make_snapshot(runs), 80), 80, "ascii")


def test_long_names_are_cut_with_an_ellipsis() -> None:
    runs = [make_run("a_very_long_name_of_a_preset_that_somebody_wrote", "running", worker="physical GPU-" + "f" * 40)]
    text = render(frame(make_snapshot(runs), 80), 80)
    assert "a_very_long_name_…" in text
    assert "physical GPU-ff…" in text


def test_a_stopped_study_says_so_at_the_top(busy: StudySnapshot) -> None:
    lines = render(frame(stopped(busy, "deadline reached"), 80), 80).splitlines()
    assert lines[1].strip() == "No more runs are started: deadline reached"


def test_the_live_view_leaves_the_last_word_to_the_summary(busy: StudySnapshot) -> None:
    file = io.StringIO()
    with observer(Console(file=file, width=80, force_terminal=True, color_system=None)) as show:
        show(busy)
        assert "study uniref50" in file.getvalue()
    # Transient: the frame's lines are erased again.
    assert file.getvalue().rstrip("\n").endswith("\x1b[2K")


def test_a_line_of_text_never_makes_a_second_one(busy: StudySnapshot) -> None:
    file = io.StringIO()
    long = [replace(run, reason="word " * 60) for run in busy.runs]
    with observer(Console(file=file, width=80, force_terminal=True, color_system=None, soft_wrap=True)) as show:
        show(replace(busy, runs=long))
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", file.getvalue()).splitlines()
    assert all(len(line.strip("\r")) <= 80 for line in lines)


def test_watching_ends_with_the_study() -> None:
    running = make_snapshot([make_run("a", "running")])
    states = iter([running, running, make_snapshot([make_run("a", "failed", reason="IndexError: [row]", value=None)])])
    file = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "WATCH_SECONDS", 0)
        live.watch(lambda: next(states), Console(file=file, width=80))
    assert "a failed: IndexError: [row]; log: runs/a/log_stdout.txt\n" in file.getvalue()


def test_ctrl_c_ends_watching_with_the_table() -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    file = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live.time, "sleep", interrupt)
        running = make_snapshot([make_run("a", "running")])
        console = Console(file=file, width=80, force_terminal=True)
        live.watch(lambda: running, console, at_end=lambda snapshot: f"the table of {snapshot.study}")
    assert file.getvalue().endswith("the table of uniref50\n")


def test_a_sparkline_keeps_both_ends_and_ignores_what_is_not_a_number() -> None:
    assert sparkline([1.0, 2.0, float("nan"), 3.0], 10) == "▁▅█"
    assert sparkline([float(value) for value in range(100)], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([2.0, 2.0], 8) == "▁▁"
    assert sparkline([], 8) == ""


def test_the_time_left_is_told_with_how_wrong_such_predictions_were() -> None:
    ended = [make_run(name, "complete", seconds=600.0, sequences=TOTAL) for name in "abc"]
    same = make_snapshot([*ended, make_run("d", "running", progress=0.5)])
    assert "about 5 min 00 s left (± 0 %)" in render(frame(same, 80), 80)


def test_a_machine_without_gpus_shows_its_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    machine = Gauge(tmp_path).read()
    assert machine.disk_free is not None
    assert machine.disk_free > 0
    assert Gauge(tmp_path / "missing").read().disk_free is None


def test_what_nvidia_smi_says_is_understood_whatever_a_card_leaves_out() -> None:
    loads = parse_loads("0, 97, 72908, 143771\n1, [N/A], [Not Supported], 143771\n")
    assert loads == [GpuLoad(0, 0.97, 72908 * 2**20, 143771 * 2**20), GpuLoad(1, 0.0, 0.0, 143771 * 2**20)]
    assert parse_loads("") == []
