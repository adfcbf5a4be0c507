"""GPU hours: how long a sweep of uniref50 takes on one GPU and on several, a Markdown table; computed, not measured.

    python -m benchmarks.gpu_hours [--gpus 1,4]

The arithmetic of each run's model on proteins as long as UniRef50's, at half of the matrix peak of an H100 (as in
`benchmarks.gpu_budget`). A sampled run counts as the mean over the space's sizes. Evaluations, compiling and what the
pruner saves are left out.
"""

from __future__ import annotations

import argparse
import heapq
import statistics
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarks._presets import STUDY, model_flops
from benchmarks._sequences import lengths_like_uniref50
from benchmarks.gpu_budget import PEAK_TFLOPS
from optsweep.config import ModelConfig
from optsweep.data.batches import NUM_SPECIAL
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.choices import Choices
from optsweep.study.file import load_study
from optsweep.trainers.builtin import BuiltinTrainer

SIZES = ("hidden_size", "n_blocks", "cond_dim")
FLOPS_PER_SECOND = 1e12 * PEAK_TFLOPS / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gpus", default="1,4")
    counts = [int(count) for count in parser.parse_args().gpus.split(",")]
    for line in lines(counts):
        print(line)


def lines(gpus: Sequence[int]) -> Iterator[str]:
    """The table, for these numbers of GPUs."""
    definition = load_study(str(STUDY))
    assert isinstance(definition, BuiltinStudy)
    trainer, residues = BuiltinTrainer(definition), _residues(definition)
    yield "| run | sequences in the sweep | in the sweep | at full length |"
    yield "|---|---|---|---|"
    taken = []
    for preset in definition.presets:
        config = trainer.resolve(preset.parameters, preset=preset.name, seed=0)
        full = preset.full.iterations * config.training.effective_batch
        speed = _sequences_per_second(config.model, residues)
        taken.append(config.total_sequences / speed)
        yield f"| {preset.name} | {config.total_sequences:,} | {_hours(taken[-1])} | {_hours(full / speed)} |"
    budget = definition.budget
    models = _models(definition, config.model)
    speed = statistics.harmonic_mean(_sequences_per_second(model, residues) for model in models)
    sampled = budget.sequences / speed
    full_words = _hours(budget.full_sequences / speed)
    yield f"| a sampled run, on average | {budget.sequences:,} | {_hours(sampled)} | {full_words} |"
    runs = [*sorted(taken, reverse=True), *[sampled] * definition.num_sampled]
    for count in gpus:
        title = f"**the whole sweep, {len(taken)} presets and {definition.num_sampled} sampled runs, {count} GPU"
        yield f"| {title}{'s' if count > 1 else ''}** | | **{_hours(_in_turn(runs, count))}** | |"


def _residues(definition: BuiltinStudy) -> NDArray[np.int64]:
    longest = definition.settings.max_protein_len - NUM_SPECIAL
    return np.minimum(longest, lengths_like_uniref50(10_000, np.random.default_rng(0)))


def _sequences_per_second(model: ModelConfig, residues: NDArray[np.int64]) -> float:
    return FLOPS_PER_SECOND * len(residues) / model_flops(model, residues)


def _models(definition: BuiltinStudy, like: ModelConfig) -> Iterator[ModelConfig]:
    """``like`` in each size of the space; they are drawn equally often."""
    parameters = [definition.space.parameter(name) for name in SIZES]
    for sizes in product(*(parameter.choices for parameter in parameters if isinstance(parameter, Choices))):
        yield like.model_copy(update=dict(zip(SIZES, sizes, strict=True)))


def _in_turn(runs: Sequence[float], gpus: int) -> float:
    """Seconds until the last of ``runs`` has ended, if each GPU takes the next one as soon as it is free."""
    ends = [0.0] * gpus
    for seconds in runs:
        heapq.heapreplace(ends, ends[0] + seconds)
    return max(ends)


def _hours(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    main()
