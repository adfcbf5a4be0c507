"""What full-corpus training leaves out, and where that is kept."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from optsweep.data.corpus import corpus_writer, open_corpus, write_corpus
from optsweep.data.demo import make_demo
from optsweep.data.holding_out import exclusion
from optsweep.data.holding_out import rule_choice as rules
from optsweep.data.holding_out.exclusion import ensure_exclusion
from optsweep.data.holding_out.exclusion_file import places
from optsweep.data.holding_out.rule import NearDuplicates
from optsweep.data.holding_out.similarity import close_matches
from optsweep.data.sequences import from_arrays
from optsweep.data.subset import ensure_subset
from optsweep.data.training_data import load_training_data
from optsweep.errors import DataError
from tests.data.samples import measure, random_sequences


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """300 sequences, each with a copy that lacks its first 10 residues: 600, of which a subset of 300 is drawn."""
    sequences = random_sequences(300, lengths=(60, 90))
    arrays = [sequences[index] for index in range(300)]
    path = tmp_path / "proteins.pt"
    write_corpus(path, from_arrays([*arrays, *(array[10:] for array in arrays)]), {})
    ensure_subset(path, size=300)
    return path


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every search in a corpus."""
    done: list[int] = []

    def counted(*arguments: object) -> object:
        done.append(1)
        return close_matches(*arguments)  # the real one

    monkeypatch.setattr("optsweep.data.holding_out.rule.close_matches", counted)
    return done


def test_it_is_searched_for_once_and_kept_beside_the_subset(source: Path, searches: list[int]) -> None:
    first = ensure_exclusion(source)
    assert first is not None
    assert first.made
    assert first.path == source.parent / "proteins_sweep.excluded.npz"
    assert first.rule == NearDuplicates.words
    again = ensure_exclusion(source)
    assert again is not None
    assert not again.made
    assert again.rows.tolist() == first.rows.tolist()
    assert len(load_training_data(source).train) == 600 - len(first.rows)
    assert len(searches) == 1


def test_it_holds_the_held_out_sequences_and_their_relatives(source: Path) -> None:
    found = ensure_exclusion(source)
    assert found is not None
    data, everything = load_training_data(source), open_corpus(source).sequences
    ends = {data.validation[i][-40:].tobytes() for i in range(len(data.validation))}
    ends |= {data.confirmation[i][-40:].tobytes() for i in range(len(data.confirmation))}
    assert found.rows.tolist() == [row for row in range(600) if everything[row][-40:].tobytes() in ends]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other rows", "text", "npy"])
def test_a_damaged_file_is_searched_for_again(source: Path, searches: list[int], damage: str) -> None:
    first = ensure_exclusion(source)
    assert first is not None
    assert first.path is not None
    content = bytearray(first.path.read_bytes())
    if damage == "cut":
        first.path.write_bytes(content[:-30])
    elif damage == "flipped":
        content[len(content) // 2] ^= 255
        first.path.write_bytes(content)
    elif damage == "empty":
        first.path.write_bytes(b"")
    elif damage == "npy":
        with first.path.open("wb") as file:
            np.save(file, first.rows)
    elif damage == "text":
        first.path.write_text("not a file of ours")
    else:
        with np.load(first.path) as kept:
            np.savez(first.path, key=kept["key"], rows=kept["rows"].astype(float))
    again = ensure_exclusion(source)
    assert again is not None
    assert again.made
    assert again.rows.tolist() == first.rows.tolist()


def test_another_corpus_or_split_is_searched_anew(source: Path, searches: list[int]) -> None:
    ensure_exclusion(source)
    ensure_subset(source, size=200, seed=1)
    assert ensure_exclusion(source) is not None
    assert len(searches) == 2
    write_corpus(source, random_sequences(600, seed=9), {})
    ensure_subset(source, size=200, seed=1)
    ensure_exclusion(source)
    assert len(searches) == 3


def test_a_read_only_folder_keeps_it_in_data(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searches: list[int]
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    # root may write anywhere: only the kernel's answer can be replaced.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != source.parent)
    found = ensure_exclusion(source)
    assert found is not None
    assert found.path == Path("data/proteins_sweep.excluded.npz")
    assert not (source.parent / "proteins_sweep.excluded.npz").exists()
    again = ensure_exclusion(source)
    assert again is not None
    assert not again.made


def test_if_it_cannot_be_written_it_is_searched_for_each_time(source: Path, searches: list[int]) -> None:
    place = places(source.parent / "proteins_sweep.pt")[0]
    place.mkdir()
    for _ in range(2):
        found = ensure_exclusion(source)
        assert found is not None
        assert (found.path, found.made) == (None, True)
    assert len(searches) == 2


def test_there_is_none_for_a_subset_and_nothing_to_search_for_a_whole_corpus(source: Path, tmp_path: Path) -> None:
    assert ensure_exclusion(source.parent / "proteins_sweep.pt") is None
    write_corpus(tmp_path / "small.pt", random_sequences(100), {})
    with pytest.raises(DataError, match="make it: optsweep data subset"):
        ensure_exclusion(tmp_path / "small.pt")
    ensure_subset(tmp_path / "small.pt")
    found = ensure_exclusion(tmp_path / "small.pt")
    assert found is not None
    assert len(found.rows) == 10
    assert (found.path, found.made) == (None, False)
    assert len(load_training_data(tmp_path / "small.pt").train) == 90


def test_a_demo_corpus_leaves_out_the_families_of_what_is_held_out(tmp_path: Path) -> None:
    path = make_demo(tmp_path / "demo.pt", 3_000)
    made = ensure_subset(path, size=2_000)
    assert made.rule == "the demo corpus' own families"
    found = ensure_exclusion(path)
    assert found is not None
    families = rules.demo_families(open_corpus(path))
    assert families is not None
    is_out = np.zeros(3_000, bool)
    is_out[found.rows] = True
    labels = families._families
    assert not np.isin(labels[~is_out], labels[is_out]).any()
    assert 2 * 80 < len(found.rows) < 600


def test_a_demo_corpus_that_numpy_would_make_otherwise_now_is_an_ordinary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_demo(tmp_path / "demo.pt", 300)
    corpus = open_corpus(path)
    changed = corpus.take(range(300))
    changed.tokens[0] = 5 if changed.tokens[0] != 5 else 6
    write_corpus(path, changed, corpus.manifest)
    assert ensure_subset(path).rule == NearDuplicates.words


def test_a_manifest_that_does_not_say_how_it_was_drawn(source: Path) -> None:
    subset = open_corpus(source.parent / "proteins_sweep.pt")
    with pytest.raises(DataError, match="does not say how it was drawn"):
        exclusion.drawn_before(open_corpus(source), type(subset)(**{**vars(subset), "manifest": {"kind": "subset"}}))


@pytest.mark.heavy
def test_d6_the_exclusion_of_many_sequences_in_little_time_and_memory(tmp_path: Path) -> None:
    """1,000,000 sequences of 270 residues; 4.5 million take 4.5 times as long."""
    path = tmp_path / "large.pt"
    with corpus_writer(path) as writer:
        for block in range(10):
            tokens = np.random.default_rng(block).integers(5, 25, 27_000_000, dtype=np.uint8)
            writer.append(tokens.data, np.full(100_000, 270))
        writer.finish({})
    ensure_subset(path)
    script = f"""
from pathlib import Path
from optsweep.data.holding_out.exclusion import ensure_exclusion
assert ensure_exclusion(Path({str(path)!r})).made
"""
    seconds, peak = measure(script)
    assert seconds < 15
    assert peak < 500
