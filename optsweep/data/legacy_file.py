"""A subset as a legacy file, for scripts that read nothing else: a list of dicts, without a split."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optsweep.data import _pickle_writer
from optsweep.data._building import sole_builder
from optsweep.data._pickle import StorageReference, TensorReference
from optsweep.data._zip import ZipWriter
from optsweep.data.corpus import open_corpus
from optsweep.data.vocabulary import BOS, EOS, PAD, decode
from optsweep.files import atomic_path

WIDTH = 512
"""Tokens of a row, ``<s>`` and ``</s>`` included; longer sequences are cut, as the format's writers cut them."""


def ensure_legacy(source: Path, target: Path) -> Path:
    """Write ``source`` as a legacy file where ``target`` is missing; once, whoever asks at the same time."""
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
    storage = StorageReference("0", tokens.dtype, tokens.size)
    rows = []
    for index in range(len(sequences)):
        residues = sequences[index][: WIDTH - 2]
        tokens[index, : len(residues) + 2] = [BOS, *residues, EOS]
        row = TensorReference(storage, index * WIDTH, (WIDTH,), (1,))
        rows.append({"protein_seq": decode(residues), "prot_tokens": row, "length": len(residues)})
    with atomic_path(target) as temporary, temporary.open("wb") as file:
        writer = ZipWriter(file, "archive")
        writer.add("data/0", tokens.tobytes())
        writer.add("data.pkl", _pickle_writer.dump(rows))
        writer.add("byteorder", b"little")
        writer.add("version", b"3\n")
        writer.finish()
