from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from optsweep.data.corpus import open_corpus, verify_corpus
from optsweep.data.vocabulary import decode, encode
from optsweep.errors import DataError

from .samples import legacy_row, measure, other_vocabulary, random_letters, write_legacy

FORMATS = [{}, {"pickle_protocol": 5}, {"_use_new_zipfile_serialization": False}]


@pytest.mark.parametrize("options", FORMATS)
def test_legacy_files_of_every_format_are_read(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "legacy.pt"
    sequences = write_legacy(path, 30, **options)
    corpus = open_corpus(path)
    assert (corpus.format, corpus.num_sequences, corpus.manifest) == ("legacy", 30, {})
    assert [decode(corpus.sequences[index]) for index in range(30)] == sequences
    verify_corpus(corpus)
    assert decode(corpus.take([7]).tokens) == sequences[7]


def test_more_rows_than_one_batch_of_the_pickler(tmp_path: Path) -> None:
    sequences = write_legacy(tmp_path / "legacy.pt", 2_500)
    corpus = open_corpus(tmp_path / "legacy.pt")
    assert [decode(corpus.sequences[index]) for index in (0, 999, 1_000, 2_499)] == [
        sequences[index] for index in (0, 999, 1_000, 2_499)
    ]
    verify_corpus(corpus)


def rows_of(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Good rows, one more for each change, which is applied to it; None takes a key away."""
    rng = np.random.default_rng(0)
    rows = [legacy_row(random_letters(rng, 400)) for _ in range(5)]
    for change in changes:
        row = {**legacy_row(random_letters(rng, 60)), **change}
        rows.append({key: value for key, value in row.items() if value is not None})
    return rows


@pytest.mark.parametrize("specials", [True, False])
def test_tokens_with_and_without_ends_and_of_other_vocabularies_agree(tmp_path: Path, specials: bool) -> None:
    rng = np.random.default_rng(0)
    sequences = [random_letters(rng, 400) for _ in range(5)] + ["MKV" + "X" * 3 + "acd"]
    for translate in (encode, other_vocabulary):
        torch.save([legacy_row(s, specials, translate(s)) for s in sequences], tmp_path / "legacy.pt")
        verify_corpus(open_corpus(tmp_path / "legacy.pt"))


def test_sequences_that_the_writer_cut_agree(tmp_path: Path) -> None:
    sequence = random_letters(np.random.default_rng(0), 800)
    row = legacy_row(sequence[:510])
    torch.save([row, {**row, "protein_seq": sequence, "length": 800}], tmp_path / "legacy.pt")
    verify_corpus(open_corpus(tmp_path / "legacy.pt"))


@pytest.mark.parametrize("row", [5, "text", [1, 2]])
def test_rows_that_are_no_dicts(tmp_path: Path, row: Any) -> None:
    torch.save([*rows_of(), row], tmp_path / "legacy.pt")
    with pytest.raises(DataError, match="row 5 is a"):
        open_corpus(tmp_path / "legacy.pt")


@pytest.mark.parametrize("key", ["protein_seq", "prot_tokens", "length"])
def test_missing_keys_and_wrong_types(tmp_path: Path, key: str) -> None:
    torch.save(rows_of({key: None}), tmp_path / "legacy.pt")
    with pytest.raises(DataError, match=f"row 5 lacks {key}"):
        open_corpus(tmp_path / "legacy.pt")
    torch.save(rows_of({key: 1.5}), tmp_path / "legacy.pt")
    with pytest.raises(DataError, match="row 5: protein_seq: str"):
        open_corpus(tmp_path / "legacy.pt")


def test_tokens_that_contradict_the_text_are_found_on_the_rows_used(tmp_path: Path) -> None:
    wrong_id, negative, too_short = (legacy_row("MKV" * 20)["prot_tokens"] for _ in range(3))
    wrong_id[17] = 99
    negative[17] = -1
    too_short[30:] = 1
    for tokens in (wrong_id, negative, too_short, torch.ones(512, dtype=torch.int64)):
        torch.save(rows_of({"protein_seq": "MKV" * 20, "prot_tokens": tokens}), tmp_path / "legacy.pt")
        corpus = open_corpus(tmp_path / "legacy.pt")
        corpus.take([0, 4])
        with pytest.raises(DataError, match="row 5: prot_tokens"):
            corpus.take([0, 1, 2, 3, 4, 5])


def test_a_file_whose_end_is_missing(tmp_path: Path) -> None:
    for number, options in enumerate(FORMATS):
        path = tmp_path / f"{number}.pt"
        write_legacy(path, 10, **options)
        content = path.read_bytes()
        for size in (100, len(content) // 2, len(content) - 1):
            path.write_bytes(content[:size])
            with pytest.raises(DataError):
                verify_corpus(open_corpus(path))


@pytest.mark.heavy
def test_leaner_than_torch_and_no_slower(tmp_path: Path) -> None:
    """The usual recipe (load, sample, save) against ours."""
    rng = np.random.default_rng(0)
    path = tmp_path / "legacy.pt"
    torch.save([legacy_row(random_letters(rng, int(rng.integers(100, 510)))) for _ in range(100_000)], path)
    recipe_seconds, recipe_peak = measure(f"""
import random, torch
rows = torch.load({str(path)!r}, weights_only=False)
torch.save([rows[i] for i in random.Random(42).sample(range(len(rows)), 10_000)], {str(tmp_path / "recipe.pt")!r})
""")
    our_seconds, our_peak = measure(f"""
from pathlib import Path
from optsweep.data.subset import ensure_subset
ensure_subset(Path({str(path)!r}))
""")
    assert our_peak < 0.45 * recipe_peak
    assert our_seconds < recipe_seconds
