"""A subset as a legacy file, for scripts that read nothing else: a list of dicts, without a split."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optsweep.data._building import sole_builder
from optsweep.data.corpus import open_corpus
from optsweep.data.vocabulary import BOS, EOS, PAD, decode
from optsweep.files import atomic_path
from optsweep.torch_format.writer import TorchWriter, Vector

WIDTH = 512
"""Tokens of a row, ``<s>`` and ``</s>`` included; longer sequences are cut, as the format's writers cut them."""


def ensure_legacy(source: Path, target: Path) -> Path:
    """Write ``source`` as a legacy file if ``target`` is missing; once, however many processes ask."""
    if not target.exists():
        with sole_builder(target):
            if not target.exists():
                write_legacy(source, target)
    return target


def write_legacy(source: Path, target: Path) -> None:
    """Rows of ``protein_seq`` (at most 510 letters), ``prot_tokens`` int64[512], ``length``; raises `DataError`."""
    corpus = open_corpus(source)
    sequences = corpus.take(np.arange(corpus.num_sequences))
    tokens = np.full((len(sequences), WIDTH), PAD, "<i8")
    rows = []
    for index in range(len(sequences)):
        residues = sequences[index][: WIDTH - 2]
        tokens[index, : len(residues) + 2] = [BOS, *residues, EOS]
        row = Vector("0", "i8", index * WIDTH, WIDTH, tokens.size)
        rows.append({"protein_seq": decode(residues), "prot_tokens": row, "length": len(residues)})
    with atomic_path(target) as temporary, temporary.open("wb") as file, TorchWriter(file) as writer:
        writer.add("0", tokens.tobytes())
        writer.finish(rows)
