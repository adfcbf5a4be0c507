"""Sweeps that were made up, so that their truth is known: other sizes, workers, speeds and pruners than recorded."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from typing import Any

from benchmarks._recordings import Recording
from optsweep.search.sampling import RandomRuns
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study
from optsweep.trainers import trainer_of
from tests.snapshots import SCRIPT_STUDY

BEAT = 3.0
"""Seconds after which a run's progress is told anew."""


@dataclass(frozen=True)
class Kind:
    """What the sweeps of one kind have in common."""

    workers: int = 4
    sampled: int = 30
    minutes: float = 5.0
    """Of an average run."""
    spread: float = 0.1
    """How differently fast runs of one size are, as a deviation of the logarithm."""
    speeds: float = 0.0
    """The same of workers."""
    drift: float = 0.1
    """The same of the machine, from one half of the sweep to the other."""
    cut: float = 0.5
    early: float = 0.0
    """The share of runs that end early by themselves."""
    section: dict[str, Any] = field(default_factory=dict)
    """Of the pruner."""
    script: bool = False
    growing: bool = False
    """Whether later sampled runs tend to be the larger ones of those drawn."""


KINDS = {
    "1 worker, median": Kind(workers=1),
    "2 workers, few runs": Kind(workers=2, sampled=8, section={"startup": 8}),
    "4 workers, median": Kind(),
    "8 workers, median": Kind(workers=8, sampled=60),
    "4 workers, no pruner": Kind(cut=0.0, section={"kind": "none"}),
    "4 workers, percentile 25": Kind(cut=0.8, section={"kind": "percentile", "percentile": 25.0}),
    "4 workers, hardly any cut": Kind(cut=0.1),
    "workers of different speeds": Kind(workers=6, speeds=0.5, sampled=40),
    "patience": Kind(early=0.6, cut=0.2),
    "noisy machine": Kind(spread=0.4, drift=0.3),
    "TPE tends to large models": Kind(growing=True),
    "script, sizes unknown": Kind(script=True, spread=0.7),
    "script, 8 workers, few runs": Kind(script=True, spread=0.5, workers=8, sampled=20),
    "200 sampled runs": Kind(sampled=200, workers=8),
}


def simulated(name: str, seed: int) -> Recording:
    """A sweep of that kind, from its first claim to its last end."""
    return _Sweep(name, KINDS[name], random.Random(f"{name}/{seed}")).recording()


class _Sweep:
    def __init__(self, name: str, kind: Kind, rng: random.Random) -> None:
        self._name, self._kind, self._rng = name, kind, rng
        study = SCRIPT_STUDY if kind.script else load_study("demo")
        contents = study.model_dump(mode="json")
        contents["study"] |= {"trials": kind.sampled, "seed": rng.randrange(10**6)}
        contents["pruner"] |= kind.section
        self._definition = StudyDefinition.model_validate(contents)
        self._speeds = [rng.lognormvariate(0.0, kind.speeds) for _ in range(kind.workers)]
        self._drifts = [rng.lognormvariate(0.0, kind.drift) for _ in range(2)]
        self._complete: list[float] = []

    def recording(self) -> Recording:
        runs, whole = self._planned()
        usual = sum(whole) / len(whole)
        free = [(self._rng.uniform(0.0, 3.0), worker) for worker in range(self._kind.workers)]
        heapq.heapify(free)
        for place, (run, cost) in enumerate(zip(runs, whole, strict=True)):
            at, worker = heapq.heappop(free)
            drift = self._drifts[2 * place // len(runs)]
            noise = self._rng.lognormvariate(0.0, self._kind.spread)
            seconds = 60 * self._kind.minutes * cost / usual * self._speeds[worker] * drift * noise
            took = self._train(run, at, worker, seconds)
            heapq.heappush(free, (at + took + self._rng.uniform(0.02, 1.0), worker))
        head = {"target": len(runs), "definition": self._definition.model_dump(mode="json"), "measured": []}
        return Recording(self._name, head | {"runs": runs})

    def _planned(self) -> tuple[list[dict[str, Any]], list[float]]:
        definition, trainer, drawn = self._definition, trainer_of(self._definition), RandomRuns(self._definition)
        presets = [(one.name, "preset", one.parameters, one.name) for one in definition.presets]
        given = [drawn.parameters(index) for index in range(self._kind.sampled)]
        given = [definition.candidates(one, {})[0] for one in given]
        configs = [
            (run, source, preset, trainer.resolve(parameters, preset=preset, seed=0))
            for run, source, parameters, preset in [
                *presets,
                *[(f"tpe-{index + 1:03d}", "tpe", one, None) for index, one in enumerate(given)],
            ]
        ]
        # On a small device an iteration costs something by itself.
        costs = [
            1.0 if self._kind.script else (work := trainer.work(config)).operations + 2e7 * work.iterations
            for *_, config in configs
        ]
        order = list(range(len(presets), len(configs)))
        if self._kind.growing:
            order.sort(key=lambda place: costs[place] * self._rng.lognormvariate(0.0, 0.7))
        first = sorted(range(len(presets)), key=lambda place: -costs[place])
        runs = [
            {
                "source": configs[place][1], "preset": configs[place][2], "index": index,
                "changes": [[0.0, {"run": configs[place][0], "state": "waiting"}]],
                "config": configs[place][3].model_dump(mode="json"),
            }
            for index, place in enumerate([*first, *order])
        ]  # fmt: skip
        return runs, [costs[place] for place in [*first, *order]]

    def _train(self, run: dict[str, Any], at: float, worker: int, seconds: float) -> float:
        """Adds what a reader of the database sees of the run; returns how long it took."""
        rng, kind, end, state, reason = self._rng, self._kind, 1.0, "complete", None
        enough = sum(moment <= at for moment in self._complete) >= self._definition.pruner.startup
        if run["source"] != "preset" and enough and rng.random() < kind.cut:
            warmup = self._definition.pruner.warmup_fraction + 0.05
            end, state, reason = min(0.95, rng.choice([warmup, warmup, rng.uniform(warmup, 0.95)])), "pruned", "pruned"
        elif rng.random() < kind.early:
            end, reason = rng.uniform(0.3, 1.0), "overfitted"
        took = end * seconds
        total = self._sequences(run)
        config = run.pop("config")
        changes = run["changes"]
        changes.append(
            [
                at,
                {
                    "state": "running",
                    "worker": f"CPU worker {worker}",
                    "attempts": 1,
                    "started": at,
                    "stored_config": config,
                },
            ]
        )
        for beat in range(1, int(took / BEAT) + 1):
            share = beat * BEAT / seconds
            changes.append(
                [at + beat * BEAT, {"progress": share, "seconds": beat * BEAT, "sequences": int(share * total)}]
            )
        # A run that ends early by itself is done.
        done = {"progress": 1.0 if state == "complete" else end, "seconds": took, "sequences": int(end * total)}
        changes.append(
            [at + took, {"state": state, "cut": state == "pruned", "reason": reason, "ended": at + took, **done}]
        )
        if state == "complete":
            self._complete.append(at + took)
        return took

    def _sequences(self, run: dict[str, Any]) -> int:
        if self._kind.script:
            return 0
        training = run["config"]["training"]
        return int(training["n_iters"] * training["effective_batch"])
