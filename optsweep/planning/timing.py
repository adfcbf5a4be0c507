"""What a sweep will take on this machine: a few iterations of every preset, timed in processes of their own."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from optsweep.config import TrainConfig
from optsweep.data.demo import DEMO_PATH
from optsweep.data.subset import find_subset
from optsweep.errors import ConfigError, DeviceError
from optsweep.files import write_text
from optsweep.machine.child import answers_of
from optsweep.machine.devices import Slot
from optsweep.planning.session import Session
from optsweep.results.attributes import NEVER_CUT, RunIdentity
from optsweep.results.ends import expected_cuts
from optsweep.results.folders import study_directory
from optsweep.results.forecast import play


@dataclass(frozen=True)
class Cost:
    """One preset on one kind of device; None if its memory does not hold even micro-batch 1."""

    preset: str
    kind: str
    iteration: float | None
    """Seconds."""
    evaluation: float | None
    compilation: float | None
    """Once in each run; 0 if the run does not compile."""
    sweep: float | None
    """Seconds of its whole run in the sweep, and at full length."""
    full: float | None
    memory: int | None
    """Peak bytes of the device; of a CPU worker, of the process."""
    power: float | None
    """Watts; None if the driver does not tell."""


@dataclass(frozen=True)
class Measured:
    costs: list[Cost]
    makespan: float | None
    """Seconds for all queued runs on the workers given; None if a preset does not fit."""
    pruned_makespan: float | None
    """The same with the expected pruning."""
    longest: float | None
    """The longest run, below which no number of workers brings the makespan."""


def measure(session: Session, queued: Sequence[RunIdentity]) -> Measured:
    """Time the presets on each kind of device, and keep that for the sweep's own forecast.

    As many processes as there are workers of one device run at once: they take time from each other later too.
    ``queued`` is in claim order. Raises `ConfigError` for the user's own script.
    """
    lengths = session.trainer.known_lengths("--measure", session.name)
    if not lengths.presets:
        raise ConfigError("--measure", ["the study has no preset to be timed"])
    sweeps, fulls = (
        {preset.name: resolve(preset.parameters, preset=preset.name, seed=0) for preset in lengths.presets}
        for resolve in (lengths.resolve, lengths.full)
    )
    kinds = {slot.kind: slot for slot in reversed(session.slots)}
    costs = [cost for slot in kinds.values() for cost in _costs(session, slot, sweeps, fulls)]
    known = {kind: {cost.preset: cost.sweep for cost in costs if cost.kind == kind and cost.sweep} for kind in kinds}
    _keep_times(session, sweeps, known)
    if any(cost.sweep is None for cost in costs):
        return Measured(costs, None, None, None)
    # A sampled run is taken to cost a sequence what the presets do in the mean.
    share = lengths.sampled_sequences / sum(config.total_sequences for config in sweeps.values())
    whole = {
        kind: [own[run.preset] if run.preset else share * sum(own.values()) for run in queued]
        for kind, own in known.items()
    }
    pruner = session.definition.pruner
    share_cut = expected_cuts(pruner)
    # Those that are cut are so as soon as they may be, and come evenly between the others.
    parts = [
        pruner.warmup_fraction
        if run.source not in NEVER_CUT and math.floor((place + 1) * share_cut) > math.floor(place * share_cut)
        else 1.0
        for place, run in enumerate(queued)
    ]
    cut = {kind: [part * seconds for part, seconds in zip(parts, own, strict=True)] for kind, own in whole.items()}
    slots = [slot.kind for slot in session.slots]
    longest = min(max(own, default=0.0) for own in whole.values())
    return Measured(costs, makespan(whole, slots), makespan(cut, slots), longest)


def makespan(seconds: Mapping[str, Sequence[float]], slots: Sequence[str]) -> float:
    """When the last run ends; ``seconds`` are of every run by kind of worker, in claim order."""
    runs = range(len(next(iter(seconds.values()))))
    return play(runs, [0.0] * len(slots), lambda run, worker: [seconds[slots[worker]][run]])


def _costs(
    session: Session, slot: Slot, sweeps: Mapping[str, TrainConfig], fulls: Mapping[str, TrainConfig]
) -> list[Cost]:
    timed = _timed(session, [other for other in session.slots if other.gpus == slot.gpus], sweeps)
    costs = []
    for name in sweeps:
        iteration, evaluation, compilation, memory, power = (
            _mean([result[name][key] for result in timed])
            for key in ("iteration", "evaluation", "compilation", "memory", "power")
        )
        parts = iteration, evaluation, compilation
        sweep, full = _seconds(sweeps[name], *parts), _seconds(fulls[name], *parts)
        peak = None if memory is None else int(memory)
        costs.append(Cost(name, slot.kind, *parts, sweep, full, peak, power))
    return costs


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) == len(values) else None


def _timed(
    session: Session, slots: list[Slot], configs: Mapping[str, TrainConfig]
) -> list[dict[str, dict[str, float | None]]]:
    """What each of ``slots`` measures for each config; they are timed at the same time."""
    corpus = session.choice.data or DEMO_PATH
    subset = find_subset(corpus) if corpus.suffix == ".pt" and corpus.exists() else None
    with_threads = session.trainer.with_threads
    order = {
        "device": slots[0].device,
        "data": None if subset is None else str(subset),
        "configs": {
            name: with_threads(config, slots[0].threads).model_dump(mode="json") for name, config in configs.items()
        },
    }
    places = [slot.environment for slot in slots]
    answers = answers_of("optsweep.train.measure", json.dumps(order), places)
    for slot, (status, _, errors) in zip(slots, answers, strict=True):
        if status:
            last = (errors.strip().splitlines() or ["it said nothing"])[-1]
            raise DeviceError(f"--measure: the presets cannot be timed on {slot.label}: {last[:200]}")
    return [json.loads(answer) for _, answer, _ in answers]


def _seconds(
    config: TrainConfig, iteration: float | None, evaluation: float | None, compilation: float | None
) -> float | None:
    if iteration is None or evaluation is None or compilation is None:
        return None
    grid, every = config.evaluation, config.evaluation.every_sequences
    count = grid.num_evaluations or (config.total_sequences // every if every else 0)
    return compilation + config.training.n_iters * iteration + max(1, count) * evaluation


def _times_path(study: str) -> Path:
    """JSON beside the study's runs, until a sweep starts: kind -> [[iterations, multiplications, seconds], ...]."""
    return study_directory(study) / "measured.json"


def _keep_times(session: Session, configs: Mapping[str, TrainConfig], known: Mapping[str, Mapping[str, float]]) -> None:
    works = {name: session.trainer.work(config) for name, config in configs.items()}
    times = {
        kind: [(works[name].iterations, works[name].operations, seconds) for name, seconds in own.items()]
        for kind, own in known.items()
    }
    path = _times_path(session.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(times, indent=2) + "\n")


def read_times(study: str, slots: list[Slot]) -> list[tuple[float, float, float]]:
    """The times of devices of the same kinds as ``slots``; empty if nothing was measured on them."""
    path = _times_path(study)
    if not path.exists():
        return []
    times = json.loads(path.read_text())
    return [tuple(each) for kind in sorted({slot.kind for slot in slots}) for each in times.get(kind, [])]
