"""Replayed pruners over planted curves: what is saved, what is wrongly cut, in which order things are known."""

from __future__ import annotations

import pytest

from optsweep.errors import ConfigError
from optsweep.study.sections import PrunerSection
from optsweep.trust.pruning import RecordedRun, Replay, candidates, one_order, recommended, recorded, replay
from tests.snapshots import CONFIG, make_run, make_snapshot

POINTS = 10
SECONDS = 100.0
MEDIAN = PrunerSection(kind="median", startup=5, minimum=3, warmup_fraction=0.3)


def run(name: str, values: list[float], prunable: bool = True) -> RecordedRun:
    steps = range(1, len(values) + 1)
    return RecordedRun(
        run=name,
        prunable=prunable,
        curve=dict(zip(steps, values, strict=True)),
        best={step: min(values[:step]) for step in steps},
        seconds={step: SECONDS * step / len(values) for step in steps},
        end=SECONDS,
        value=min(values),
    )


def falling(name: str, value: float, prunable: bool = True) -> RecordedRun:
    """The order of such runs is the same from their first point to their last."""
    return run(name, [value + 0.1 * (POINTS - point) for point in range(1, POINTS + 1)], prunable)


GOOD = [falling(f"good{number}", 2.8 + number / 1000) for number in range(10)]
POOR = [falling(f"poor{number}", 3.5 + number / 1000) for number in range(5)]
LATE = run("late", [4.0] * 9 + [2.7])


def test_without_a_pruner_nothing_is_saved_and_nothing_lost() -> None:
    found = replay([*GOOD, *POOR], PrunerSection(kind="none"), POINTS, workers=4, orders=5)
    assert (found.saved, found.cut, found.best_cut, found.top_cut, found.regret, found.top_regret) == (0,) * 6
    assert found.name == "none"


def test_the_median_cuts_the_poor_ones_right_after_the_warmup() -> None:
    cut, spent = one_order([*GOOD[:6], *POOR], MEDIAN, POINTS, workers=1)
    assert cut >= {one.run for one in POOR}
    assert "good0" not in cut
    full = 6 * SECONDS
    assert spent <= full + 5 * 0.4 * SECONDS
    last_first, _ = one_order([*GOOD[:5], falling("middle", 2.801), falling("worst", 3.5)], MEDIAN, POINTS, workers=1)
    assert last_first == {"worst"}


def test_of_runs_that_keep_their_order_the_best_is_never_lost() -> None:
    found = replay([*GOOD, *POOR], MEDIAN, POINTS, workers=4, orders=20)
    assert found.saved > 0.1
    assert (found.best_cut, found.regret) == (0, 0)


def test_a_late_bloomer_is_counted_as_wrongly_cut() -> None:
    cut, _ = one_order([*GOOD, LATE], MEDIAN, POINTS, workers=1)
    assert "late" in cut
    found = replay([*GOOD, LATE], MEDIAN, POINTS, workers=1, orders=40)
    # It is spared where it comes among the first five.
    assert 0.3 < found.best_cut < 0.9
    assert found.regret == pytest.approx(found.best_cut * (2.8 - 2.7))
    assert found.top_cut >= found.best_cut


def test_a_run_is_never_cut_at_its_own_end() -> None:
    worst_at_the_end = run("worst", [2.0] * 9 + [1.9])
    others = [run(f"other{number}", [2.5] * 9 + [1.0]) for number in range(6)]
    assert one_order([*others, worst_at_the_end], MEDIAN, POINTS, workers=1)[0] == set()
    uneven = [falling(f"good{number}", 2.8) for number in range(6)] + [run("bad", [2.0] * 9 + [2.0])]
    assert one_order(uneven, MEDIAN, POINTS, workers=3)[0] == set()


def test_presets_are_never_cut_and_count_among_the_complete() -> None:
    presets = [falling(f"preset{number}", 3.9 + number, prunable=False) for number in range(5)]
    cut, spent = one_order([*presets, falling("better", 3.0), falling("worse", 9.0)], MEDIAN, POINTS, workers=1)
    assert cut == {"worse"}
    assert spent == pytest.approx(6 * SECONDS + 0.4 * SECONDS)
    found = replay([*presets, *GOOD], MEDIAN, POINTS, workers=1, orders=5)
    assert found.best_cut == 0


def test_the_number_of_workers_changes_what_is_known_when() -> None:
    order = [*GOOD[:5], *POOR]
    assert one_order(order, MEDIAN, POINTS, workers=1)[0] == {one.run for one in POOR}
    # All at once: nobody has completed when the warmup ends.
    assert one_order(order, MEDIAN, POINTS, workers=16) == (set(), pytest.approx(10 * SECONDS))


def test_where_all_sampled_runs_are_cut_the_worst_one_is_what_is_left() -> None:
    presets = [falling(f"preset{number}", 2.0, prunable=False) for number in range(5)]
    found = replay([*presets, *GOOD, *POOR], MEDIAN, POINTS, workers=1, orders=3)
    assert found.cut == pytest.approx(15 / 20)
    assert found.regret == pytest.approx(3.504 - 2.8)
    assert found.top_regret == pytest.approx(3.504 - 2.801)


def test_the_mean_of_the_top_three_never_gains_by_cutting() -> None:
    for one in candidates(MEDIAN):
        found = replay([*GOOD, *POOR, LATE], one, POINTS, workers=4, orders=5)
        assert found.regret >= 0
        assert found.top_regret >= -1e-12


def test_the_one_that_saves_most_is_recommended_if_it_is_safe_with_any_number_of_workers() -> None:
    def made(settings: PrunerSection, workers: int, saved: float, best_cut: float = 0.0, regret: float = 0.0) -> Replay:
        return Replay(settings, workers, saved, saved, best_cut, best_cut, regret, regret)

    risky, safe, none = MEDIAN, PrunerSection(kind="median", warmup_fraction=0.7), PrunerSection(kind="none")
    replays = [
        *(made(none, workers, 0.0) for workers in (1, 4)),
        made(risky, 1, 0.5, best_cut=0.2),
        made(risky, 4, 0.6),
        made(safe, 1, 0.3),
        made(safe, 4, 0.2),
    ]
    assert recommended(replays).settings == safe
    assert recommended([one for one in replays if one.settings != safe]).settings == none


def test_the_studys_own_pruner_is_among_the_candidates_and_no_one_is_there_twice() -> None:
    found = candidates(MEDIAN)
    assert found[0] == MEDIAN
    assert len(set(found)) == len(found) > 30
    assert {one.kind for one in found} == {"none", "median", "percentile", "halving"}


def test_curves_are_read_with_their_times_and_presets_are_marked() -> None:
    runs = [
        make_run(f"random-{number:03d}", "complete", value=2.8, curve={1: 3.0, 2: 2.8, 3: 2.9}, seconds=600.0,
                 sequences=3 * 192_000)
        for number in range(1, 11)
    ]  # fmt: skip
    preset = make_run("small_fast", "complete", curve={1: 3.0})
    diverged = make_run("random-011", "pruned", reason="diverged at 20 %")
    found = recorded(make_snapshot([preset, *runs, diverged]))
    assert [one.prunable for one in found] == [False] + 10 * [True]
    assert found[1].best == {1: 3.0, 2: 2.8, 3: 2.8}
    assert found[1].seconds == pytest.approx({1: 200.0, 2: 400.0, 3: 600.0})
    assert (found[1].end, found[1].value) == (600.0, 2.8)


def test_a_run_that_ended_early_is_complete_with_its_best_value_and_never_cut_at_its_end() -> None:
    batch, every = 128, 192_000 + 1  # no point falls on the end of a batch but for the first
    config = {**CONFIG, "evaluation": {**CONFIG["evaluation"], "every_sequences": every}}
    whole = [
        make_run(f"random-{number:03d}", "complete", value=2.8, curve=dict.fromkeys(range(1, 11), 2.8), config=config,
                 seconds=1000.0, sequences=15_001 * batch)
        for number in range(1, 11)
    ]  # fmt: skip
    # Poor from the end of the warmup on, where it is not yet judged, to its own end one point later.
    early = make_run("random-011", "complete", value=2.9, curve={1: 3.0, 2: 2.9, 3: 3.1, 4: 3.2}, config=config,
                     reason="overfits", seconds=400.0, sequences=6_001 * batch, progress=1.0)  # fmt: skip
    found = recorded(make_snapshot([*whole, early]))
    assert (found[-1].value, found[-1].end, max(found[-1].curve)) == (2.9, 400.0, 4)
    assert one_order(found, MEDIAN, POINTS, workers=1) == (set(), pytest.approx(10 * 1000.0 + 400.0))
    # At points that it did not reach nobody is compared with it: it would be the third there, and three are needed.
    others = [falling("good", 2.8), falling("other", 2.8)]
    from_the_first = MEDIAN.model_copy(update={"startup": 0})
    assert one_order([*others, found[-1], run("flat", [3.35] * 10)], from_the_first, POINTS, workers=1)[0] == set()
    assert one_order([*others, others[0], run("flat", [3.35] * 10)], from_the_first, POINTS, workers=1)[0] == {"flat"}


def test_cut_curves_and_few_curves_are_refused() -> None:
    with pytest.raises(ConfigError, match="--pruner none"):
        recorded(make_snapshot([make_run("random-001", "pruned")]))
    with pytest.raises(ConfigError, match="it needs 10"):
        recorded(make_snapshot([make_run(f"random-{number:03d}", "complete") for number in range(1, 10)]))
