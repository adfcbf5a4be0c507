"""Files to measure with: FASTA text, packed corpora of any size, legacy lists of dicts."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from benchmarks._sequences import lengths_like_uniref50
from optsweep.data.corpus import corpus_writer
from optsweep.data.vocabulary import BOS, EOS, FIRST_RESIDUE, PAD, RESIDUES, VOCABULARY_SIZE, decode

ROWS = 2000
LINE = 60


def write_fasta(path: Path, num_bytes: int, seed: int) -> int:
    """UniRef50-like headers and lengths, 60 letters a line, no two records alike; returns the size."""
    random = np.random.default_rng(seed)
    number = 0
    with path.open("wb") as file:
        while file.tell() < num_bytes:
            for length in lengths_like_uniref50(ROWS, random).tolist():
                letters = _letters(random, length)
                name = b"A0A%07dX" % number
                file.write(
                    b">UniRef50_%s Uncharacterized protein n=1 Tax=Homo sapiens TaxID=9606 RepID=%s\n" % (name, name)
                )
                file.write(b"\n".join(letters[start : start + LINE] for start in range(0, length, LINE)) + b"\n")
                number += 1
        return file.tell()


def _letters(random: np.random.Generator, length: int) -> bytes:
    return np.frombuffer(RESIDUES.encode(), np.uint8)[random.integers(0, len(RESIDUES), length)].tobytes()


def compress(source: Path, target: Path) -> None:
    with source.open("rb") as plain, gzip.open(target, "wb", compresslevel=6) as packed:
        while block := plain.read(1 << 20):
            packed.write(block)


def write_packed(path: Path, num_sequences: int) -> None:
    """A packed corpus of so many sequences; blocks of 100,000 take turns from a pool of letters."""
    random = np.random.default_rng(0)
    block = 100_000
    pool = random.integers(FIRST_RESIDUE, VOCABULARY_SIZE, 64 << 20, dtype=np.uint8)
    with corpus_writer(path) as writer:
        while writer.num_sequences < num_sequences:
            lengths = lengths_like_uniref50(min(block, num_sequences - writer.num_sequences), random)
            start = int(random.integers(0, len(pool) - lengths.sum()))
            writer.append(pool[start : start + lengths.sum()].data, lengths)
        writer.finish({"kind": "corpus", "synthetic": True})


def write_legacy(path: Path, num_rows: int) -> None:
    """What most projects hold: a list of dicts with a tensor of 512 tokens each, written by torch.save."""
    import torch

    random = np.random.default_rng(0)
    rows = []
    for length in np.minimum(lengths_like_uniref50(num_rows, random), 510).tolist():
        residues = random.integers(FIRST_RESIDUE, VOCABULARY_SIZE, length)
        tokens = np.full(512, PAD, np.int64)
        tokens[0], tokens[1 : length + 1], tokens[length + 1] = BOS, residues, EOS
        rows.append({"protein_seq": decode(residues), "prot_tokens": torch.from_numpy(tokens), "length": length})
    torch.save(rows, path)
