"""Data: import of FASTA, opening a corpus and taking its subset, and the same from legacy files.

    python -m benchmarks.data [--sequences 5000000,60000000] [--rows 50000] [--rounds 5]

All times are CPU time, so that other programs on the machine change little. Import is the slope between a small and a
large file; the other numbers are those of a fresh process each, with its peak of resident memory, files in the page
cache. Files are made here and deleted.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._files import compress, write_fasta, write_legacy, write_packed
from benchmarks._machine import print_machine
from benchmarks._paired import interleaved, spread
from optsweep.data.fasta import import_fasta

SMALL, LARGE = 40_000_000, 200_000_000

CHILD = """
import json, sys, time
from pathlib import Path
started = time.process_time()
{body}
# Not ru_maxrss, which a child takes over from its parent.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({{"seconds": time.process_time() - started, "split": split, "peak_mb": peak / 1024}}))
"""
OURS = """
import optsweep.data.subset as subset
inner, split = subset.clustered_split, 0.0
def timed(*arguments):
    global split
    before = time.process_time()
    result = inner(*arguments)
    split = time.process_time() - before
    return result
subset.clustered_split = timed
started = time.process_time()
subset.ensure_subset(Path(sys.argv[1]), output=Path(sys.argv[2]))
"""
RECIPE = """
import random, torch
split = 0.0
started = time.process_time()
rows = torch.load(sys.argv[1], weights_only=False)
torch.save([rows[index] for index in random.Random(42).sample(range(len(rows)), 10_000)], sys.argv[2])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", default="5000000,60000000")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print_machine("numpy", "torch")
    with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as folder:
        importing(Path(folder), given.rounds)
        for count in map(int, given.sequences.split(",")):
            opening(Path(folder), count)
        legacy(Path(folder), given.rows, given.rounds)


def importing(folder: Path, rounds: int) -> None:
    small, large = folder / "small.fasta", folder / "large.fasta"
    difference = write_fasta(large, LARGE, seed=1) - write_fasta(small, SMALL, seed=2)
    timings = interleaved(
        {"small": lambda: _import(small, folder), "large": lambda: _import(large, folder)},
        rounds,
        clock=time.process_time,
    ).seconds
    rates = [difference / 1e6 / (b - a) for a, b in zip(timings["small"], timings["large"], strict=True)]
    start = timings["small"][0] - SMALL / 1e6 / spread(rates).median
    print(
        f"\nimport, plain FASTA: {spread(rates):.0f} MB/s of CPU time; best {max(rates):.0f}; fixed part {start:.2f} s"
    )
    packed = folder / "small.fasta.gz"
    compress(small, packed)
    timings = interleaved(
        {"import": lambda: _import(packed, folder), "decompress": lambda: _decompress(packed)},
        rounds,
        clock=time.process_time,
    ).seconds
    shares = [b / a for a, b in zip(timings["import"], timings["decompress"], strict=True)]
    print(f"import, gzip: decompression alone is {spread(shares):.0%} of the CPU time", flush=True)


def _import(source: Path, folder: Path) -> None:
    output = folder / "imported.pt"
    import_fasta([source], output)
    output.unlink()


def _decompress(source: Path) -> None:
    with gzip.open(source) as file:
        while file.read(1 << 20):
            pass


def opening(folder: Path, count: int) -> None:
    corpus = folder / "corpus.pt"
    write_packed(corpus, count)
    size = corpus.stat().st_size / 1e9
    for _ in range(3):
        took = _child(OURS, corpus, folder / "subset.pt")
        print(
            f"open and subset of {count:,} sequences ({size:.1f} GB): {took['seconds'] - took['split']:.2f} s, and "
            f"{took['split']:.2f} s for the split; peak {took['peak_mb']:.0f} MB resident",
            flush=True,
        )
    corpus.unlink()


def legacy(folder: Path, rows: int, rounds: int) -> None:
    source = folder / "legacy.pt"
    write_legacy(source, rows)
    bodies = {"recipe": RECIPE, "ours": OURS}
    took: dict[str, list[dict[str, float]]] = {name: [] for name in bodies}
    for _ in range(rounds):
        for name, body in bodies.items():
            took[name].append(_child(body, source, folder / "subset.pt"))
    pairs = list(zip(took["recipe"], took["ours"], strict=True))
    time_ratio = spread([ours["seconds"] / recipe["seconds"] for recipe, ours in pairs])
    no_split = spread([(ours["seconds"] - ours["split"]) / recipe["seconds"] for recipe, ours in pairs])
    memory = spread([ours["peak_mb"] / recipe["peak_mb"] for recipe, ours in pairs])
    print(f"legacy, {rows:,} rows: subset in {no_split:.2f} of the recipe's time ({time_ratio:.2f} with the split),")
    print(f"with {memory:.2f} of its memory ({pairs[0][0]['peak_mb']:.0f} MB)", flush=True)


def _child(body: str, source: Path, target: Path) -> dict[str, Any]:
    target.unlink(missing_ok=True)
    command = [sys.executable, "-c", CHILD.format(body=body), str(source), str(target)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    main()
