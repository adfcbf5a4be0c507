from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from optsweep.data.corpus import open_corpus, write_corpus
from optsweep.data.info import describe_corpus, leakage
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.subset import ensure_subset
from optsweep.data.training_data import load_training_data
from optsweep.errors import DataError

from .samples import random_sequences


def texts(sequences: Sequences) -> list[bytes]:
    return [sequences[index].tobytes() for index in range(len(sequences))]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """300 sequences, each with a copy that lacks its first 10 residues: 600, of which a subset of 300 is drawn."""
    sequences = random_sequences(300, lengths=(60, 90))
    copies = [sequences[index][10:] for index in range(300)]
    path = tmp_path / "proteins.pt"
    write_corpus(path, from_arrays([sequences[index] for index in range(300)] + copies), {"synthetic": True})
    return path


def test_a_subset_gives_its_three_parts(source: Path) -> None:
    subset = ensure_subset(source, size=300)
    data = load_training_data(subset.path)
    corpus = open_corpus(subset.path)
    assert (len(data.train), len(data.validation), len(data.confirmation)) == (270, 15, 15)
    assert sorted(texts(data.train) + texts(data.validation) + texts(data.confirmation)) == sorted(
        texts(corpus.sequences)
    )
    assert corpus.validation is not None
    assert texts(data.validation) == texts(corpus.take(corpus.validation))
    assert data.path == subset.path
    assert data.manifest["synthetic"] is True
    torch.from_numpy(data.train.tokens)  # warns (an error here) where an array is not writable


def test_a_full_corpus_is_trained_on_without_the_held_out_and_what_matches_them(source: Path) -> None:
    subset = load_training_data(ensure_subset(source, size=300).path)
    full = load_training_data(source)
    assert texts(full.validation) == texts(subset.validation)
    assert texts(full.confirmation) == texts(subset.confirmation)
    held_out = {text[10:] for text in texts(full.validation) + texts(full.confirmation)}
    ends = {text[-40:] for text in held_out}
    everything = texts(open_corpus(source).sequences)
    assert texts(full.train) == [text for text in everything if text[-40:] not in ends]
    assert 600 - 60 <= len(full.train) < 600 - 30
    assert texts(full.train.take([0, 5])) == [texts(full.train)[0], texts(full.train)[5]]


def test_a_full_corpus_without_its_subset_is_refused(source: Path) -> None:
    with pytest.raises(DataError, match=f"make it: optsweep data subset {source}"):
        load_training_data(source)
    ensure_subset(source, size=300)
    write_corpus(source, random_sequences(700), {})
    with pytest.raises(DataError, match="outdated"):
        load_training_data(source)


def test_nothing_left_to_train_on(tmp_path: Path) -> None:
    path = tmp_path / "subset.pt"
    for validation in ([0, 1, 2], []):
        write_corpus(path, random_sequences(3), {}, {"validation": np.array(validation, np.int64)})
        with pytest.raises(DataError, match="leaves nothing"):
            load_training_data(path)


def test_empty_sequences_and_tokens_out_of_range(tmp_path: Path) -> None:
    sequences = random_sequences(10)
    write_corpus(
        tmp_path / "a.pt",
        from_arrays([*(sequences[i] for i in range(10)), sequences[0][:0]]),
        {},
        {"validation": np.array([1])},
    )
    assert len(load_training_data(tmp_path / "a.pt").train) == 9
    sequences.tokens[0] = 4
    write_corpus(tmp_path / "b.pt", sequences, {}, {"validation": np.array([1])})
    with pytest.raises(DataError, match="sequence 0 holds token 4"):
        load_training_data(tmp_path / "b.pt")


def test_the_description_of_a_corpus(source: Path) -> None:
    described = describe_corpus(source)
    assert list(described) == ["path", "format", "num_sequences", "num_residues", "synthetic", "manifest"]
    assert described["path"] == str(source)
    assert (described["format"], described["num_sequences"], described["synthetic"]) == ("packed", 600, True)
    assert described["num_residues"] == open_corpus(source).sequences.lengths.sum()


def test_the_share_of_held_out_sequences_with_a_relative(source: Path, tmp_path: Path) -> None:
    assert leakage(open_corpus(source)) is None
    measured = leakage(open_corpus(ensure_subset(source, size=300).path))
    assert measured is not None
    assert (measured.validation, measured.confirmation) == (0, 0)
    assert measured.split_rule == measured.measured_by
    leaky = tmp_path / "leaky.pt"
    sequences = random_sequences(7, lengths=(60, 90)).take([0, 1, 2, 3, 0, 1, 3])
    split = {"validation": np.array([0, 2]), "confirmation": np.array([1]), "left_out": np.array([5])}
    write_corpus(leaky, sequences, {}, split)
    measured = leakage(open_corpus(leaky))
    assert measured is not None
    assert (measured.validation, measured.confirmation) == (0.5, 0)
    assert measured.split_rule.startswith("unknown")
