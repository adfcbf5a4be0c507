"""The ranking is one table in all views: what its columns say, and which of them a terminal has room for."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trust.noise import Interval
from optsweep.trust.ranking import Ranked
from optsweep.views.ranking import RankingTable, legend, ranking_columns, ranking_part, value_text
from optsweep.views.terminal import stack
from tests.snapshots import CONFIG, SCRIPT_STUDY, make_run, make_snapshot, render, trust_of

PARAMETERS = ("lr", "decay", "dropout", "hidden_size", "effective_batch", "warmup_fraction", "ema_fraction", "beta2")


def many(number: int) -> StudySnapshot:
    """Runs that differ in eight parameters, the last of them the best."""
    values = []
    for index in range(number):
        numbers = {name: 0.125 + place * (1 + index) / 1024 for place, name in enumerate(PARAMETERS, start=1)}
        values.append({**numbers, "grad_clip": 1.0})
    return make_snapshot(
        [
            make_run(f"tpe-{index}", "complete", index=index, value=3 - index / 10_000, parameters=parameters)
            for index, parameters in enumerate(values)
        ]
    )


def heads(snapshot: StudySnapshot) -> list[str]:
    return [column.head for column in ranking_columns(snapshot, trust_of(snapshot).ranking)]


def shown(snapshot: StudySnapshot, width: int) -> str:
    return render(stack(*ranking_part(snapshot, trust_of(snapshot).ranking)), width=width)


def test_only_parameters_that_vary_are_columns() -> None:
    assert heads(many(3)) == ["rank", "run", *PARAMETERS, "value", "GPU-seconds", "sequences", "state"]
    script = make_snapshot([make_run("random-001", "complete", config={})], definition=SCRIPT_STUDY, data=None)
    assert heads(script) == ["rank", "run", "value", "GPU-seconds", "state"]


def test_models_of_different_size_have_their_number_of_parameters() -> None:
    wide = {**CONFIG, "model": {**CONFIG["model"], "hidden_size": 1024}}
    snapshot = make_snapshot([make_run("a", "complete"), make_run("b", "complete", config=wide)])
    (sizes,) = [one for one in ranking_columns(snapshot, trust_of(snapshot).ranking) if one.head == "model size"]
    assert sizes.texts == ["21.4 M", "80.6 M"]
    assert sizes.keys == sorted(sizes.keys, key=float)  # type: ignore[arg-type]


def test_runs_of_different_length_have_a_value_at_equal_sequences_and_seeds_their_number() -> None:
    short = {**CONFIG, "training": {**CONFIG["training"], "n_iters": 12500}}
    runs = [
        make_run("tpe-001", "complete", value=2.8, curve={1: 3.0, 2: 2.9, 4: 2.8}),
        make_run("tpe-002", "complete", value=2.85, curve={1: 3.1, 2: 2.85}, config=short),
        make_run("tpe-002-seed2", "complete", source="repeat", repeat_of="tpe-002", value=2.87, config=short),
    ]
    snapshot = make_snapshot(runs)
    assert heads(snapshot)[2:5] == ["value", "at equal sequences", "seeds"]
    rows = [line.split() for line in shown(snapshot, 120).splitlines() if line.startswith("   1 ")]
    assert [row[:5] for row in rows] == [["1", "tpe-001", "2.8000", "2.9000", "1"]]


@pytest.mark.parametrize(("width", "parameters"), [(80, 4), (120, 6), (160, 8), (200, 8)])
def test_a_terminal_shows_as_many_parameters_as_fit_and_cuts_nothing(width: int, parameters: int) -> None:
    snapshot = many(12)
    text = shown(snapshot, width)
    assert max(map(len, text.splitlines())) <= width
    first, _, *rows = text.splitlines()
    told = [word for word in first.split() if word in PARAMETERS]
    assert len(told) == parameters
    assert told == [name for name in PARAMETERS if name in told]
    assert told[:3] == list(PARAMETERS[:3])
    whole = {word for line in shown(snapshot, 1000).splitlines() for word in line.split()}
    assert {word for line in (first, *rows) for word in line.split()} <= whole


def test_a_long_name_is_cut_where_a_number_never_is() -> None:
    long = make_run("a" * 60, "complete", value=-1234.5)
    for width in (80, 50):
        text = shown(make_snapshot([long]), width)
        assert "a…" in text
        assert "-1234.5000" in text
        assert max(map(len, text.splitlines())) <= width


def test_a_very_narrow_terminal_tells_runs_apart_before_it_tells_their_cost() -> None:
    runs = [make_run(f"random-{number:03d}", "complete", value=2.8 + number / 100) for number in range(1, 4)]
    head, _, *rows = shown(make_snapshot(runs), 40).splitlines()
    assert "seconds" not in head
    assert [row.split() for row in rows] == [
        ["1", "random-001", "2.8100", "complete"],
        ["2", "random-002", "2.8200", "complete"],
        ["3", "random-003", "2.8300", "complete"],
    ]
    assert "GPU-seconds" in shown(make_snapshot(runs), 60)


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (2.25204, 0.00731, "2.2520 ± 0.0073"),
        (2.25204, 0.00001, "2.2520 ± 1e-05"),
        (0.9123, 0.1, "0.9123 ± 0.1000"),
        (3.2e-6, 4e-7, "3.200e-06 ± 4e-07"),
        (None, 0.1, "-"),
    ],
)
def test_a_value_has_what_seeds_leave_open_beside_it(value: float | None, half: float, text: str) -> None:
    known = value or 0.0
    one = Ranked(make_run("a", "complete"), value, interval=Interval(known, known - half, known + half))
    assert value_text(one) == text
    assert value_text(replace(one, interval=None)) == text.partition(" ±")[0]


def test_marks_are_explained_where_they_are() -> None:
    run: RunRecord = make_run("a", "complete")
    assert legend([Ranked(run, 1.0, rank="1")]) == []
    tied = Ranked(run, 1.0, rank="2=", tied=True, interval=Interval(1.0, 0.9, 1.1))
    assert legend([tied]) == [
        "= ties with the first: the difference may be chance; ± 95 % interval over training seeds"
    ]
    repeated = Ranked(run, 1.0, rank="1", seeds=3)
    assert legend([repeated, Ranked(run, 0.9, rank="2")]) == [
        "the fewer seeds a value has, the less it counts in the rank"
    ]
    assert legend([repeated, Ranked(run, 0.9)]) == []


def test_numbers_sort_as_numbers() -> None:
    snapshot = many(11)
    columns = {column.head: column for column in ranking_columns(snapshot, trust_of(snapshot).ranking)}
    assert list(columns["rank"].keys) == [float(rank) for rank in range(1, 12)]
    assert list(columns["lr"].keys) == sorted(columns["lr"].keys, reverse=True)  # type: ignore[type-var]


def test_thousands_of_runs_are_shown_at_once() -> None:
    snapshot = many(2000)
    ranking = trust_of(snapshot).ranking
    began = time.process_time()
    table = RankingTable(ranking_columns(snapshot, ranking), [one.run for one in ranking])
    assert len(render(table, 120).splitlines()) == 2002
    assert time.process_time() - began < 3
