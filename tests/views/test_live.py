from __future__ import annotations

import io
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from optsweep.machine.load import Gauge, GpuLoad, Machine, parse_loads
from optsweep.results.forecast import TimeLeft
from optsweep.results.records import StudySnapshot
from optsweep.study.direction import Direction
from optsweep.views import live
from optsweep.views.frame import frame
from optsweep.views.live import observer
from optsweep.views.terminal import sparkline
from optsweep.views.terminal_curves import curves, value_range
from tests.snapshots import (
    SCRIPT_STUDY,
    make_data,
    make_run,
    make_snapshot,
    render,
    stopped,
    troubled_snapshots,
)

GPUS = [GpuLoad(0, 0.97, 71.2 * 2**30, 139.8 * 2**30), GpuLoad(1, 0.0, 0.0, 139.8 * 2**30)]
MACHINE = Machine(GPUS, 512e9)
SCREENS = [(80, 23), (120, 39), (200, 49)]
COMBINING = "a\u0301\u0302"


def sweep(runs: int, workers: int, **values: object) -> StudySnapshot:
    """A study half of which has ended."""
    rng = random.Random(0)

    def course(place: int) -> dict[int, float]:
        floor = 2.8 + 0.1 * rng.random()
        return {step: floor + 0.5 / step for step in range(1, 17 if place < runs // 2 else 8)}

    found = []
    for place in range(runs):
        state = "waiting" if place >= runs // 2 + workers else "running" if place >= runs // 2 else "complete"
        curve = {} if state == "waiting" else course(place)
        known = {} if state == "waiting" else {"value": min(curve.values()), "progress": max(curve) / 16}
        own = {"curve": curve, "worker": f"physical GPU {place % workers}", "turn": (1, place), **known}
        found.append(make_run(f"tpe-{place:03d}", state, train_loss=2.9, **own))
    return make_snapshot(found, **values)


def screen(
    snapshot: StudySnapshot, width: int, height: int, machine: Machine = MACHINE, encoding: str = "utf-8"
) -> str:
    """What is on the screen; it is never wider or higher than the terminal."""
    left = TimeLeft(2400.0, 1800.0, 3300.0)
    text = render(frame(snapshot, width, height, machine, left), width, encoding)
    lines = text.splitlines()
    assert len(lines) <= height
    assert max(map(cell_len, lines)) <= width
    return text


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_frame_tells_all_at_every_size(busy: StudySnapshot, size: tuple[int, int], encoding: str) -> None:
    text = screen(busy, *size, encoding=encoding)
    for words in (
        "study uniref50",
        "about 40 min left (30 to 55 min)",
        "3 of 7 finished, 2 running, 1 waiting, 1 failed",
        "best 2.8412 (small_fast), 0.048 below the unigram entropy; 0.010 ",
        "0: 97 % 71/140  1:  0 % 0/140",
        "0.47 GPU-hours used, about 0.10 saved by pruning, 512.0 GB of disk left",
        "curriculum_focus",
        "50 %",
        "2.870",
        "tpe-003",
        "pruned at 40 %: 2.91 > median",
        "failed: ValueError: no such thing",
        "user-001",
    ):
        assert words in text, words
    assert ("123 k" in text) == (size[0] > 80), "training speed is what an 80 column terminal has no room for"


@pytest.mark.parametrize("size", [*SCREENS, (40, 10), (80, 50), (300, 90)])
@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize("runs", [12, 200, 2000])
def test_no_screen_is_exceeded_and_the_value_so_far_is_always_there(
    size: tuple[int, int], workers: int, runs: int
) -> None:
    snapshot = sweep(runs, min(workers, runs // 2))
    gpus = [replace(GPUS[0], index=index) for index in range(workers)]
    text = screen(snapshot, *size, machine=Machine(gpus, 512e9))
    if size[0] >= 80:
        assert "value so far" in text
        for run in snapshot.runs:
            if run.state == "running":
                assert re.search(rf"{run.run} .* 43 % +{run.value:.4f}", text), run
        assert "Last ended" in text
        assert "Next" in text or not snapshot.counts["waiting"]


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"data": make_data(synthetic=True)},
        {"definition": SCRIPT_STUDY, "data": None},
        {"definition": SCRIPT_STUDY.model_copy(update={"direction": Direction.MAXIMIZE}), "data": None},
    ],
    ids=["real data", "synthetic", "script", "script that maximises"],
)
def test_every_kind_of_study_is_shown(size: tuple[int, int], values: dict[str, object]) -> None:
    text = screen(sweep(30, 2, **values), *size)
    assert "value so far" in text
    assert ("residues/s" in text) == ("data" not in values or values["data"] is not None)


@pytest.mark.parametrize("size", [*SCREENS, (40, 10), (3, 3)])
def test_names_from_outside_neither_act_nor_break_the_screen(size: tuple[int, int]) -> None:
    names = ["[bold]x[/bold] [/]", "\x1b[31mred\x1b[0m\x1b[2J", "two\nlines", "日本語" * 30, COMBINING * 40, "a" * 300]
    runs = [make_run(name, state, worker=name) for state in ("running", "complete", "failed") for name in names]
    runs += [make_run(f"{name}-w", reason=name) for name in names]
    file = io.StringIO()
    width, height = size
    console = Console(file=file, width=width, height=height, force_terminal=True, color_system="truecolor")
    console.print(frame(make_snapshot(runs, study=names[0]), width, height))
    assert not re.search(r"\x1b\[2J", file.getvalue())
    lines = re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()).splitlines()
    assert "\x1b" not in "".join(lines)
    assert len(lines) <= height
    assert max(map(cell_len, lines)) <= width
    if size == SCREENS[0]:
        assert "[bold]x[/bold] [" in "\n".join(lines)


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("snapshot", troubled_snapshots(), ids=range(len(troubled_snapshots())))
def test_missing_numbers_break_no_frame(size: tuple[int, int], snapshot: StudySnapshot) -> None:
    screen(snapshot, *size)


def test_a_large_screen_is_filled() -> None:
    lines = screen(sweep(200, 2), 200, 49).splitlines()
    assert len(lines) == 49
    text = "\n".join(lines)
    assert "rank  run" in text
    assert "sequences ─" in text
    assert "● tpe-" in text
    assert re.search(r"Next  \d+ more", text)


def test_what_waits_stands_in_the_order_of_claims() -> None:
    turns = {"a": (1, 7), "b": (0, 9), "c": (2, 0), "d": (1, 2)}
    runs = [make_run(run, turn=turn) for run, turn in turns.items()]
    text = screen(make_snapshot(runs), 80, 23)
    assert re.findall(r"^  ([abcd])  preset", text, re.MULTILINE) == ["b", "d", "a", "c"]


def test_devices_keep_their_lines() -> None:
    runs = [make_run(f"r{gpu}", "running", worker=f"physical GPU {gpu}") for gpu in (10, 2, 1)]
    text = screen(make_snapshot(runs), 80, 23)
    assert re.findall(r"physical GPU (\d+)", text) == ["1", "2", "10"]


def test_a_run_that_has_just_been_claimed_starts() -> None:
    text = screen(make_snapshot([make_run("a", "running", config={}, progress=0.0)]), 80, 23)
    assert re.search(r"a +starting +- ", text)


def test_before_the_first_run_it_says_what_workers_do() -> None:
    text = screen(make_snapshot([make_run("a")]), 80, 23)
    assert "No run is running\n  Workers load torch and the data first, which takes about 10 s" in text
    script = screen(make_snapshot([make_run("a")], definition=SCRIPT_STUDY, data=None), 80, 23)
    assert "torch" not in script
    assert "No run is running" in script


def test_progress_and_curve_are_drawn() -> None:
    runs = [make_run("a", "running", progress=0.5, curve={3: 2.8, 1: 3.2, 2: 3.0})]
    assert "████░░░░ 50 %" in screen(make_snapshot(runs), 80, 23)
    assert "█▅▁" in screen(make_snapshot(runs), 80, 23)
    assert "####.... 50 %" in screen(make_snapshot(runs), 80, 23, encoding="ascii")


def test_long_names_are_cut_with_an_ellipsis() -> None:
    runs = [make_run("a_very_long_name_of_a_preset_that_somebody_wrote", "running", worker="physical GPU-" + "f" * 40)]
    text = screen(make_snapshot(runs), 80, 23)
    assert re.search(r"a_very_long_n\w*…", text)
    assert re.search(r"physical GPU-\w*…", text)


def test_a_stopped_study_says_so_at_the_top(busy: StudySnapshot) -> None:
    lines = screen(stopped(busy, "deadline reached"), 80, 23).splitlines()
    assert lines[1].strip() == "No more runs are started: deadline reached"


def test_the_leader_and_what_trains_stand_out_in_the_curves() -> None:
    good, usual = ({step: end + 0.5 / step for step in range(1, 17)} for end in (2.80, 2.85))
    half = {step: 2.82 + 0.5 / step for step in range(1, 9)}
    diverged = {1: 3.4, 2: 9.0, 3: 1e30, 4: float("inf")}
    runs = [
        make_run("good", "complete", value=min(good.values()), curve=good),
        make_run("usual", "complete", value=min(usual.values()), curve=usual),
        make_run("half", "running", value=min(half.values()), curve=half),
        make_run("bad", "pruned", value=3.4, curve=diverged),
    ]
    title, *lines = [line.plain for line in curves(make_snapshot(runs), 80, 20)]
    assert title == "NELBO, lower is better  ● good leads  ○ running"
    assert len(lines) == 19
    leader, training = (next(row for row, line in enumerate(lines) if mark in line) for mark in "●○")
    assert training < leader
    assert lines[leader].rstrip().endswith("●")
    assert 35 < lines[training].index("○") < 50
    # Less than 0.3 from top to bottom: the diverged run flattens nobody.
    assert float(lines[0].partition("│")[0]) < 3.1
    assert float(lines[-2].partition("│")[0]) > 2.7
    assert re.fullmatch(r" +└192 k ─+ sequences ─+ 3.07 M", lines[-1])


def test_of_values_that_are_to_rise_the_best_is_on_top() -> None:
    runs = [
        make_run(run, "complete", config={}, value=end, curve={step: end - 0.5 / step for step in range(1, 9)})
        for run, end in (("good", 0.9), ("usual", 0.8))
    ]
    low, high = value_range(runs, Direction.MAXIMIZE)
    assert low < 0.8 - 0.5 / 8 < 0.9 - 0.5 / 8 < high < 0.9
    definition = SCRIPT_STUDY.model_copy(update={"direction": Direction.MAXIMIZE})
    lines = [line.plain for line in curves(make_snapshot(runs, definition=definition, data=None), 60, 12)]
    assert "●" in "".join(lines[1:4])
    assert "evaluation" in lines[-1]


def test_a_single_value_and_equal_values_are_drawn_too() -> None:
    for curve in ({4: 2.9}, {1: 2.9, 2: 2.9}, {0: 0.0}):
        lines = curves(make_snapshot([make_run("a", "running", curve=curve)]), 60, 12)
        assert "○" in "\n".join(line.plain for line in lines[1:])
    assert curves(make_snapshot([make_run("a")]), 60, 12) == []


def test_a_script_with_thousands_of_evaluations_is_drawn_whole() -> None:
    curve = {step: 1 + 1 / step for step in range(1, 5000)}
    lines = curves(make_snapshot([make_run("a", "complete", curve=curve)]), 60, 12)
    assert lines[-1].plain.endswith("960 M")


def test_a_frame_of_thousands_of_runs_costs_little() -> None:
    snapshot = sweep(2000, 8)
    took = []
    for _ in range(3):
        fresh = replace(snapshot, runs=[replace(run) for run in snapshot.runs])
        began = time.process_time()
        screen(fresh, 200, 49)
        took.append(time.process_time() - began)
    # About 0.04 s.
    assert min(took) < 0.4


def test_the_time_left_is_worked_out_seldom_where_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def slow(_: StudySnapshot) -> TimeLeft:
        asked.append(True)
        time.sleep(0.05)
        return TimeLeft(1.0, 1.0, 1.0)

    monkeypatch.setattr(live, "time_left", slow)
    estimate = live.Estimate()
    snapshot = make_snapshot([make_run("a")])
    assert [estimate.read(snapshot) for _ in range(5)] == [TimeLeft(1.0, 1.0, 1.0)] * 5
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ((42, 30, 80), "about 42 s left (30 to 80 s)"),
        ((300, 300, 300), "about 5 min left,"),
        ((4000, 3000, 7200), "about 67 min left (50 min to 2 h)"),
        ((12000, 9000, 20000), "about 3.3 h left (2.5 to 5.6 h)"),
        ((400000, 300000, 500000), "about 4.6 d left (3.5 to 5.8 d)"),
    ],
)
def test_the_time_left_has_its_range_and_no_more_digits_than_are_known(
    seconds: tuple[float, float, float], said: str
) -> None:
    text = render(frame(make_snapshot([make_run("a", "running")]), 120, 30, left=TimeLeft(*seconds)), 120)
    assert said in text.replace("left\n", "left,\n")


def test_the_live_view_leaves_the_last_word_to_the_summary(busy: StudySnapshot) -> None:
    file = io.StringIO()
    with observer(Console(file=file, width=80, height=24, force_terminal=True, color_system=None)) as show:
        show(busy)
        assert "study uniref50" in file.getvalue()
    # Transient: the frame's lines are erased again.
    assert file.getvalue().rstrip("\n").endswith("\x1b[2K")


def test_a_line_of_text_never_makes_a_second_one(busy: StudySnapshot) -> None:
    file = io.StringIO()
    long = [replace(run, reason="word " * 60) for run in busy.runs]
    console = Console(file=file, width=80, height=24, force_terminal=True, color_system=None, soft_wrap=True)
    with observer(console) as show:
        show(replace(busy, runs=long * 5))
        shown = file.getvalue()
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).splitlines()
    assert all(len(line.strip("\r")) <= 80 for line in lines)
    # What clears it begins with a new line: on a screen that is full the first one would scroll out of reach.
    assert len(lines) == 23


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


def test_a_leader_by_its_mean_is_not_ahead_of_a_lucky_value_that_is_better() -> None:
    runs = [make_run(f"tpe-{place:03d}", "complete", value=2.80 + place / 100) for place in range(9)]
    leader = replace(runs[1], value=2.795, run="tpe-100", index=100)
    seeds = [
        replace(leader, run=f"tpe-100-seed{seed}", source="repeat", repeat_of="tpe-100", value=2.802)
        for seed in (2, 3, 4)
    ]
    snapshot = make_snapshot([*runs, leader, *seeds])
    best, second = snapshot.ranking[:2]
    assert (best.run, second.run) == ("tpe-100", "tpe-000")
    line = next(line for line in render(frame(snapshot, 120)).splitlines() if line.startswith("best "))
    assert "ahead of" not in line
