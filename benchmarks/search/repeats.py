"""Whole sweeps over recorded curves, with repeats and without, at the same device time.

    python -m benchmarks.search.repeats                    # 200 paired seeds, 4 workers
    python -m benchmarks.search.repeats --first 1000       # other seeds than those that the design was chosen on
    python -m benchmarks.search.repeats --final 0          # what the leader's last seeds cost
    python -m benchmarks.search.repeats --share 0 --margin 0.0005    # no repeats, a pruner that spares the nearly good

TPE draws the first seeds once, as far as the longest sweep goes; shorter ones are prefixes of it, since repeats come
last. Sampler, pruner, choice of repeats and statements are the product's own code.
"""

from __future__ import annotations

import argparse
import functools
import heapq
import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import optuna

from benchmarks.search.__main__ import SEED_DEVIATION, FloatArray, Search, Strategy, scale_of
from benchmarks.search.surrogate import Surrogate, read_table
from optsweep.results.seeds import Configuration, completed_noise, leader, next_to_repeat, pooled
from optsweep.search.pruning_rule import PruningRule
from optsweep.study.file import load_study
from optsweep.study.sections import PrunerSection
from optsweep.trust.lead import chance_within

POINTS = 20
LONGEST = 120
WORKERS = 4
BUDGETS = (13, 20, 30, 40)
"""Device time, in mean full runs."""
BINS = 10
FEWEST_TRIALS = 20
"""From how many sampled runs on a sweep repeats: `[study] repeats = "auto"`."""


@dataclass(frozen=True)
class Way:
    """How a sweep spends its slots."""

    share: float = 0.2
    """Of the slots, how many are repeats: `[study] repeats = "auto"`."""
    final: int = 2
    """Of the repeats, how many are seeds of the leader after the choice."""
    margin: float = 0.0
    """Nats by which a run must be worse than the pruner asks for."""

    def repeats(self, slots: int) -> int:
        return round(self.share * slots) if slots >= FEWEST_TRIALS else 0


@dataclass(frozen=True)
class First:
    """A sampled configuration, as the sweep draws it: its first seed's curve, what it is worth, what a run costs."""

    curve: FloatArray
    truth: float
    seconds: float


@dataclass(frozen=True)
class Drawn:
    """What one sweep draws, in order, for as long as it goes on."""

    seed: int
    firsts: Sequence[First]


def draw(surrogate: Surrogate, strategy: Strategy, workers: int, seed: int, seconds: float) -> Drawn:
    """Draw until sweeps of ``seconds`` of device time are surely over."""
    search = Search(surrogate, strategy, workers, seed, LONGEST)
    for _, spent, _, _ in search.play():
        if spent > seconds:
            break
    return Drawn(seed, [First(one.curve, one.truth, one.seconds) for one in search.claimed])


@dataclass
class _Run:
    of: int
    curve: FloatArray
    seconds: float
    prunable: bool
    step: int = 0


@dataclass
class _Tried:
    values: list[float] = field(default_factory=list)
    running: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a sweep ended."""

    slots: int
    spent: float
    """Device seconds."""
    configurations: Sequence[Configuration]
    """As they were when the leader was chosen; `run` is the index of the draw."""
    chosen: int
    reported: float | None
    """Mean of the seeds after the choice."""


def sweep(drawn: Drawn, pruner: PrunerSection, workers: int, slots: int, way: Way) -> Outcome:
    """Play a sweep of so many slots, the repeats among them."""
    repeats, final = way.repeats(slots), way.final
    noise = np.random.default_rng([drawn.seed, slots])
    rule = PruningRule(pruner, POINTS)
    tried = [_Tried() for _ in range(slots - repeats)]
    spent = 0.0

    def standing() -> list[Configuration]:
        return [Configuration(str(i), tuple(one.values), one.running) for i, one in enumerate(tried)]

    def again(of: int) -> _Run:
        first = drawn.firsts[of]
        shift = first.truth - float(first.curve.min()) + noise.normal(0.0, SEED_DEVIATION)
        tried[of].running += 1
        return _Run(of, first.curve + shift, first.seconds, prunable=False)

    def ended(run: _Run, complete: bool) -> None:
        nonlocal spent
        spent += run.seconds * run.step / POINTS
        rule.add(dict(enumerate(run.curve[: run.step].tolist(), start=1)), complete=complete)
        tried[run.of].running -= not run.prunable
        if complete:
            tried[run.of].values.append(float(run.curve.min()))

    def firsts() -> Iterable[_Run]:
        for i in range(len(tried)):
            yield _Run(i, drawn.firsts[i].curve, drawn.firsts[i].seconds, prunable=True)
        for _ in range(repeats - final):
            yield again(int(next_to_repeat(standing()) or 0))

    _play(iter(firsts()), workers, rule, way.margin, ended)
    configurations = standing()
    chosen = int(leader(configurations) or 0)
    before = len(tried[chosen].values)
    if repeats:
        _play(iter([again(chosen) for _ in range(final)]), workers, rule, way.margin, ended)
    reported = float(np.mean(tried[chosen].values[before:])) if repeats and final else None
    return Outcome(slots, spent, configurations, chosen, reported)


def _play(
    claims: Iterable[_Run], workers: int, rule: PruningRule, margin: float, ended: Callable[[_Run, bool], None]
) -> None:
    """Train what is claimed on so many workers, until nothing is left."""
    claims, ticket = iter(claims), itertools.count()
    playing: list[tuple[float, int, _Run]] = []

    def claim(now: float) -> None:
        if (run := next(claims, None)) is not None:
            heapq.heappush(playing, (now + run.seconds / POINTS, next(ticket), run))

    for _ in range(workers):
        claim(0.0)
    while playing:
        now, _, run = heapq.heappop(playing)
        run.step += 1
        done, best = run.step == POINTS, float(run.curve[: run.step].min())
        cut = not done and run.prunable and rule.reason(run.step, best - margin) is not None
        if done or cut:
            ended(run, done)
            claim(now)
        else:
            heapq.heappush(playing, (now + run.seconds / POINTS, next(ticket), run))


def costing(budget: float, play: Callable[[int], Outcome], most: int) -> Outcome:
    """The sweep, of any number of slots, whose device time is nearest to ``budget`` seconds."""
    low, high = 5, most
    while low < high:
        middle = (low + high + 1) // 2
        if play(middle).spent <= budget:
            low = middle
        else:
            high = middle - 1
    return min((play(low), play(min(low + 1, most))), key=lambda one: abs(one.spent - budget))


@dataclass(frozen=True)
class Pair:
    """At one budget: the regrets of the plain way and of this one, and what the sweep of this one said."""

    regrets: tuple[float, float]
    said: float
    true: bool
    """Of all that were tried, those that the pruner cut among them."""
    reported_error: float | None


def pairs(drawn: Drawn, pruner: PrunerSection, way: Way, full: float, best: float) -> list[Pair]:
    """One for each of `BUDGETS`; the plain sweep takes the device time that the other one took."""

    @functools.cache
    def plain(slots: int) -> Outcome:
        return sweep(drawn, pruner, WORKERS, slots, Way(share=0))

    @functools.cache
    def this(slots: int) -> Outcome:
        return sweep(drawn, pruner, WORKERS, slots, way)

    found = []
    for budget in BUDGETS:
        ours = costing(budget * full, this, len(drawn.firsts))
        theirs = costing(ours.spent, plain, len(drawn.firsts))
        truth = drawn.firsts[ours.chosen].truth
        noise = pooled(one.costs for one in ours.configurations)
        within = chance_within(ours.configurations, noise)
        deviation, _ = completed_noise(ours.configurations, noise)
        least = min(one.truth for one in drawn.firsts[: len(ours.configurations)])
        error = None if ours.reported is None else ours.reported - truth
        regrets = (drawn.firsts[theirs.chosen].truth - best, truth - best)
        found.append(Pair(regrets, within, truth - least <= deviation, error))
    return found


def print_regrets(found: Sequence[Sequence[Pair]], scale: float) -> None:
    print("| device time | plain: mean, median | this way: mean, median | difference | reported value's error |")
    print("|---|---|---|---|---|")
    for number, budget in enumerate(BUDGETS):
        regrets = np.array([pair[number].regrets for pair in found]) / scale
        gain = regrets[:, 1] - regrets[:, 0]
        errors = np.array([error for pair in found if (error := pair[number].reported_error) is not None])
        cells = [f"{regrets[:, side].mean():.3f}, {np.median(regrets[:, side]):.3f}" for side in (0, 1)]
        cells += [
            f"{one.mean():+.{digits}f} +- {one.std() / len(one) ** 0.5:.{digits}f}" if len(one) else "-"
            for one, digits in ((gain, 3), (errors, 5))
        ]
        print(f"| {budget} | {' | '.join(cells)} |")


def print_calibration(found: Sequence[Sequence[Pair]]) -> None:
    print("\n| said | statements | mean of what was said | true | standard error |\n|---|---|---|---|---|")
    pooled = [pair for one in found for pair in one]
    for low in range(BINS):
        if inside := [pair for pair in pooled if min(int(pair.said * BINS), BINS - 1) == low]:
            said, true = np.mean([pair.said for pair in inside]), np.mean([pair.true for pair in inside])
            error = (true * (1 - true) / len(inside)) ** 0.5
            bounds = f"{low / BINS:.1f} to {(low + 1) / BINS:.1f}"
            print(f"| {bounds} | {len(inside)} | {said:.3f} | {true:.3f} | {error:.3f} |")


def _one(job: tuple[Surrogate, Strategy, Way, int, float, float]) -> list[Pair]:
    surrogate, strategy, way, seed, full, best = job
    drawn = draw(surrogate, strategy, WORKERS, seed, (BUDGETS[-1] + 1) * full)
    return pairs(drawn, strategy.pruner, way, full, best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--share", type=float, default=Way.share)
    parser.add_argument("--final", type=int, default=Way.final)
    parser.add_argument("--margin", type=float, default=Way.margin)
    arguments = parser.parse_args()
    way = Way(arguments.share, arguments.final, arguments.margin)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    recorded, study = read_table(), load_study("uniref50")
    surrogate, full = Surrogate(recorded), float(np.mean(recorded.seconds))
    best, median = scale_of(surrogate)
    strategy = Strategy("TPE + pruner", "tpe", study.sampler.startup, study.pruner)
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    with multiprocessing.get_context("fork").Pool() as pool:
        found = pool.map(_one, [(surrogate, strategy, way, seed, full, best) for seed in seeds], chunksize=4)
    print(f"seeds {seeds[0]} to {seeds[-1]}, {WORKERS} workers; regret 0 = best, 1 = median of the space\n")
    print_regrets(found, median - best)
    print_calibration(found)


if __name__ == "__main__":
    main()
