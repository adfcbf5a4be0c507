"""GPU budget: what a training step costs on a GPU as far as a CPU can tell, a line of JSON for each preset.

    python -m benchmarks.gpu_budget [--presets NAME,...] [--tiny]

padding_share, shapes                of the tokens of all steps of the sweep's run; (tokens, rows, scored places)
micro_batches_per_step               on a card of 80 GB, by what the largest step keeps for its backward pass
kernels_per_step_eager               on fake tensors, views left out
graphs, recompiles_over_8_models     eight different small models in one process, real shapes, no code generated
host_ms_per_step, host_ms_hidden     CPU time to make a step's batch; of it while a GPU computes the step before
model_tflop_per_step, step_ms_at_half_peak    real residues only; at half of 790 TFLOP/s, an H100's measured peak

Targets: padding 2 %, 16 shapes, one micro-batch, 6 graphs, no recompile, 0.5 ms of the host's work not hidden.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import torch

from benchmarks._counting import PACKED, count_graphs, count_step
from benchmarks._presets import TINY_MODEL, changed, model_flops, preset_configs
from benchmarks._sequences import random_training_data
from optsweep.config import TrainConfig
from optsweep.data.batches import NUM_SPECIAL, PACKED_MULTIPLE, ShuffledEpochs
from optsweep.data.training_data import TrainingData
from optsweep.train import schedules
from optsweep.train.ahead import Ahead
from optsweep.train.corruption import draw_step
from optsweep.train.micro_batch import MicroBatch, first_micro_batch, scored_places, split
from optsweep.train.schedules import Stream

PEAK_TFLOPS = 790
"""Of bfloat16 matrix products, measured on an H100; its data sheet says 989."""
CARD_BYTES = 80e9
USABLE = 0.9
"""Of a card's memory: the backward pass needs some of its own, and so does CUDA."""
HOST_STEPS = 60
CHECKED_STEPS = 20


@dataclass(frozen=True)
class Budget:
    preset: str
    padding_share: float
    shapes: int
    micro_batches_per_step: int
    kernels_per_step_eager: int
    graphs: int
    recompiles_over_8_models: int
    host_ms_per_step: float
    host_ms_hidden: float
    model_tflop_per_step: float
    step_ms_at_half_peak: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", default="")
    parser.add_argument("--tiny", action="store_true", help="small models, batches and lengths, fewer models")
    given = parser.parse_args()
    torch.set_num_threads(1)
    configs = preset_configs()
    names = given.presets.split(",") if given.presets else list(configs)
    if given.tiny:
        configs = {name: _tiny(configs[name]) for name in names}
    data = random_training_data(200 if given.tiny else 10_000, 10 if given.tiny else 500)
    # Eight that one worker has in turn. Each has a width of its own, so that three more presets stand for sampled runs.
    sampled = {} if given.tiny else {f"sampled like {name}": configs[name] for name in list(configs)[:3]}
    graphs = count_graphs({**configs, **sampled}, data)
    for name in names:
        budget = _budget(name, configs[name], data, graphs.needed[name], graphs.recompiled)
        print(json.dumps(asdict(budget)), flush=True)


def _tiny(config: TrainConfig) -> TrainConfig:
    small = changed(changed(config, "model", **TINY_MODEL), "training", effective_batch=8, n_iters=50)
    return changed(small, "data", max_protein_len=64)


def _budget(name: str, config: TrainConfig, data: TrainingData, graphs: int, recompiled: int) -> Budget:
    drawn = list(_drawn_steps(config, data))
    _check(config, data, drawn)
    used, tokens = (sum(getattr(step, of) for step in drawn) for of in ("used", "tokens"))
    size = config.training.effective_batch
    micro_batch = first_micro_batch(config, PACKED, size)
    counted = count_step(config, data, micro_batch)
    while counted.memory > USABLE * CARD_BYTES and micro_batch > 1:
        micro_batch //= 2
        counted = count_step(config, data, micro_batch)
    tflop = statistics.fmean(_flops_of_steps(config, data)) / 1e12
    step_ms = 1000 * tflop / (PEAK_TFLOPS / 2)
    made, waited = _host_ms(config, data, micro_batch, step_ms / 1000)
    return Budget(
        preset=name,
        padding_share=round(1 - used / tokens, 4),
        shapes=len({(step.tokens, size, step.scored) for step in drawn}),
        micro_batches_per_step=-(-size // micro_batch),
        kernels_per_step_eager=counted.kernels,
        graphs=graphs,
        recompiles_over_8_models=recompiled,
        host_ms_per_step=round(made, 2),
        host_ms_hidden=round(max(0.0, made - waited), 2),
        model_tflop_per_step=round(tflop, 2),
        step_ms_at_half_peak=round(step_ms, 1),
    )


class Drawn(NamedTuple):
    used: int
    tokens: int
    """With padding."""
    scored: int
    """Places, with those that count nothing."""


def _drawn_steps(config: TrainConfig, data: TrainingData) -> Iterator[Drawn]:
    """All steps of the run by their counts alone: what `draw_step` and `split` make, without sorting and copying."""
    size, longest = config.training.effective_batch, config.data.max_protein_len - NUM_SPECIAL
    lengths, epochs = data.train.lengths, _epochs(config, data)
    for step in range(config.training.n_iters):
        random = schedules.generator(config.training.seed, Stream.STEP, step)
        whole = lengths[epochs.take(step * size, size)]
        random.integers(0, np.maximum(0, whole - longest) + 1)
        exponent = schedules.curriculum_exponent(config.curriculum, step)
        time_ = schedules.stratified_uniform(size, random) ** exponent
        residues = np.minimum(whole, longest)
        ratio = schedules.mask_ratio(config.noise.schedule, time_)
        masked = int(np.minimum(residues, np.maximum(1, np.ceil(ratio * residues))).sum())
        used = int(residues.sum()) + NUM_SPECIAL * size
        tokens = -(-used // PACKED_MULTIPLE) * PACKED_MULTIPLE
        yield Drawn(used, tokens, scored_places(tokens, masked))


def _check(config: TrainConfig, data: TrainingData, drawn: list[Drawn]) -> None:
    """Some of ``drawn`` against real batches."""
    make = _maker(config, data, config.training.effective_batch)
    for step in np.linspace(0, len(drawn) - 1, CHECKED_STEPS).astype(int).tolist():
        (batch,) = make(step)
        found, counted = (len(batch.tokens), len(batch.positions)), drawn[step][1:]
        if found != counted:
            raise SystemExit(f"step {step} has {found} tokens and scored places; counted were {counted}")


def _flops_of_steps(config: TrainConfig, data: TrainingData) -> Iterator[float]:
    size, longest = config.training.effective_batch, config.data.max_protein_len - NUM_SPECIAL
    epochs = _epochs(config, data)
    for step in range(min(config.training.n_iters, len(data.train) // size)):
        yield model_flops(config.model, np.minimum(longest, data.train.lengths[epochs.take(step * size, size)]))


def _epochs(config: TrainConfig, data: TrainingData) -> ShuffledEpochs:
    return ShuffledEpochs(len(data.train), [config.training.seed, Stream.EPOCHS])


def _maker(config: TrainConfig, data: TrainingData, micro_batch: int) -> Callable[[int], list[MicroBatch]]:
    epochs = _epochs(config, data)

    def make(step: int) -> list[MicroBatch]:
        drawn = draw_step(config, data.train, epochs, step)
        return list(split(*drawn, micro_batch, config.data.max_protein_len, PACKED))

    return make


def _host_ms(config: TrainConfig, data: TrainingData, micro_batch: int, step_seconds: float) -> tuple[float, float]:
    """CPU time to make a step's batch; to wait for it where it is made while a GPU computes for ``step_seconds``."""
    make = _maker(config, data, micro_batch)
    ahead = Ahead(make)
    made, waited = [], []
    for step in range(HOST_STEPS):
        before = time.thread_time()
        make(step)
        made.append(time.thread_time() - before)
    for step in range(HOST_STEPS):
        before = time.perf_counter()
        ahead(step)
        waited.append(time.perf_counter() - before)
        time.sleep(step_seconds)
    return 1000 * statistics.median(made), 1000 * statistics.median(waited)


if __name__ == "__main__":
    main()
