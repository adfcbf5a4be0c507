"""Families from a cluster file (D3)."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from optsweep.data.corpus import Corpus, corpus_writer, open_corpus
from optsweep.data.holding_out.cluster_file import ClusterFile
from optsweep.data.holding_out.exclusion import ensure_exclusion
from optsweep.data.holding_out.exclusion_file import places
from optsweep.data.names import hash_names
from optsweep.data.recipe import Drawn, recipe_rows
from optsweep.data.subset import ensure_subset
from optsweep.data.training_data import load_training_data
from optsweep.errors import DataError
from tests.data.samples import random_sequences

NUM, SIZE = 900, 300


def family(row: int) -> int:
    """Families of 1 to 6 rows that are nowhere beside each other."""
    return row % 311


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """900 sequences named seq0..seq899."""
    return written(tmp_path / "proteins.pt", [b"seq%d" % row for row in range(NUM)])


def written(path: Path, names: list[bytes] | None) -> Path:
    sequences = random_sequences(NUM, lengths=(40, 60))
    with corpus_writer(path) as writer:
        hashes = None if names is None else hash_names(names)
        writer.append(sequences.tokens.tobytes(), sequences.lengths, hashes)
        writer.finish({"kind": "corpus"})
    return path


def cluster_lines(name: str = "seq%d") -> list[str]:
    return [f"{name % family(row)}\t{name % row}\n" for row in range(NUM)]


def families_of(path: Path, corpus: Path, size: int = SIZE) -> tuple[np.ndarray, ClusterFile]:
    opened = open_corpus(corpus)
    rows = recipe_rows(NUM, size, 42)
    rule = ClusterFile(path)
    return rule.families(Drawn(opened, rows, opened.take(rows))), rule


def are_the_families(labels: np.ndarray, rows: np.ndarray) -> bool:
    expected = np.array([family(row) for row in rows.tolist()])
    return np.array_equal(labels[:, None] == labels[None], expected[:, None] == expected[None])


def held_out_rows(subset: Corpus) -> np.ndarray:
    assert subset.validation is not None
    assert subset.confirmation is not None
    return recipe_rows(NUM, SIZE, 42)[np.concatenate([subset.validation, subset.confirmation])]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_d3_names_are_found_in_plain_and_gzip_files(
    corpus: Path, tmp_path: Path, pack: Callable[[bytes], bytes], ending: str
) -> None:
    text = "".join(cluster_lines()).replace("\n", ending).rstrip().encode()
    (tmp_path / "clusters.tsv").write_bytes(pack(text))
    labels, rule = families_of(tmp_path / "clusters.tsv", corpus)
    assert are_the_families(labels, recipe_rows(NUM, SIZE, 42))
    assert rule.notes == []


@pytest.mark.parametrize("named", [True, False])
def test_d3_row_numbers_are_taken_if_no_name_is_known(corpus: Path, tmp_path: Path, named: bool) -> None:
    source = corpus if named else written(tmp_path / "nameless.pt", None)
    (tmp_path / "clusters.tsv").write_text("".join(cluster_lines("%d")))
    labels, _ = families_of(tmp_path / "clusters.tsv", source)
    assert are_the_families(labels, recipe_rows(NUM, SIZE, 42))


def test_d3_names_that_are_numbers_are_names(tmp_path: Path) -> None:
    """The names of a corpus count first: here they run the other way than its rows."""
    source = written(tmp_path / "numbered.pt", [b"%d" % (NUM - 1 - row) for row in range(NUM)])
    lines = [f"{family(row)}\t{NUM - 1 - row}\n" for row in range(NUM)]
    (tmp_path / "clusters.tsv").write_text("".join(lines))
    labels, _ = families_of(tmp_path / "clusters.tsv", source)
    assert are_the_families(labels, recipe_rows(NUM, SIZE, 42))


def test_d3_rows_that_the_file_does_not_name_are_counted_and_stand_alone(corpus: Path, tmp_path: Path) -> None:
    lines = [line for row, line in enumerate(cluster_lines()) if family(row) % 2]
    (tmp_path / "clusters.tsv").write_text("".join(lines))
    labels, rule = families_of(tmp_path / "clusters.tsv", corpus)
    rows = recipe_rows(NUM, SIZE, 42)
    unnamed = np.array([family(row) % 2 == 0 for row in rows.tolist()])
    assert rule.notes == [f"{unnamed.sum()} of 300 sequences are not in {rule.path}: families of their own"]
    assert len(np.unique(labels[unnamed])) == unnamed.sum()
    assert not np.isin(labels[~unnamed], labels[unnamed]).any()


def test_d3_a_member_of_two_clusters_joins_them(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "clusters.tsv").write_text("".join(cluster_lines()) + "seq0\tseq1\n")
    labels, _ = families_of(tmp_path / "clusters.tsv", corpus, NUM)
    assert len(np.unique(labels)) == 310
    assert labels[0] == labels[1] == labels[311] == labels[312]


@pytest.mark.parametrize("named", [True, False])
def test_d3_a_file_of_other_names_is_refused(corpus: Path, tmp_path: Path, named: bool) -> None:
    source = corpus if named else written(tmp_path / "nameless.pt", None)
    (tmp_path / "clusters.tsv").write_text("P12345\tP12345\nP12345\tQ67890\n")
    with pytest.raises(DataError) as raised:
        ensure_subset(source, size=SIZE, clusters=tmp_path / "clusters.tsv")
    message = str(raised.value)
    assert message.startswith(f"{tmp_path / 'clusters.tsv'}: names none of the 300 sequences, but 'P12345'")
    assert "row numbers from 0 to 899" in message
    assert ("first words of the headers" in message) == named
    assert ("holds no names" in message) != named
    assert not (tmp_path / "proteins_sweep.pt").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"seq0\tseq1\nseq0 seq2\n", "line 2: 'seq0 seq2' is not representative<TAB>member"),
        (b"seq0\tseq1\tseq2\n", "line 1"),
        (b"seq0\tseq1\n\tseq2\n", "line 2"),
        (b"seq0\tseq1\nseq2\t\n", "line 2"),
        (b">seq0\nMKV\n", "line 1"),
        (b"x" * (9 << 20), "a line is longer than"),
        (gzip.compress(b"seq0\tseq1\n" * 1000, mtime=0)[:-12], "cannot be read"),
        (gzip.compress(b"seq0\tseq1\n" * 1000, mtime=0)[:40] + b"\0" * 40, "cannot be read"),
        (b"", "names none"),
        (b"\n\n", "names none"),
    ],
)
def test_d3_files_of_other_forms_are_refused_with_the_line(
    corpus: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "clusters.tsv").write_bytes(content)
    with pytest.raises(DataError) as raised:
        ensure_subset(corpus, size=SIZE, clusters=tmp_path / "clusters.tsv")
    assert str(raised.value).startswith(f"{tmp_path / 'clusters.tsv'}: ")
    assert words in str(raised.value)
    assert str(raised.value).count("\n") <= 1


def test_d3_a_missing_file_is_refused(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.tsv: cannot be read: No such file"):
        ensure_subset(corpus, clusters=tmp_path / "none.tsv")


def test_d3_blank_lines_and_descriptions_are_passed_over(corpus: Path, tmp_path: Path) -> None:
    lines = [line.replace("\n", " some words\n\n") for line in cluster_lines()]
    (tmp_path / "clusters.tsv").write_text("".join(lines))
    labels, _ = families_of(tmp_path / "clusters.tsv", corpus)
    assert are_the_families(labels, recipe_rows(NUM, SIZE, 42))


def test_d3_no_family_of_the_file_is_divided_and_the_full_corpus_is_trained_on_without_them(
    corpus: Path, tmp_path: Path
) -> None:
    clusters = tmp_path / "clusters.tsv"
    clusters.write_text("".join(cluster_lines()))
    made = ensure_subset(corpus, size=SIZE, clusters=clusters)
    assert made.made
    assert made.rule == "the clusters of clusters.tsv"
    assert made.num_left_out == 0
    subset = open_corpus(made.path)
    assert subset.manifest["rule"]["name"] == "cluster file"
    assert subset.manifest["rule"]["fingerprint"]
    held_out = {family(row) for row in held_out_rows(subset).tolist()}
    train = np.setdiff1d(recipe_rows(NUM, SIZE, 42), held_out_rows(subset))
    assert not held_out & {family(row) for row in train.tolist()}
    # What is left out of the whole corpus was found while the file was there.
    clusters.rename(tmp_path / "elsewhere.tsv")
    excluded = ensure_exclusion(corpus)
    assert excluded is not None
    assert not excluded.made
    assert excluded.rows.tolist() == [row for row in range(NUM) if family(row) in held_out]
    assert len(load_training_data(corpus).train) == NUM - len(excluded.rows)
    assert not ensure_subset(corpus, size=SIZE, clusters=tmp_path / "elsewhere.tsv").made
    # Lost, it can be found again with the file only.
    places(made.path)[0].unlink()
    with pytest.raises(DataError, match=f"optsweep data subset {corpus} --clusters"):
        load_training_data(corpus)
    ensure_subset(corpus, size=SIZE, clusters=tmp_path / "elsewhere.tsv")
    assert len(load_training_data(corpus).train) == NUM - len(excluded.rows)


def test_d3_a_subset_by_another_rule_is_refused_naming_both(corpus: Path, tmp_path: Path) -> None:
    clusters = tmp_path / "clusters.tsv"
    clusters.write_text("".join(cluster_lines()))
    made = ensure_subset(corpus, size=SIZE)
    before = made.path.read_bytes()
    with pytest.raises(DataError) as raised:
        ensure_subset(corpus, size=SIZE, clusters=clusters)
    assert "near duplicates" in str(raised.value)
    assert f"--clusters {clusters}" in str(raised.value)
    assert "move it away, or name another output with -o" in str(raised.value)
    assert made.path.read_bytes() == before
    other = ensure_subset(corpus, size=SIZE, clusters=clusters, output=tmp_path / "other.pt")
    assert other.rule == "the clusters of clusters.tsv"
    # Without --clusters a subset is taken as it is, whatever its rule.
    made.path.unlink()
    ensure_subset(corpus, size=SIZE, clusters=clusters)
    assert ensure_subset(corpus, size=SIZE).rule == "the clusters of clusters.tsv"
    clusters.write_text("".join(cluster_lines()[:-1]))
    with pytest.raises(DataError, match="is split by another rule"):
        ensure_subset(corpus, size=SIZE, clusters=clusters)
    with pytest.raises(DataError, match="has a split already"):
        ensure_subset(made.path, clusters=clusters)


def test_d3_progress_is_told_in_bytes_of_the_file(corpus: Path, tmp_path: Path) -> None:
    clusters = tmp_path / "clusters.tsv.gz"
    clusters.write_bytes(gzip.compress("".join(cluster_lines()).encode()))
    told: list[tuple[int, int]] = []
    ensure_subset(corpus, size=SIZE, clusters=clusters, on_progress=lambda done, total: told.append((done, total)))
    size = clusters.stat().st_size
    assert told.count((size, size)) >= 2
