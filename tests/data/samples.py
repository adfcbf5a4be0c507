"""Sequences and files that the tests of this folder share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import FIRST_RESIDUE, RESIDUES, encode

SHARED = Path(__file__).parents[2].parent / "shared"
PROTEINS = SHARED / "data" / "proteins.fasta.gz"


def random_sequences(num: int, seed: int = 0, lengths: tuple[int, int] = (30, 120)) -> Sequences:
    rng = np.random.default_rng(seed)
    return from_arrays([rng.integers(5, 25, rng.integers(*lengths)).astype(np.uint8) for _ in range(num)])


def random_letters(rng: np.random.Generator, length: int) -> str:
    return "".join(RESIDUES[index] for index in rng.integers(0, 20, length))


def legacy_row(sequence: str, specials: bool = True, tokens: np.ndarray | None = None) -> dict[str, object]:
    """A row as the usual script writes it; ``tokens`` replaces the residues' ids."""
    ids = encode(sequence).tolist() if tokens is None else tokens.tolist()
    ids = [0, *ids, 2] if specials else ids
    padded = torch.ones(512, dtype=torch.int64)
    padded[: len(ids)] = torch.tensor(ids)
    return {"protein_seq": sequence, "prot_tokens": padded, "length": len(sequence)}


def other_vocabulary(sequence: str) -> np.ndarray:
    """The ids of a writer whose alphabet runs the other way, from 33."""
    return 33 - (encode(sequence).astype(np.int64) - FIRST_RESIDUE)


def write_legacy(path: Path, num: int = 20, seed: int = 0, **options: bool) -> list[str]:
    rng = np.random.default_rng(seed)
    sequences = [random_letters(rng, int(rng.integers(30, 120))) for _ in range(num)]
    torch.save([legacy_row(sequence) for sequence in sequences], path, **options)
    return sequences


def write_fasta(path: Path, sequences: list[str]) -> Path:
    path.write_text("".join(f">protein {index}\n{sequence}\n" for index, sequence in enumerate(sequences)))
    return path


def measure(script: str) -> tuple[float, float]:
    """(CPU seconds, peak resident MiB) of a Python script in a process of its own, start-up and imports included."""
    tail = """
import re, resource
usage = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: a child's begins with its parent's.
peak = re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read()).group(1)
print(usage.ru_utime + usage.ru_stime, int(peak) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", script + tail], check=True, capture_output=True, text=True)
    seconds, peak = done.stdout.split()[-2:]
    return float(seconds), float(peak)
