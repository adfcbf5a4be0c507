"""GPU: real residues/s of every preset and every way to train it, share of the matrix peak, memory, projected times.

    python -m benchmarks.gpu [--device cuda] [--rounds 10] [--presets NAME,...] [--tiny]

Packed and padded, compiled and not; the usual script (every sequence padded to 512) in float16 and float32; Hugging
Face's ESM of the same width and depth in bfloat16, compiled, padded and packed. Each preset has a process of its own,
and in it the candidates have turns, two each, alone in memory: what does not fit with one micro-batch is tried with
half of it. Steps are timed once nothing new is compiled. The peak is that of the largest bfloat16 products in the same
process; the share of it counts the arithmetic of real residues only.

Needs torch, numpy and pydantic; transformers where it is installed. ``--tiny`` checks the script itself on a CPU.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from benchmarks._machine import print_machine
from benchmarks._presets import preset_configs
from optsweep.machine.devices import allocating


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--rounds", type=int, default=10, help="timed steps in each turn")
    parser.add_argument("--presets", default="")
    parser.add_argument("--tiny", action="store_true", help="small models and batches, nothing compiled")
    given = parser.parse_args()
    print_machine("torch", "numpy", "pydantic", "transformers")
    options = ["--device", given.device, "--rounds", str(given.rounds), *(["--tiny"] if given.tiny else [])]
    failed = []
    for name in given.presets.split(",") if given.presets else preset_configs():
        print(flush=True)
        # Memory that runs out altogether ends the process of one preset.
        command = [sys.executable, "-m", "benchmarks._gpu_preset", name, *options]
        if code := subprocess.run(command, env={**os.environ, **allocating()}).returncode:
            failed.append(name)
            print(f"{name}: ended with exit code {code}", flush=True)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
