"""What a sweep will take on this machine: a few iterations of every preset, timed in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from optsweep.config import TrainConfig
from optsweep.data.demo import DEMO_PATH
from optsweep.data.subset import find_subset
from optsweep.errors import ConfigError, DeviceError
from optsweep.sweep.definition import BuiltinStudy
from optsweep.sweep.devices import Slot
from optsweep.sweep.lengths import resolve, resolve_full, training_seed
from optsweep.sweep.session import Preview, Session

CUT_SHARE = 0.5
"""Of the sampled runs, expected to be cut as soon as they may be: the median rule lets the better half go on."""


@dataclass(frozen=True)
class Cost:
    """One preset on one kind of device; None where its memory does not hold even micro-batch 1."""

    preset: str
    kind: str
    iteration: float | None
    """Seconds."""
    evaluation: float | None
    sweep: float | None
    """Seconds of its whole run in the sweep, and at full length."""
    full: float | None
    memory: int | None
    """Peak bytes of the device; of a CPU worker, of the process."""


@dataclass(frozen=True)
class Measured:
    costs: list[Cost]
    makespan: float | None
    """Seconds for all queued runs on the workers given; None where a preset does not fit."""
    pruned_makespan: float | None
    """The same with the expected pruning."""
    longest: float | None
    """The longest run, below which no number of workers brings the makespan."""


def measure(preview: Preview) -> Measured:
    """Time the presets on each kind of device; stores nothing. Raises `ConfigError` for a script of somebody else's."""
    session = preview.session
    definition = session.definition
    if not isinstance(definition, BuiltinStudy):
        raise ConfigError("--measure", ["this study trains by a script of its own, of which nothing is known"])
    if not definition.presets:
        raise ConfigError("--measure", ["the study has no preset to be timed"])
    kinds = {_kind(slot): slot for slot in reversed(session.slots)}
    costs = [cost for kind, slot in kinds.items() for cost in _costs(session, definition, kind, slot)]
    by_kind = {kind: _seconds_of_runs(preview, definition, costs, kind) for kind in kinds}
    if any(seconds is None for seconds in by_kind.values()):
        return Measured(costs, None, None, None)
    known = {kind: seconds for kind, seconds in by_kind.items() if seconds is not None}
    slots = [_kind(slot) for slot in session.slots]
    full = makespan({kind: [run for run, _ in runs] for kind, runs in known.items()}, slots)
    pruned = makespan({kind: [cut for _, cut in runs] for kind, runs in known.items()}, slots)
    longest = min(max((run for run, _ in runs), default=0.0) for runs in known.values())
    return Measured(costs, full, pruned, longest)


def makespan(seconds: dict[str, list[float]], slots: list[str]) -> float:
    """When the last run ends: each worker takes the next run as it is free; ``seconds`` by kind, in claim order."""
    free = [0.0] * len(slots)
    for run in range(len(next(iter(seconds.values())))):
        first = free.index(min(free))
        free[first] += seconds[slots[first]][run]
    return max(free)


def _kind(slot: Slot) -> str:
    return slot.gpu.name if slot.gpu else "CPU"


def _costs(session: Session, definition: BuiltinStudy, kind: str, slot: Slot) -> list[Cost]:
    sweeps: dict[str, TrainConfig] = {}
    fulls: dict[str, TrainConfig] = {}
    for index, preset in enumerate(definition.presets):
        seed = training_seed(definition.study.seed, index)
        values = preset.parameters
        sweeps[preset.name] = resolve(definition, values, preset=preset, seed=seed, threads=slot.threads)
        fulls[preset.name] = resolve_full(definition, values, preset=preset, seed=seed)
    timed = _timed(session, slot, sweeps)
    costs = []
    for name, result in timed.items():
        iteration, evaluation, memory = result["iteration"], result["evaluation"], result["memory"]
        sweep = _seconds(sweeps[name], iteration, evaluation)
        full = _seconds(fulls[name], iteration, evaluation)
        costs.append(Cost(name, kind, iteration, evaluation, sweep, full, None if memory is None else int(memory)))
    return costs


def _timed(session: Session, slot: Slot, configs: dict[str, TrainConfig]) -> dict[str, dict[str, float | None]]:
    corpus = session.choice.data or DEMO_PATH
    subset = find_subset(corpus) if corpus.suffix == ".pt" and corpus.exists() else None
    order = {
        "device": slot.device,
        "data": None if subset is None else str(subset),
        "configs": {name: config.model_dump(mode="json") for name, config in configs.items()},
    }
    done = subprocess.run(
        [sys.executable, "-m", "optsweep.train.measure"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        env={**os.environ, **slot.environment},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DeviceError(f"--measure: the presets cannot be timed on {slot.label}: {last[:200]}")
    result: dict[str, dict[str, float | None]] = json.loads(done.stdout)
    return result


def _seconds(config: TrainConfig, iteration: float | None, evaluation: float | None) -> float | None:
    if iteration is None or evaluation is None:
        return None
    grid, training = config.evaluation, config.training
    every = grid.every_sequences
    count = grid.num_evaluations or (training.n_iters * training.effective_batch // every if every else 0)
    return training.n_iters * iteration + max(1, count) * evaluation


def _seconds_of_runs(
    preview: Preview, definition: BuiltinStudy, costs: list[Cost], kind: str
) -> list[tuple[float, float]] | None:
    """(to its end, with expected pruning) of every queued run in claim order.

    A sampled run is taken to cost a sequence what the presets do in the mean; sampled runs are cut in turn.
    """
    own = {cost.preset: cost.sweep for cost in costs if cost.kind == kind}
    known = {name: seconds for name, seconds in own.items() if seconds is not None}
    if len(known) < len(own):
        return None
    sequences = sum(
        resolve(definition, preset.parameters, preset=preset, seed=0).total_sequences for preset in definition.presets
    )
    sampled = sum(known.values()) / sequences * definition.budget.sequences * definition.budget.scale
    shortest = 1.0 if definition.pruner.kind == "none" else definition.pruner.warmup_fraction
    result = []
    for place, run in enumerate(sorted(preview.plan.queued, key=lambda run: run.priority)):
        seconds = known[run.preset] if run.preset else sampled
        is_cut = run.preset is None and place % round(1 / CUT_SHARE) == 0
        result.append((seconds, seconds * shortest if is_cut else seconds))
    return result
