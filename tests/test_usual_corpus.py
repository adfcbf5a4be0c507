"""The corpus that people have (D1): a list of dicts by the usual script goes through a sweep, and stays as it is."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

import pytest

from optsweep.data.corpus import open_corpus
from optsweep.data.vocabulary import encode
from tests.test_end_to_end import optsweep, status
from tests.usual_script import STANDARD, write_usual_corpus

REPOSITORY = Path(__file__).parents[1]


@pytest.mark.heavy
def test_d1_the_usual_corpus_goes_through_a_sweep(
    workplace: Path, real_proteins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = workplace / "processed_uniref50.pt"
    sequences = write_usual_corpus(real_proteins, corpus)
    before = hashlib.sha256(corpus.read_bytes()).hexdigest()
    study = (REPOSITORY / "studies" / "demo.toml").read_text().replace("[budget]", "[budget]\nscale = 0.02", 1)
    (workplace / "demo.toml").write_text(study.replace("[settings]", "[settings]\nnum_validation = 32", 1))
    # The rule does not matter here, and a search takes a minute.
    monkeypatch.setenv("PATH", "/nowhere")
    sweep = (
        "sweep",
        "demo.toml",
        "--data",
        corpus.name,
        "--type",
        "predefined",
        "--cpu-workers",
        "2",
        "--name",
        "usual",
    )

    drawn = random.Random(42).sample(sequences, 10_000)
    strange = sum(any(letter not in STANDARD for letter in sequence) for sequence in drawn)
    told = f"Rows whose prot_tokens differ from protein_seq: {strange} (protein_seq is used)"
    assert strange > 0
    assert told in optsweep(*sweep, "--dry-run", cwd=workplace)
    assert not (workplace / "studies").exists()
    output = optsweep(*sweep, cwd=workplace)
    assert told in output
    assert re.search(rf"Limiting dataset from {len(sequences)} to 10000 samples", output)
    assert status(workplace)["finished_runs"] == 5
    subset = open_corpus(workplace / "processed_uniref50_sweep.pt")
    assert all(subset.sequences[i].tobytes() == encode(drawn[i]).tobytes() for i in range(10_000))
    assert hashlib.sha256(corpus.read_bytes()).hexdigest() == before
