"""A corpus as the usual script makes it: a list of dicts, written by a tokenizer that drops letters outside the 20."""

from __future__ import annotations

import gzip
from pathlib import Path

MAX_PROTEIN_LEN = 512
STANDARD = "ACDEFGHIKLMNPQRSTVWY"
VOCABULARY = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 4} | {a: 5 + i for i, a in enumerate(STANDARD)}


def read_fasta(path: Path) -> list[str]:
    with gzip.open(path, "rt") as file:
        return ["".join(record.split("\n")[1:]).upper() for record in file.read().split(">")[1:]]


def write_usual_corpus(fasta: Path, output: Path) -> list[str]:
    """Write ``output``; returns the sequences in it, in order."""
    import torch

    rows = []
    for sequence in read_fasta(fasta):
        sequence = sequence[: MAX_PROTEIN_LEN - 2]
        if len(sequence) < 30 or sum(letter in STANDARD for letter in sequence) < 0.95 * len(sequence):
            continue
        tokens = [VOCABULARY[letter] for letter in sequence if letter in VOCABULARY]
        tokens = [VOCABULARY["<s>"], *tokens, VOCABULARY["</s>"]]
        padded = tokens + [VOCABULARY["<pad>"]] * (MAX_PROTEIN_LEN - len(tokens))
        rows.append({"protein_seq": sequence, "prot_tokens": torch.tensor(padded), "length": len(tokens)})
    torch.save(rows, output)
    return [str(row["protein_seq"]) for row in rows]
