"""Which number of sequences ranks like the larger setting, on simulated studies whose answer is known."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from optsweep.results.attributes import StudyData, TrainingSize, Weights
from optsweep.results.records import RunRecord
from optsweep.results.seeds import SeedNoise
from optsweep.trust import agreement, proxies
from optsweep.trust import noise as noise_of
from optsweep.trust.proxies import EqualCost, Trained, equal_cost
from optsweep.trust.trust import StudyLosses, Trust, assess
from optsweep.views.fidelity import document, equal_cost_lines, trust_lines
from tests.snapshots import CONFIG, make_data, make_run, make_snapshot
from tests.trust.planted import WEIGHTS, make_losses, value_of

DEVIATION = 0.0018
NOISE = SeedNoise(DEVIATION, 5, 15)


def trained(setting: str, values: Sequence[float], seed: int = 0) -> Trained:
    """Runs that come to these values, on sequences that differ a little from run to run."""
    losses = {f"run{place:02d}": make_losses(value, 1000 * seed + place, 0.003) for place, value in enumerate(values)}
    return Trained(setting, {run: value_of(own) for run, own in losses.items()}, losses)


def compare(
    large: Sequence[float], own: Sequence[float], other: Sequence[float], noise: SeedNoise | None = NOISE
) -> EqualCost:
    others = [trained("9,000 sequences", other, 3)]
    settings = trained("the full length", large, 1), trained("150 sequences, the sweep's own", own, 2), others
    found = equal_cost(*settings, WEIGHTS, noise)
    assert found is not None
    return found


RANKS = np.arange(12) * 0.004


def test_the_one_that_ranks_like_the_larger_setting_is_named_and_how_much_lower_it_ends() -> None:
    shuffled = np.random.default_rng(5).permutation(RANKS)
    found = compare(RANKS - 0.1, shuffled, RANKS - 0.005 - (RANKS - shuffled).mean())
    own, other = found.proxies
    assert own.agreement is not None
    assert other.agreement is not None
    assert other.gain is not None
    assert other.lower is not None
    assert own.agreement.value < 0.8
    assert other.agreement.value == 1
    (doubtful,) = [one for one in compare(RANKS, RANKS, RANKS * 0.5).proxies if one.gain]
    assert doubtful.agreement is not None
    assert (doubtful.agreement.value, doubtful.agreement.low < 1) == (1, True), "seeds may have brought them in order"
    assert other.gain.low > 0
    assert other.lower.value == pytest.approx(0.005, abs=0.001)
    assert other.lower.low < 0.005 < other.lower.high
    assert (own.gain, own.lower) == (None, None)
    assert found.verdict == "9,000 sequences rank more like it than 150 sequences, the sweep's own"
    reverse = compare(RANKS - 0.1, RANKS, shuffled)
    assert reverse.verdict == "150 sequences, the sweep's own, rank more like it than 9,000 sequences"
    alike = compare(RANKS - 0.1, RANKS, RANKS)
    assert alike.verdict.endswith("cannot be told apart by how they rank")
    text = "\n".join(equal_cost_lines(found))
    assert text.startswith("At equal cost, against the full length: 9,000 sequences rank more like it")
    assert "tells 64 of 66 pairs apart" not in text
    assert f"tells {found.told_apart} of 66 pairs apart, by more than 2 standard errors (sequences and seeds)" in text
    assert "9,000 sequences: 100 (" in text
    assert "nats lower" in text
    json.dumps(document(found), allow_nan=False)


def test_only_pairs_that_the_larger_setting_tells_apart_count() -> None:
    # Two groups, 0.02 apart, of runs that differ by less than two seeds do.
    groups = [0.0, 0.001, 0.002, 0.02, 0.021, 0.022]
    swapped = [0.002, 0.001, 0.0, 0.022, 0.021, 0.02]
    found = compare(groups, swapped, groups)
    assert (found.pairs, found.told_apart) == (15, 9)
    assert [one.agreement.value for one in found.proxies if one.agreement] == [1, 1]
    # What is known of the seeds decides: without their noise more is told apart.
    assert compare(groups, swapped, groups, noise=None).told_apart == 15
    nothing = compare([0.0, 0.0001, 0.0002], RANKS[:3], RANKS[:3])
    assert nothing.told_apart == 0
    assert nothing.verdict.startswith("the larger setting tells no two of these runs apart")
    assert [one.agreement for one in nothing.proxies] == [None, None]
    assert nothing.ceiling is None
    assert equal_cost_lines(nothing)
    json.dumps(document(nothing), allow_nan=False)


@pytest.mark.parametrize("spread", [0.002, 0.004, 0.01])
def test_the_ceiling_is_what_a_perfect_setting_reaches_and_the_intervals_cover_the_truth(
    spread: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (noise_of, proxies):
        monkeypatch.setattr(module, "RESAMPLES", 100)
    rng, ceilings, reached, covered, lower = np.random.default_rng(11), [], [], [], []
    for _ in range(30):
        true = rng.normal(0, spread, 16)
        large, own, other = true + rng.normal(0, DEVIATION, (3, 16))
        found = compare(large, own, other - 0.003)
        if found.told_apart:
            assert found.ceiling is not None
            ceilings.append(found.ceiling)
            for one in found.proxies:
                assert one.agreement is not None
                reached.append(one.agreement.value)
            _, beside = found.proxies
            assert beside.gain is not None
            assert beside.lower is not None
            covered.append(beside.gain.low <= 0 <= beside.gain.high)
            lower.append(beside.lower.low <= 0.003 <= beside.lower.high)
    assert len(ceilings) > 20
    assert np.mean(ceilings) == pytest.approx(np.mean(reached), abs=0.05)
    assert np.mean(covered) > 0.9
    assert np.mean(lower) > 0.8


def study(runs: list[RunRecord], values: Trained, **data: object) -> StudyLosses:
    """A study with these runs' losses."""
    known = make_data(
        weights=Weights(validation=WEIGHTS, confirmation=WEIGHTS),
        training=TrainingSize(sequences=9000, residues=1_800_000),
        **data,
    )
    assert isinstance(known, StudyData)
    names = {run.run: run.of or run.run for run in runs}
    return StudyLosses(make_snapshot(runs, data=known), {run: values.losses[of] for run, of in names.items()})


def again(values: Trained, setting: str, *, times: int = 1, sequences: int | None = None) -> StudyLosses:
    training = {**CONFIG["training"], "n_iters": times * CONFIG["training"]["n_iters"]}
    config = {**CONFIG, "training": training, "data": {**CONFIG["data"], "num_sequences": sequences}}
    runs = [
        make_run(f"{run}-large", "complete", value=value, of=run, config=config, source="linked")
        for run, value in values.values.items()
    ]
    return study(runs, values, setting=setting, trains_on="data/x.pt")


def test_the_linked_studies_are_told_apart_by_their_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "RESAMPLES", 50)
    own = trained("", RANKS)
    sweep = study([make_run(run, "complete", value=value) for run, value in own.values.items()], own)
    nine, twenty, full = (again(trained("", RANKS, seed), name, **at) for seed, name, at in [
        (1, "the sweep's length on 9,000 sequences", {"sequences": 9000}),
        (2, "the sweep's length on 20,000 sequences", {"sequences": 20_000}),
        (3, "the full length on the whole corpus", {"times": 4}),
    ])  # fmt: skip

    def assessed(*larger: StudyLosses) -> Trust:
        return assess(sweep, repeats=[], larger=larger, confirmed=[])

    found = assessed(nine, full)
    (compared,) = found.against
    assert compared.setting == "the full length on the whole corpus"
    assert [one.setting for one in compared.proxies] == ["9,000 sequences, the sweep's own", "9,000 sequences"]
    # What was trained to be compared with is no larger setting to which the sweep is faithful or not.
    assert [one.setting for one in found.fidelity] == ["the full length on the whole corpus"]
    assert any(line.startswith("At equal cost, against the full length") for line in trust_lines(found))
    both = assessed(nine, twenty, full)
    assert [len(one.proxies) for one in both.against if one.setting.startswith("the full")] == [3]
    alone = assessed(full)
    assert (alone.against, len(alone.fidelity)) == ((), 1)
    assert [one.setting for one in assessed(twenty).fidelity] == ["the sweep's length on 20,000 sequences"]
