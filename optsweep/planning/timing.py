"""What a sweep will take on this machine: a few iterations of every preset, timed in processes of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from optsweep.config import TrainConfig
from optsweep.data.demo import DEMO_PATH
from optsweep.data.subset import find_subset
from optsweep.errors import ConfigError, DeviceError
from optsweep.machine.child import answers_of
from optsweep.machine.devices import Slot
from optsweep.planning.preview import Preview
from optsweep.planning.request import Session
from optsweep.planning.timings_file import keep_times
from optsweep.results.forecast import play
from optsweep.trainers.trainer import KnownLengths

CUT_SHARE = 0.5
"""Share of the sampled runs that are cut as soon as they may be: the median rule lets the better half go on."""


@dataclass(frozen=True)
class Cost:
    """One preset on one kind of device; None if its memory does not hold even micro-batch 1."""

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


def measure(preview: Preview) -> Measured:
    """Time the presets on each kind of device, and keep that for the sweep's own forecast.

    As many processes as there are workers of one device run at once: they take time from each other later too. Raises
    `ConfigError` for the user's own script.
    """
    session = preview.session
    lengths = session.trainer.known_lengths("--measure", session.name)
    if not lengths.presets:
        raise ConfigError("--measure", ["the study has no preset to be timed"])
    kinds = {slot.kind: slot for slot in reversed(session.slots)}
    costs = [cost for slot in kinds.values() for cost in _costs(lengths, slot, session)]
    _keep(session, costs)
    by_kind = {kind: _seconds_of_runs(preview, lengths, costs, kind) for kind in kinds}
    if any(seconds is None for seconds in by_kind.values()):
        return Measured(costs, None, None, None)
    known = {kind: seconds for kind, seconds in by_kind.items() if seconds is not None}
    slots = [slot.kind for slot in session.slots]
    full = makespan({kind: [run for run, _ in runs] for kind, runs in known.items()}, slots)
    pruned = makespan({kind: [cut for _, cut in runs] for kind, runs in known.items()}, slots)
    longest = min(max((run for run, _ in runs), default=0.0) for runs in known.values())
    return Measured(costs, full, pruned, longest)


def makespan(seconds: dict[str, list[float]], slots: list[str]) -> float:
    """When the last run ends; ``seconds`` are of every run by kind of worker, in claim order."""
    runs = range(len(next(iter(seconds.values()))))
    return play(runs, [0.0] * len(slots), lambda run, worker: [seconds[slots[worker]][run]])


def _keep(session: Session, costs: list[Cost]) -> None:
    trainer = session.trainer
    timed: dict[str, list[tuple[float, float, float]]] = {}
    for cost in costs:
        if cost.sweep is not None:
            preset = session.definition.preset(cost.preset)
            work = trainer.work(trainer.resolve(preset.parameters, preset=preset.name, seed=0))
            timed.setdefault(cost.kind, []).append((work.iterations, work.operations, cost.sweep))
    keep_times(session.name, timed)


def _costs(lengths: KnownLengths, slot: Slot, session: Session) -> list[Cost]:
    sweeps: dict[str, TrainConfig] = {}
    fulls: dict[str, TrainConfig] = {}
    for index, preset in enumerate(lengths.presets):
        seed = session.definition.seed_for(index)
        name, values = preset.name, preset.parameters
        sweeps[name] = lengths.resolve(values, preset=name, seed=seed, threads=slot.threads)
        fulls[name] = lengths.full(values, preset=name, seed=seed)
    timed = _timed(session, [other for other in session.slots if other.gpu == slot.gpu], sweeps)
    costs = []
    for name in sweeps:
        iteration, evaluation, memory, power = (
            _mean(result[name][key] for result in timed) for key in ("iteration", "evaluation", "memory", "power")
        )
        sweep = _seconds(sweeps[name], iteration, evaluation)
        full = _seconds(fulls[name], iteration, evaluation)
        peak = None if memory is None else int(memory)
        costs.append(Cost(name, slot.kind, iteration, evaluation, sweep, full, peak, power))
    return costs


def _mean(values: Iterable[float | None]) -> float | None:
    known = list(values)
    return None if None in known else fmean(value for value in known if value is not None)


def _timed(
    session: Session, slots: list[Slot], configs: dict[str, TrainConfig]
) -> list[dict[str, dict[str, float | None]]]:
    """What each of ``slots`` measures for each config; they are timed at the same time."""
    corpus = session.choice.data or DEMO_PATH
    subset = find_subset(corpus) if corpus.suffix == ".pt" and corpus.exists() else None
    order = {
        "device": slots[0].device,
        "data": None if subset is None else str(subset),
        "configs": {name: config.model_dump(mode="json") for name, config in configs.items()},
    }
    places = [slot.environment for slot in slots]
    answers = answers_of("optsweep.train.measure", json.dumps(order), places)
    for slot, (status, _, errors) in zip(slots, answers, strict=True):
        if status:
            last = (errors.strip().splitlines() or ["it said nothing"])[-1]
            raise DeviceError(f"--measure: the presets cannot be timed on {slot.label}: {last[:200]}")
    return [json.loads(answer) for _, answer, _ in answers]


def _seconds(config: TrainConfig, iteration: float | None, evaluation: float | None) -> float | None:
    if iteration is None or evaluation is None:
        return None
    grid, training = config.evaluation, config.training
    every = grid.every_sequences
    count = grid.num_evaluations or (training.n_iters * training.effective_batch // every if every else 0)
    return training.n_iters * iteration + max(1, count) * evaluation


def _seconds_of_runs(
    preview: Preview, lengths: KnownLengths, costs: list[Cost], kind: str
) -> list[tuple[float, float]] | None:
    """(to its end, with expected pruning) of every queued run in claim order.

    A sampled run is taken to cost a sequence what the presets do in the mean; sampled runs are cut in turn.
    """
    own = {cost.preset: cost.sweep for cost in costs if cost.kind == kind}
    known = {name: seconds for name, seconds in own.items() if seconds is not None}
    if len(known) < len(own):
        return None
    sequences = sum(
        lengths.resolve(preset.parameters, preset=preset.name, seed=0).total_sequences for preset in lengths.presets
    )
    sampled = sum(known.values()) / sequences * lengths.sampled_sequences
    definition = preview.session.definition
    shortest = 1.0 if definition.pruner.kind == "none" else definition.pruner.warmup_fraction
    result = []
    for place, run in enumerate(sorted(preview.plan.queued, key=lambda run: run.priority)):
        seconds = known[run.preset] if run.preset else sampled
        is_cut = run.preset is None and place % round(1 / CUT_SHARE) == 0
        result.append((seconds, seconds * shortest if is_cut else seconds))
    return result
