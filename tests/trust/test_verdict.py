"""What is said of a study at the top of every view, and what it says to type next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optsweep.results.attributes import Link, Stop, StudyAttributes, SweepEnd, Weights
from optsweep.results.configurations import configurations
from optsweep.results.records import ReachedLimit, RunRecord, StudySnapshot
from optsweep.results.seeds import completed_noise
from optsweep.trust.noise import Losses
from optsweep.trust.trust import StudyLosses, Trust, assess
from optsweep.trust.verdict import Verdict
from tests.snapshots import SCRIPT_STUDY, make_data, make_run, make_snapshot, script_study

WEIGHTS = Weights(validation=[1] * 400, confirmation=[1] * 400)


def losses_around(values: dict[str, float], spread: float = 0.001) -> Losses:
    """Losses of 800 sequences that all runs find equally hard, but for ``spread``."""
    rng = np.random.default_rng(1)
    hard = rng.normal(0, 0.3, 800)
    return {run: (value + hard + rng.normal(0, spread, 800)).astype(np.float32) for run, value in values.items()}


def sweep_of(values: dict[str, float], spread: float = 0.001, **changed: Any) -> StudyLosses:
    runs = [make_run(run, "complete", value=value, **changed) for run, value in values.items()]
    return StudyLosses(make_snapshot(runs, data=make_data(weights=WEIGHTS)), losses_around(values, spread))


def confirming(origin: StudyLosses, values: dict[str, tuple[float, ...]], **changed: Any) -> StudyLosses:
    """The study that trains finalists of ``origin`` with fresh seeds."""
    runs = [
        make_run(f"{of}-seed-{seed}", "complete", value=value, of=of, source="linked", index=seed)
        for of, seeds in values.items()
        for seed, value in enumerate(seeds)
    ]
    runs = [replace(run, stored_config=_seeded(run, number)) for number, run in enumerate(runs)]
    attributes = StudyAttributes(linked=Link(origin="uniref50", purpose="confirm"))
    snapshot = replace(make_snapshot(runs, study="uniref50-confirm"), attributes=attributes, **changed)
    return StudyLosses(snapshot, losses_around({run.run: run.value or 0.0 for run in runs}))


def _seeded(run: RunRecord, seed: int) -> dict[str, Any]:
    config: dict[str, Any] = dict(run.stored_config)
    return config | {"training": {**config["training"], "seed": seed}}


def said(trust: Trust, beginning: str) -> str:
    """The line of the verdict that begins so."""
    return next(line for line in trust.verdict.lines if line.startswith(beginning))


def test_a_tie_names_the_cheapest_and_asks_for_fresh_seeds() -> None:
    sweep = sweep_of({"tpe-000": 2.8000, "tpe-001": 2.80005, "tpe-002": 2.9}, spread=0.01)
    runs = [replace(run, seconds=100.0) if run.run == "tpe-001" else run for run in sweep.snapshot.runs]
    found = assess(replace(sweep, snapshot=replace(sweep.snapshot, runs=runs)))
    winner = found.verdict.winner
    assert winner is not None
    assert (winner.run, winner.runner_up, winner.ties, winner.cheapest_tie) == (
        "tpe-000",
        "tpe-001",
        ("tpe-001",),
        "tpe-001",
    )
    assert said(found, "Winner: ") == "Winner: tpe-000, 2.8000 nats per residue"
    assert said(found, "Lead: 0.0001 (95 % interval ").endswith(
        " over tpe-001. A tie: the difference may be chance; tpe-001 trains 6.0 times faster"
    )
    assert said(found, "How sure") == "How sure: not known, because every configuration was trained with one seed only"
    assert found.verdict.next.command == "optsweep confirm --name uniref50"
    assert [one.rank for one in found.ranking] == ["1", "2=", "3"]


def test_a_clear_winner_whose_noise_is_known_is_promoted_at_once() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.85, "tpe-002": 2.9})
    first = sweep.snapshot.runs[0]
    repeats = [
        replace(first, run=f"tpe-000-seed{seed}", source="repeat", repeat_of="tpe-000", preset=None, value=value,
                after_choice=after, stored_config=_seeded(first, seed))
        for seed, value, after in ((2, 2.801, False), (3, 2.802, True))
    ]  # fmt: skip
    snapshot = replace(sweep.snapshot, runs=[*sweep.snapshot.runs, *repeats])
    found = assess(replace(sweep, snapshot=snapshot))
    winner = found.verdict.winner
    assert winner is not None
    assert (winner.seeds, winner.value, winner.after_choice) == (2, pytest.approx(2.8005), pytest.approx(2.802))
    assert winner.within_noise is not None
    assert winner.within_noise > 0.9
    assert "no other run ties with it" in said(found, "Lead")
    # Two seeds have measured 0.001, but the probability is that of one deviation as it may really be.
    deviation = completed_noise(configurations(snapshot.runs, snapshot.definition.direction), found.noise)[0]
    assert deviation > 0.01
    told = f"% that no configuration tried is better by more than {deviation:.4f}, the standard deviation of seeds"
    assert told in said(found, "How sure: ")
    assert said(found, "Fair value: 2.8020, from seeds trained after it was chosen")
    assert found.verdict.next.command == "optsweep promote --name uniref50 --run tpe-000"


def test_what_of_the_lead_is_length_is_said() -> None:
    long = make_run("long", "complete", value=2.80, curve={1: 3.0, 2: 2.86, 3: 2.80}, config={})
    short = make_run("short", "complete", value=2.85, curve={1: 3.0, 2: 2.85}, config={})
    found = assess(StudyLosses(make_snapshot([long, short, make_run("tpe-001")]), {}))
    assert said(found, "Leader so far: long")
    assert (
        said(found, "Of that lead")
        == "Of that lead, 0.0600 is due to longer training: after equally many sequences it is -0.0100"
    )
    assert [one.at_equal for one in found.ranking] == [2.86, 2.85, None]


def test_the_lead_of_fresh_seeds_is_not_mixed_with_what_curves_of_the_sweep_show() -> None:
    long = make_run("long", "complete", value=2.80, curve={1: 3.0, 2: 2.86, 3: 2.80}, config={})
    short = make_run("short", "complete", value=2.85, curve={1: 3.0, 2: 2.85}, config={})
    sweep = StudyLosses(make_snapshot([long, short], data=make_data(weights=WEIGHTS)), losses_around({}))
    again = confirming(sweep, {"long": (2.81, 2.812), "short": (2.80, 2.803)})
    found = assess(sweep, confirmed=[again])
    assert said(found, "Winner: short")
    assert (
        said(found, "long was")
        == "long was trained longer: in the sweep the lead is -0.0500, after equally many sequences 0.0100"
    )
    assert not any(line.startswith("Of that lead") for line in found.verdict.lines)


def test_a_shorter_leader_is_said_to_lead_by_more_at_equal_length() -> None:
    long = make_run("long", "complete", value=2.80, curve={1: 3.0, 2: 2.86, 3: 2.80}, config={})
    short = make_run("short", "complete", value=2.79, curve={1: 2.9, 2: 2.79}, config={})
    found = of(long, short)
    assert said(found, "long was") == "long was trained longer: after equally many sequences the lead is 0.0700"


def test_a_value_at_equal_length_is_the_same_summary_as_the_value() -> None:
    definition = script_study(summary={"mean of last": 2})
    long = make_run("long", "complete", value=2.0, curve={1: 6.0, 2: 4.0, 3: 3.0, 4: 1.0}, config={})
    short = make_run("short", "complete", value=4.0, curve={1: 5.0, 2: 3.0}, config={})
    found = of(long, short, definition=definition, data=None)
    assert [one.at_equal for one in found.ranking] == [5.0, 4.0]


@pytest.mark.parametrize("value", [2.95, 2.87])
def test_a_model_that_knows_less_than_frequencies_is_never_promoted(value: float) -> None:
    found = assess(sweep_of({"tpe-000": value, "tpe-001": 3.0}))
    assert "WORSE than guessing by" in said(found, "It is ")
    assert found.verdict.next.command == "optsweep report --name uniref50"
    assert not any(line.startswith("Full run") for line in found.verdict.lines)


def test_a_confirmation_decides_unless_the_leader_is_younger_than_it() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801, "tpe-002": 2.9})
    again = confirming(sweep, {"tpe-000": (2.81, 2.811, 2.812), "tpe-001": (2.79, 2.791, 2.792)})
    found = assess(sweep, confirmed=[again])
    winner = found.verdict.winner
    assert winner is not None
    assert (winner.run, winner.seeds) == ("tpe-001", 3)
    assert "that no finalist is better by" in said(found, "How sure")
    assert said(found, "Winner: tpe-001, 2.7").endswith(" over 3 fresh seeds, on sequences that were never used before")
    assert found.verdict.next.command == "optsweep promote --name uniref50 --run tpe-001"

    younger = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801, "tpe-003": 2.79})
    late = assess(younger, confirmed=[again]).verdict
    assert late.winner is not None
    assert (late.winner.run, late.winner.confirmed_by) == ("tpe-003", "")
    assert late.next.command == "optsweep confirm --name uniref50"


def test_of_a_confirmed_tie_the_faster_one_goes_to_full_length_and_that_is_said() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801})
    runs = [replace(run, seconds=100.0) if run.run == "tpe-001" else run for run in sweep.snapshot.runs]
    sweep = replace(sweep, snapshot=replace(sweep.snapshot, runs=runs))
    again = confirming(sweep, {"tpe-000": (2.80, 2.82, 2.81), "tpe-001": (2.81, 2.80, 2.821)})
    found = assess(sweep, confirmed=[again])
    assert said(found, "Winner: tpe-000")
    assert said(found, "Lead").endswith("tpe-001 trains 6.0 times faster, so that one goes to full length")
    assert found.verdict.next.command == "optsweep promote --name uniref50 --run tpe-001"


def test_an_unfinished_or_failed_confirmation_goes_on() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801})
    again = confirming(sweep, {"tpe-000": (2.81,)})
    waiting = replace(again.snapshot, runs=[*again.snapshot.runs, make_run("tpe-001-seed-1", of="tpe-001")])
    found = assess(sweep, confirmed=[replace(again, snapshot=waiting)])
    # Without its options it would plan more runs than were asked for.
    assert found.verdict.next.command == "optsweep confirm --name uniref50 --top 2 --seeds 1"
    itself = assess(replace(again, snapshot=waiting))
    assert itself.verdict.next.command == "optsweep confirm --name uniref50 --top 2 --seeds 1"
    failed = replace(again.snapshot, runs=[make_run("tpe-001-seed-1", "failed", of="tpe-001")])
    found = assess(sweep, confirmed=[replace(again, snapshot=failed)])
    assert found.verdict.next.command == "optsweep retry --name uniref50-confirm"
    diverged = replace(again.snapshot, runs=[make_run("tpe-001-seed-1", "pruned", of="tpe-001", reason="diverged")])
    found = assess(sweep, confirmed=[replace(again, snapshot=diverged)])
    assert found.verdict.next.command == "optsweep report --name uniref50"


def test_a_leader_whose_fresh_seeds_failed_is_tried_again_and_one_that_diverged_with_them_is_none() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801})
    again = confirming(sweep, {"tpe-001": (2.81, 2.82)})

    def with_leader(state: str) -> Verdict:
        runs = [*again.snapshot.runs, make_run("tpe-000-seed-1", state, of="tpe-000", reason="diverged at 40 %")]
        return assess(sweep, confirmed=[replace(again, snapshot=replace(again.snapshot, runs=runs))]).verdict

    assert with_leader("failed").next.command == "optsweep retry --name uniref50-confirm"
    assert with_leader("pruned").next.command == "optsweep promote --name uniref50 --run tpe-001"


def test_fresh_seeds_that_kept_no_losses_are_not_tried_again_for_ever() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801})
    again = replace(confirming(sweep, {"tpe-000": (2.81,), "tpe-001": (2.79,)}), losses={})
    assert assess(sweep, confirmed=[again]).verdict.next.command == "optsweep promote --name uniref50 --run tpe-000"


def test_one_fresh_seed_each_does_not_tell_how_sure_the_winner_is() -> None:
    sweep = sweep_of({"tpe-000": 2.80, "tpe-001": 2.801})
    found = assess(sweep, confirmed=[confirming(sweep, {"tpe-000": (2.81,), "tpe-001": (2.79,)})])
    assert said(found, "How sure") == "How sure: not known, because each finalist has one fresh seed"


def test_the_best_of_fresh_seeds_is_nobodys_winner() -> None:
    again = confirming(sweep_of({"tpe-000": 2.80}), {"tpe-000": (2.81, 2.811), "tpe-001": (2.79, 2.791)})
    found = assess(again).verdict
    assert found.winner is None
    assert found.lines[0] == "No winner of its own: it trains runs of uniref50 again"
    assert found.next.command == "optsweep status --name uniref50"


def test_runs_at_another_setting_go_on_at_that_one() -> None:
    link = StudyAttributes(linked=Link(origin="uniref50", purpose="fidelity"))
    left = make_snapshot([make_run("tpe-000", of="tpe-000")], study="uniref50-fidelity-x2")
    found = assess(StudyLosses(replace(left, attributes=link), {})).verdict
    assert found.next.command == "optsweep worker --name uniref50-fidelity-x2"


def test_promoted_then_trained_then_sampled() -> None:
    sweep = sweep_of({"tpe-000": 2.80})

    def after(**done: Any) -> str:
        return assess(sweep, **done).verdict.next.command

    assert after() == "optsweep promote --name uniref50 --run tpe-000"
    assert after(promoted={"tpe-000"}) == "optsweep promote --name uniref50 --run tpe-000 --start"
    assert after(promoted={"tpe-000"}, trained={"tpe-000"}) == ("optsweep sample studies/uniref50/promoted/tpe-000")


def of(*runs: RunRecord, **values: Any) -> Trust:
    return assess(StudyLosses(make_snapshot(list(runs), **values), {}))


def test_a_study_without_a_complete_run_says_why_and_what_to_look_at() -> None:
    found = of(make_run("tpe-001", "pruned"), make_run("tpe-002", "pruned"))
    assert found.verdict.winner is None
    assert found.verdict.lines[0] == "No winner: no run reached its end (2 pruned)"
    assert found.verdict.next.command == "optsweep report --name uniref50"
    found = of(make_run("tpe-001", "failed"))
    assert found.verdict.lines[0] == "No winner: every run failed"
    assert said(found, "1 run failed: tpe-001 failed: ValueError")
    assert found.verdict.next.command == "optsweep show tpe-001 --name uniref50"


def ended_by(snapshot: StudySnapshot, **attributes: Any) -> Trust:
    return assess(StudyLosses(replace(snapshot, attributes=StudyAttributes(**attributes)), {}))


def test_what_ended_a_sweep_and_what_lifts_it() -> None:
    left = make_snapshot([make_run("tpe-000", "complete"), make_run("tpe-001")])
    limited = replace(left, limit=ReachedLimit("the limit of 2 GPU-hours is reached", "--max-gpu-hours 4"))
    found = assess(StudyLosses(limited, {}))
    assert said(found, "Ended") == "Ended: the limit of 2 GPU-hours is reached"
    assert found.verdict.next.command == "optsweep sweep --name uniref50 --max-gpu-hours 4"
    found = ended_by(left, last_end=SweepEnd(reason="asked to leave by SIGINT"))
    assert said(found, "Ended") == "Ended: asked to leave by SIGINT"
    assert found.verdict.next.command == "optsweep sweep --name uniref50"
    begun = replace(left, runs=[*left.runs, make_run("tpe-002", "running")], target=3)
    found = ended_by(begun, stop=Stop(reason="stopped by the user", drain=True))
    assert found.verdict.ended_by is None
    assert said(found, "Not ended") == (
        "Not ended: 1 of 3 runs finished, 1 running, 1 waiting; stopped by the user, so no other run begins"
    )
    assert found.verdict.next.command == "optsweep status --name uniref50 --watch"
    killed = assess(StudyLosses(left, {}))
    assert said(killed, "Not ended") == "Not ended: 1 of 2 runs finished, 1 waiting"
    abandoned = assess(StudyLosses(left, {}), abandoned=True)
    assert said(abandoned, "Ended") == "Ended: all workers are gone, by a reboot or a kill"
    at_work = of(make_run("tpe-000", "complete"), make_run("tpe-001", "running"))
    assert at_work.verdict.next.command == "optsweep status --name uniref50 --watch"


def test_a_scripts_winner_is_called_by_hand() -> None:
    def script(*values: float) -> Trust:
        runs = [make_run(f"random-{i:03d}", "complete", value=value, config={}) for i, value in enumerate(values)]
        return of(*runs, definition=SCRIPT_STUDY, data=None, study="script")

    found = script(1.5, 2.5)
    # It takes no seed, so another one would give the same run again.
    assert found.verdict.next.command == "optsweep best --name script --command"
    assert found.verdict.full_run is None


def test_the_next_command_finds_a_database_that_is_not_the_default_one() -> None:
    sweep, elsewhere = sweep_of({"tpe-000": 2.80}), " --storage sqlite:///other.db"
    found = assess(sweep, storage=elsewhere).verdict
    assert found.next.command == f"optsweep promote --name uniref50 --run tpe-000{elsewhere}"
    assert f"{elsewhere}   # " in found.lines[-1]
    trained = assess(sweep, promoted={"tpe-000"}, trained={"tpe-000"}, storage=elsewhere).verdict
    assert trained.next.command == "optsweep sample studies/uniref50/promoted/tpe-000"


def test_every_verdict_ends_with_its_next_command() -> None:
    for found in (of(), of(make_run("tpe-001", "complete")), of(make_run("a", "failed"), make_run("b", "running"))):
        assert found.verdict.lines[-1] == f"Next: {found.verdict.next.line}"
