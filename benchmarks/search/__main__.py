"""How fast a search finds a good configuration: ours against what people do today, over recorded curves.

    python -m benchmarks.search            # table.json beside this file; 200 seeds, 1, 4 and 16 workers

Every strategy starts with nothing (no presets), sees the same curves and pays their seconds. TPE and the pruner are
the product's own code. Regret is normalised: (v - best) / (median - best) of the space, v without the seeds' noise.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import multiprocessing
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.trial import TrialState

from benchmarks.search.surrogate import Surrogate, read_table
from optsweep.search.pruning_rule import PruningRule
from optsweep.search.sampling import RandomRuns, Sampler, distributions_for
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import parse_study
from optsweep.study.sections import PrunerSection

STUDY = Path(__file__).with_name("study.toml")
WORKERS = (1, 4, 16)
RUNS = 60
"""Sampled runs after which a simulated search ends."""
PRUNER, STARTUP = PrunerSection(kind="median", startup=5, warmup_fraction=0.3, minimum=3), 6
STARTUPS = (10, 20)
"""Other numbers of random runs before TPE takes over."""
GOOD = 0.05
"""Normalised regret that counts as good."""
SEED_DEVIATION = 0.0018
"""Nats between seeds of one configuration, as `optsweep fidelity` measured it on this study (docs/fidelity.md)."""


FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Strategy:
    name: str
    sampler: str
    startup: int
    pruner: PrunerSection


@dataclass
class Playing:
    """A simulated run in training."""

    parameters: dict[str, Any]
    curve: FloatArray
    """With the noise of its seed."""
    truth: float
    """Its value without."""
    seconds: float
    trial_id: int
    step: int = 0


class Search:
    """One simulated search: workers draw, train, are cut, tell; the clock is the surrogate's seconds."""

    def __init__(self, surrogate: Surrogate, strategy: Strategy, workers: int, seed: int, runs: int) -> None:
        self._surrogate, self._strategy, self._workers, self._runs = surrogate, strategy, workers, runs
        self._definition = _definition(strategy, seed)
        self._sampler, self._random_runs = Sampler(self._definition), RandomRuns(self._definition)
        self._rng = np.random.default_rng(seed)
        self._study = optuna.create_study(direction="minimize")
        self._contest = PruningRule(strategy.pruner, self._definition.budget.num_evaluations)
        self._spent = 0.0
        self.claimed: list[Playing] = []
        """Every run so far, in the order in which workers claimed them."""

    def play(self) -> Iterator[tuple[float, float, Mapping[str, Any] | None, float]]:
        """(wall seconds, device seconds, parameters or None where it was cut, value) of every run that ends."""
        ticket = itertools.count()
        playing: list[tuple[float, int, Playing]] = []
        for number in range(min(self._workers, self._runs)):
            self._start(playing, 0.0, number, next(ticket))
        started = len(playing)
        while playing:
            now, _, run = heapq.heappop(playing)
            self._spent += run.seconds / len(run.curve)
            run.step += 1
            best = float(run.curve[: run.step].min())
            self._study._storage.set_trial_intermediate_value(run.trial_id, run.step, float(run.curve[run.step - 1]))
            done = run.step == len(run.curve)
            if not done and self._contest.reason(run.step, best) is None:
                heapq.heappush(playing, (now + run.seconds / len(run.curve), next(ticket), run))
                continue
            curve = dict(enumerate(run.curve[: run.step].tolist(), start=1))
            self._contest.add(curve, complete=done)
            state = TrialState.COMPLETE if done else TrialState.PRUNED
            self._study._storage.set_trial_state_values(run.trial_id, state, [best])
            yield now, self._spent, run.parameters if done else None, best
            if started < self._runs:
                self._start(playing, now, started, next(ticket))
                started += 1

    def _start(self, playing: list[tuple[float, int, Playing]], now: float, number: int, ticket: int) -> None:
        trial = self._study.ask()
        frozen = self._study._storage.get_trial(trial._trial_id)
        if self._strategy.sampler == "tpe":
            parameters = self._sampler.draw(self._study, frozen, source="tpe", fixed={}, index=number)
        else:
            parameters = self._random_runs.parameters(number)
        for name, distribution in distributions_for(self._definition, parameters).items():
            internal = distribution.to_internal_repr(parameters[name])
            self._study._storage.set_trial_param(trial._trial_id, name, internal, distribution)
        curve, seconds = self._surrogate.run(parameters)
        noisy = curve + self._rng.normal(0.0, SEED_DEVIATION)
        run = Playing(parameters, noisy, float(curve.min()), seconds, trial._trial_id)
        self.claimed.append(run)
        heapq.heappush(playing, (now + seconds / len(curve), ticket, run))


def _definition(strategy: Strategy, seed: int) -> StudyDefinition:
    contents = tomllib.loads(STUDY.read_text())
    contents["study"] |= {"type": strategy.sampler, "seed": seed, "trials": RUNS}
    contents["sampler"] = {"startup": strategy.startup}
    contents["preset"] = []
    return parse_study(contents, "search", str(STUDY))


@dataclass(frozen=True)
class Track:
    """What one search had found, whenever a run ended: wall and device seconds, runs ended, and the true regret.

    What looks best is chosen by the noisy values, as a person would; how good it is, by the noiseless curve.
    """

    wall: FloatArray
    spent: FloatArray
    regret: FloatArray
    """Nats above the best of the space; infinite before the first complete run."""

    def first(self, clock: FloatArray, limit: float) -> float:
        """When the regret was first at or below ``limit``; infinite where it never was."""
        there = np.flatnonzero(self.regret <= limit)
        return float(clock[there[0]]) if len(there) else np.inf


def track(surrogate: Surrogate, best: float, strategy: Strategy, workers: int, seed: int) -> Track:
    looks_best, regret = np.inf, np.inf
    rows = []
    for wall, spent, parameters, value in Search(surrogate, strategy, workers, seed, RUNS).play():
        if parameters is not None and value < looks_best:
            looks_best = value
            regret = float(surrogate.curves([parameters])[0].min()) - best
        rows.append((wall, spent, regret))
    return Track(*np.array(rows).T)


def strategies() -> list[Strategy]:
    nothing = PrunerSection(kind="none")
    halving = PrunerSection(kind="halving", warmup_fraction=0.3, startup=5, minimum=3)
    return [
        Strategy("random", "random", STARTUP, nothing),
        Strategy("random + halving", "random", STARTUP, halving),
        Strategy("TPE", "tpe", STARTUP, nothing),
        Strategy("TPE + pruner (optsweep)", "tpe", STARTUP, PRUNER),
        *(Strategy(f"TPE + pruner, startup {other}", "tpe", other, PRUNER) for other in STARTUPS),
    ]


def tracks(surrogate: Surrogate, best: float, strategy: Strategy, workers: int, seeds: int) -> list[Track]:
    """One search for every seed, on all cores."""
    jobs = [(surrogate, best, strategy, workers, seed) for seed in range(seeds)]
    with multiprocessing.get_context("fork").Pool() as pool:
        return pool.starmap(track, jobs, chunksize=4)


def speed_up(ours: FloatArray, theirs: FloatArray) -> tuple[float, float, float]:
    """Mean of theirs over mean of ours, and its 95 % bootstrap interval; pairs by seed."""
    draws = np.random.default_rng(0).integers(len(ours), size=(2000, len(ours)))
    low, high = np.percentile(theirs[draws].mean(axis=1) / ours[draws].mean(axis=1), [2.5, 97.5])
    return float(theirs.mean() / ours.mean()), float(low), float(high)


def beats_from(ours: Sequence[Track], theirs: Sequence[Track], scale: float) -> int | None:
    """The number of runs from which on our mean regret is below theirs, its paired 95 % interval too; None: never."""
    count = min(len(one.regret) for one in [*ours, *theirs])
    capped = [np.array([np.minimum(one.regret[:count], scale) for one in side]) for side in (ours, theirs)]
    gain = capped[1] - capped[0]
    draws = np.random.default_rng(0).integers(len(gain), size=(1000, len(gain)))
    low = np.percentile(np.array([gain[draw].mean(axis=0) for draw in draws]), 2.5, axis=0)
    losing = np.flatnonzero(low <= 0)
    if not len(losing):
        return 1
    return None if losing[-1] == count - 1 else int(losing[-1]) + 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    recorded = read_table()
    surrogate = Surrogate(recorded)
    spearman, error = surrogate.rank_error(recorded)
    print(
        f"{len(recorded.values)} recorded runs; surrogate cross-validated: Spearman {spearman:.2f}, error {error:.4f}"
    )
    best, median = scale_of(surrogate)
    targets = {f"regret {GOOD:.0%}": GOOD * (median - best), "one seed deviation": SEED_DEVIATION}
    full = float(np.mean(recorded.seconds))
    print(f"best {best:.4f}, median {median:.4f} nats per residue; times in full runs of {full:.0f} s")
    for workers in WORKERS:
        print_table(surrogate, best, median, targets, full, workers, arguments.seeds)


def scale_of(surrogate: Surrogate) -> tuple[float, float]:
    """Best and median value of 5,000 configurations of the space, without noise."""
    file = parse_study(tomllib.loads(STUDY.read_text()), "search", str(STUDY))
    drawn = surrogate.curves([random_parameters_of(file, seed) for seed in range(5000)]).min(axis=1)
    return float(drawn.min()), float(np.median(drawn))


def random_parameters_of(file: StudyDefinition, seed: int) -> dict[str, Any]:
    return RandomRuns(file.with_overrides(seed=seed)).parameters(0)


def print_table(
    surrogate: Surrogate,
    best: float,
    median: float,
    targets: Mapping[str, float],
    full: float,
    workers: int,
    seeds: int,
) -> None:
    found = {one.name: tracks(surrogate, best, one, workers, seeds) for one in strategies()}
    base = found["random"]
    print(f"\n{workers} workers, {seeds} seeds\n")
    print("| strategy | target | reached | device time, median | wall time, median | random takes (device) | (wall) |")
    print("|---|---|---|---|---|---|---|")
    for name, ours in found.items():
        for target, limit in targets.items():
            times = [np.array([one.first(getattr(one, clock), limit) for one in ours]) for clock in ("spent", "wall")]
            theirs = [np.array([one.first(getattr(one, clock), limit) for one in base]) for clock in ("spent", "wall")]
            # A search that never got there counts with the end of the longer one of its pair, in random's favour.
            ends = [np.array([max(o[-1], t[-1]) for o, t in pairs]) for pairs in _ends(ours, base)]
            ups = [
                speed_up(np.minimum(mine, end), np.minimum(other, end))
                for mine, other, end in zip(times, theirs, ends, strict=True)
            ]
            cells = [f"{np.median(time) / full:.1f}" for time in times]
            cells += [f"{up[0]:.2f} ({up[1]:.2f} to {up[2]:.2f})" for up in ups]
            reached = f"{np.isfinite(times[0]).mean():.0%}"
            print(f"| {name} | {target} | {reached} | {' | '.join(cells)} |")
    number = beats_from(found["TPE"], base, median - best)
    print(f"\nTPE beats random from run {number} on" if number else "\nTPE does not beat random within these runs")


def _ends(ours: Sequence[Track], base: Sequence[Track]) -> list[list[tuple[FloatArray, FloatArray]]]:
    return [
        [(getattr(o, clock), getattr(b, clock)) for o, b in zip(ours, base, strict=True)] for clock in ("spent", "wall")
    ]


if __name__ == "__main__":
    main()
