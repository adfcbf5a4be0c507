"""A subset as the older format: what its readers expect, and the same sequences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from optsweep.data.corpus import open_corpus, verify_corpus, write_corpus
from optsweep.data.legacy_file import ensure_legacy
from optsweep.data.vocabulary import decode
from tests.data.samples import legacy_row, random_sequences


def test_a_legacy_copy_is_what_the_usual_script_would_have_written(tmp_path: Path) -> None:
    sequences = random_sequences(30, lengths=(30, 700))
    write_corpus(tmp_path / "subset.pt", sequences, {})
    path = ensure_legacy(tmp_path / "subset.pt", tmp_path / "legacy.pt")
    rows = torch.load(path, weights_only=True)
    assert len(rows) == 30
    for index, row in enumerate(rows):
        expected = legacy_row(decode(sequences[index])[:510])
        assert (row["protein_seq"], row["length"]) == (expected["protein_seq"], expected["length"])
        assert torch.equal(row["prot_tokens"], expected["prot_tokens"])
    corpus = open_corpus(path)
    assert corpus.format == "legacy"
    verify_corpus(corpus)
    assert np.array_equal(corpus.sequences[0], sequences[0][:510])
    before = path.stat().st_mtime_ns
    assert ensure_legacy(tmp_path / "missing.pt", path).stat().st_mtime_ns == before
