"""One preset's part of `benchmarks.gpu`, in a process of its own: every way to train it, one at a time in memory."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import torch

from benchmarks._counting import packed_on_cpu
from benchmarks._paired import spread
from benchmarks._presets import TINY_MODEL, changed, model_flops, preset_configs
from benchmarks._sequences import random_training_data
from benchmarks._trainers import MAX_LEN, Ours, Recipe, Trainer, bench_config, lengths_of_step
from optsweep.config import TrainConfig
from optsweep.data.training_data import TrainingData
from optsweep.train.device import is_out_of_memory, process_settings, release_memory, resolve_device, synchronize
from optsweep.train.execution import Execution, execution_for
from optsweep.train.micro_batch import auto_micro_batch

OURS = "packed, compiled"
QUIET = 3
"""Warm-up ends after so many steps in a row that compiled nothing."""
MOST_WARMUP = 60
PASSES = 2
"""How often each candidate has its turn: what slows the card for a while slows more than one of them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset")
    parser.add_argument("--device", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--tiny", action="store_true")
    given = parser.parse_args()
    device = resolve_device(given.device)
    run = preset_configs()[given.preset]
    if given.tiny:
        torch.set_num_threads(1)
        run = changed(changed(run, "model", **TINY_MODEL), "training", effective_batch=4)
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    peak = _matrix_peak(device, 256 if given.tiny else 8192)
    print(f"{given.preset}: {run.model.hidden_size} x {run.model.n_blocks}, batch {run.training.effective_batch}")
    print(f"  {card}, bfloat16 matrix peak {peak / 1e12:.1f} TFLOP/s", flush=True)
    data = random_training_data(200 if given.tiny else 20_000, 20)
    config = bench_config(run.model, run.training.effective_batch, compile=False)
    with _stand_ins() if given.tiny else contextlib.nullcontext():
        measured = measure(_candidates(config, data, device, given.tiny), config, data, device, given.rounds)
    _show(measured, peak)
    if OURS in measured and (seconds := measured[OURS].seconds):
        sweep, full = run.training.n_iters, run.provenance["full"]["n_iters"]
        hours = [number * statistics.median(seconds) / 3600 for number in (sweep, full)]
        print(f"  projected, {OURS}: {hours[0]:.1f} h in the sweep, {hours[1]:.1f} h at full length")


@contextlib.contextmanager
def _stand_ins() -> Iterator[None]:
    """For the script's own test: nothing that needs a GPU or minutes of a compiler."""
    with packed_on_cpu(), torch.compiler.set_stance("force_eager"):
        yield


def _matrix_peak(device: torch.device, size: int) -> float:
    """FLOP/s of square bfloat16 products, the best of several."""
    left, right = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        synchronize(device)
        before = time.perf_counter()
        for _ in range(5):
            left @ right
        synchronize(device)
        best = min(best, (time.perf_counter() - before) / 5)
    return 2 * size**3 / best


@dataclass(frozen=True)
class Candidate:
    make: Callable[[int], Trainer]
    """With that micro-batch."""
    micro_batch: int
    """The first that is tried."""
    as_a_run: bool = False
    """Whether it gets the settings of torch that our runs make."""


def _candidates(
    config: TrainConfig, data: TrainingData, device: torch.device, tiny: bool
) -> dict[str, Candidate | str]:
    """Each way to train, or why there is none."""
    size = config.training.effective_batch
    padded = auto_micro_batch(device, MAX_LEN, size)
    compiled = changed(config, "training", compile=True)
    usual = execution_for(config, device)
    short = Execution(device, usual.bfloat16, packed=False, short_residual=False)
    flash = Execution(device, bfloat16=True, packed=True, short_residual=True)
    ours = partial(Candidate, as_a_run=True)
    found: dict[str, Candidate | str] = {
        OURS: ours(lambda micro: Ours(compiled, data, device, flash, micro), size),
        "packed": ours(lambda micro: Ours(config, data, device, flash, micro), size),
        "padded, compiled": ours(lambda micro: Ours(compiled, data, device, short, micro), padded),
        "padded": ours(lambda micro: Ours(config, data, device, short, micro), padded),
        "usual script, float16": Candidate(lambda micro: Recipe(config, data, device, torch.float16, micro), padded),
        "usual script, float32": Candidate(lambda micro: Recipe(config, data, device, None, micro), padded),
    }
    found |= _hugging_face(config, data, device, padded)
    if not usual.packed and not tiny:
        no_flash = "not available: this device or this torch has no flash attention within sequences"
        found |= {name: no_flash for name in found if "packed" in name}
    return found


def _hugging_face(
    config: TrainConfig, data: TrainingData, device: torch.device, padded: int
) -> Mapping[str, Candidate | str]:
    names = {"Hugging Face ESM, compiled": False, "Hugging Face ESM, packed, compiled": True}
    if importlib.util.find_spec("transformers") is None:
        return dict.fromkeys(names, "not available: transformers is not installed")
    from benchmarks._hugging_face import HuggingFace

    def make(packed: bool, micro: int) -> Trainer:
        return HuggingFace(config, data, device, compiled=True, packed=packed, micro_batch=micro)

    size = config.training.effective_batch
    return {name: Candidate(partial(make, packed), size if packed else padded) for name, packed in names.items()}


@dataclass
class Measured:
    micro_batch: int
    """That memory holds; 0: not even one sequence."""
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    """Real residues/s of each step."""
    flops: list[float] = field(default_factory=list)
    """FLOP/s of each step, for real residues."""
    memory: int = 0
    """Most bytes at once, on a GPU."""
    note: str = ""


def measure(
    candidates: Mapping[str, Candidate | str],
    config: TrainConfig,
    data: TrainingData,
    device: torch.device,
    rounds: int,
) -> dict[str, Measured]:
    """In turns, `PASSES` times; the second in the other order."""
    found = {name: Measured(one.micro_batch) for name, one in candidates.items() if isinstance(one, Candidate)}
    found |= {name: Measured(0, note=one) for name, one in candidates.items() if isinstance(one, str)}
    for number in range(PASSES):
        for name, one in list(candidates.items())[:: -1 if number % 2 else 1]:
            measured = found[name]
            while isinstance(one, Candidate) and measured.micro_batch:
                with process_settings(device, None) if one.as_a_run else contextlib.nullcontext():
                    fits = _time(one, measured, config, data, device, rounds)
                # Outside, because the traceback holds on to tensors.
                torch._dynamo.reset()
                release_memory(device)
                if fits:
                    break
                measured.micro_batch //= 2
            if measured.rates:
                # For who cannot wait for the whole table.
                print(f"  {name}: {statistics.median(measured.rates):,.0f} residues/s", file=sys.stderr, flush=True)
    return {name: found[name] for name in candidates}


def _time(
    one: Candidate, measured: Measured, config: TrainConfig, data: TrainingData, device: torch.device, rounds: int
) -> bool:
    """Add ``rounds`` steps to ``measured``; False where memory does not hold the micro-batch."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    try:
        trainer = one.make(measured.micro_batch)
        first = _warm_up(trainer)
        for step in range(first, first + rounds):
            before = time.perf_counter()
            trainer.step()
            seconds = time.perf_counter() - before
            lengths = lengths_of_step(config, data, step)
            measured.seconds.append(seconds)
            measured.rates.append(lengths.sum() / seconds)
            measured.flops.append(model_flops(config.model, lengths) / seconds)
    except Exception as error:
        if is_out_of_memory(error):
            return False
        # One that fails does not take along what the others have given.
        measured.note = f"failed: {str(error).strip().partition(chr(10))[0][:120] or type(error).__name__}"
        return True
    if device.type == "cuda":
        measured.memory = max(measured.memory, torch.cuda.max_memory_allocated(device))
    return True


def _warm_up(trainer: Trainer) -> int:
    """Step until nothing new is compiled; how many steps that took."""
    quiet, graphs = 0, -1
    for step in range(MOST_WARMUP):
        if quiet == QUIET:
            return step
        trainer.step()
        before, graphs = graphs, int(torch._dynamo.utils.counters["stats"]["unique_graphs"])
        quiet = quiet + 1 if graphs == before else 0
    return MOST_WARMUP


def _show(found: Mapping[str, Measured], peak: float) -> None:
    print(f"  {'':36}{'residues/s':>12}  {'quartiles':^24}{'of the peak':>12}{'micro-batch':>12}{'memory':>10}")
    best = found[OURS].rates
    for name, one in found.items():
        if one.note or not one.rates:
            print(f"  {name:36}{one.note or 'does not fit'}")
            continue
        rate = spread(one.rates)
        share = "" if name.startswith("Hugging") else f"{statistics.median(one.flops) / peak:.0%}"
        memory = f"{one.memory / 2**30:.1f} GiB" if one.memory else ""
        quartiles = f"{rate.low:,.0f} to {rate.high:,.0f}"
        times = f"   {OURS}: {statistics.median(best) / rate.median:.2f} times" if best and name != OURS else ""
        print(f"  {name:36}{rate.median:12,.0f}  {quartiles:^24}{share:>12}{one.micro_batch:12}{memory:>10}{times}")


if __name__ == "__main__":
    main()
