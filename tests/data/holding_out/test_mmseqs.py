"""Relatives as MMseqs2 finds them (D3). Tests that need the program are skipped without it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.leakage import hit_share
from optsweep.data.corpus import open_corpus, write_corpus
from optsweep.data.holding_out import mmseqs
from optsweep.data.holding_out.exclusion import ensure_exclusion
from optsweep.data.holding_out.mmseqs import Criteria, find_mmseqs, mmseqs_version, search
from optsweep.data.holding_out.mmseqs_rule import MMseqs2
from optsweep.data.holding_out.similarity import close_matches
from optsweep.data.info import leakage
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.subset import ensure_subset
from optsweep.data.training_data import load_training_data
from optsweep.errors import DataError
from optsweep.importing.fasta import import_fasta
from tests.data.samples import PROTEINS, random_sequences


def criteria(residues: int) -> Criteria:
    return Criteria(min_identity=0.3, min_coverage=0.8, max_e_value=0.01, database_residues=residues)


def distant_relatives(num: int, seed: int, size: int = 2) -> Sequences:
    """Families, one after the other, whose members are some 55 % identical: they share no 15-mers."""
    rng = np.random.default_rng(seed)
    ancestors = rng.integers(5, 25, (num, 1, 150)).astype(np.uint8)
    changed = rng.random((num, size, 150)) < 0.26
    members = np.where(changed, rng.integers(5, 25, changed.shape).astype(np.uint8), ancestors)
    return from_arrays(list(members.reshape(num * size, 150)))


def fake_program(folder: Path, script: str) -> str:
    program = folder / "mmseqs"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo a warning >&2; echo 'Error: no space left on device' >&2; exit 1", "Error: no space left on device"),
        ("echo 'Input is wrong'; exit 3", "Input is wrong"),
        ("exit 7", "exit 7"),
        ("kill -9 $$", "was ended by SIGKILL"),
        ("exec /nowhere/at/all", "not found"),
    ],
)
def test_a_failure_is_one_line_with_the_last_of_its_own(tmp_path: Path, script: str, words: str) -> None:
    with pytest.raises(DataError) as raised:
        mmseqs_version(fake_program(tmp_path, script))
    assert str(raised.value).startswith(f"{tmp_path}/mmseqs version: failed: ")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_program_that_fails_makes_no_subset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, 'test "$1" = version && echo 99 && exit 0\necho "out of memory" >&2; exit 1')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    assert find_mmseqs() == str(tmp_path / "mmseqs")
    write_corpus(tmp_path / "proteins.pt", random_sequences(50), {})
    with pytest.raises(DataError, match=r"mmseqs createdb: failed: out of memory"):
        ensure_subset(tmp_path / "proteins.pt")
    assert not (tmp_path / "proteins_sweep.pt").exists()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_it_is_killed_with_us(tmp_path: Path) -> None:
    program = fake_program(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    script = f"from optsweep.data.holding_out.mmseqs import mmseqs_version; mmseqs_version({program!r})"
    process = subprocess.Popen([sys.executable, "-c", script])
    pid = tmp_path / "pid"
    deadline = time.monotonic() + 30
    while not (pid.exists() and pid.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    while Path(f"/proc/{int(pid.read_text())}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.heavy
def test_d3_distant_relatives_are_found_whatever_the_blocks(with_mmseqs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sequences = distant_relatives(40, 0)
    wanted = criteria(sequences.num_residues)
    told: list[tuple[int, int]] = []
    found = search(with_mmseqs, sequences, sequences, wanted, 7.5, lambda done, total: told.append((done, total)))
    expected = sorted((a, b) for a in range(80) for b in (a, a ^ 1))
    assert sorted(map(tuple, found.tolist())) == expected
    assert told == sorted(told)
    assert told[-1] == (sequences.num_residues, sequences.num_residues)
    monkeypatch.setattr(mmseqs, "_BLOCK_RESIDUES", 7_000)
    in_blocks = search(with_mmseqs, sequences, sequences, wanted, 7.5)
    assert sorted(map(tuple, in_blocks.tolist())) == expected
    # The rule that needs nothing does not see them.
    assert not close_matches(sequences.take(range(0, 80, 2)), sequences.take(range(1, 80, 2)))[0].any()


@pytest.mark.heavy
def test_d3_no_member_of_a_large_family_is_lost(with_mmseqs: str) -> None:
    """The program's default is 300 hits for a query."""
    sequences = distant_relatives(1, 0, size=700)
    found = search(with_mmseqs, sequences.take([0]), sequences, criteria(sequences.num_residues), 7.5)
    assert sorted(found[:, 1].tolist()) == list(range(700))


@pytest.mark.heavy
def test_d3_short_unknown_repetitive_and_empty_sequences(with_mmseqs: str) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.integers(5, 25, length).astype(np.uint8) for length in (0, 1, 2, 5, 7, 10, 14, 20)]
    arrays += [np.full(40, 3, np.uint8), np.full(60, 5, np.uint8), np.resize(np.array([5, 6, 10, 21], np.uint8), 80)]
    odd = from_arrays(arrays)
    rule = MMseqs2(odd.num_residues)
    for queries, others in [(odd, odd), (odd.take([0]), odd), (odd, odd.take([0])), (odd.take([]), odd)]:
        of_query, of_other = rule.matches(queries, others)
        assert (len(of_query), len(of_other)) == (len(queries), len(others))
    # Their copies are relatives, though no search finds them.
    assert rule.matches(odd, odd)[0].all()


def test_d3_proteins_that_look_like_nucleotides(with_mmseqs: str) -> None:
    rng = np.random.default_rng(0)
    arrays = [np.array([5, 6, 10, 21], np.uint8)[rng.integers(0, 4, 100)] for _ in range(30)]
    relatives = distant_relatives(2, 1)
    sequences = from_arrays([*arrays, *(relatives[index] for index in range(4))])
    found = search(with_mmseqs, sequences.take([30]), sequences, criteria(sequences.num_residues), 7.5)
    assert found[:, 1].tolist() == [30, 31]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """900 sequences in 450 pairs of distant relatives, of which a subset of 300 is drawn."""
    write_corpus(tmp_path / "proteins.pt", distant_relatives(450, 3), {})
    return tmp_path / "proteins.pt"


@pytest.mark.heavy
def test_d3_a_subset_by_mmseqs2_and_a_host_without_it(
    corpus: Path, with_mmseqs: str, hide_mmseqs: Callable[[], None]
) -> None:
    made = ensure_subset(corpus, size=300)
    assert made.rule.startswith("MMseqs2 ")
    assert made.rule.endswith("at least 30 % identity over at least 80 % of one of the two")
    subset = open_corpus(made.path)
    record = subset.manifest["rule"]
    assert (record["name"], record["version"]) == ("MMseqs2", mmseqs_version(with_mmseqs))
    assert (record["min_identity"], record["min_coverage"]) == (0.3, 0.8)
    measured = leakage(subset)
    assert measured is not None
    assert (measured.validation, measured.confirmation) == (0, 0)
    assert measured.measured_by.startswith("MMseqs2")

    hide_mmseqs()
    assert ensure_subset(corpus, size=300).rule == made.rule
    measured = leakage(subset)
    assert measured is not None
    assert (measured.split_rule, measured.measured_by) == (
        made.rule,
        "near duplicates: more than 30 % common 15-mers, about 92 % identity",
    )
    with pytest.raises(DataError) as raised:
        load_training_data(corpus)
    message = str(raised.value)
    assert message.startswith(f"{corpus}: ")
    assert "mmseqs is not on this host's PATH" in message
    assert f"optsweep data subset {corpus}" in message
    assert len(load_training_data(made.path).train) == 300 - 30 - made.num_left_out


@pytest.mark.heavy
def test_d3_the_kept_exclusion_serves_hosts_without_mmseqs2(
    corpus: Path, with_mmseqs: str, hide_mmseqs: Callable[[], None]
) -> None:
    made = ensure_subset(corpus, size=300)
    excluded = ensure_exclusion(corpus)
    assert excluded is not None
    assert excluded.made
    assert excluded.rule == made.rule
    # Of each held-out sequence its relative too.
    assert np.array_equal(np.unique(excluded.rows // 2 * 2), excluded.rows[::2])
    assert len(excluded.rows) >= 60
    hide_mmseqs()
    assert len(load_training_data(corpus).train) == 900 - len(excluded.rows)


@pytest.mark.heavy
def test_d3_relatives_that_families_missed_are_left_out(
    corpus: Path, with_mmseqs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the first search had found nothing."""
    monkeypatch.setattr(MMseqs2, "families", lambda rule, drawn, on_progress=None: np.arange(len(drawn.rows)))
    made = ensure_subset(corpus)
    subset = open_corpus(made.path)
    assert subset.validation is not None
    assert subset.confirmation is not None
    assert subset.left_out is not None
    held_out = np.concatenate([subset.validation, subset.confirmation])
    expected = np.setdiff1d(held_out ^ 1, held_out)
    assert subset.left_out.tolist() == expected.tolist()
    assert made.num_left_out == len(expected) == subset.manifest["num_left_out"] > 50
    data = load_training_data(made.path)
    assert len(data.train) == 900 - len(held_out) - len(expected)
    measured = leakage(subset)
    assert measured is not None
    assert (measured.validation, measured.confirmation) == (0, 0)


@pytest.mark.heavy
@pytest.mark.skipif(not PROTEINS.exists(), reason=f"{PROTEINS} is not there")
def test_d3_at_most_one_percent_of_the_held_out_have_a_relative_in_training(with_mmseqs: str, tmp_path: Path) -> None:
    """By `mmseqs easy-search -s 6 -e 1e-3`, query coverage >= 0.8, identity >= 0.3."""
    import_fasta([PROTEINS], tmp_path / "proteins.pt")
    subset = open_corpus(ensure_subset(tmp_path / "proteins.pt").path)
    assert subset.validation is not None
    assert subset.confirmation is not None
    assert len(subset.validation) == len(subset.confirmation) == 500
    assert subset.left_out is not None
    assert len(subset.left_out) < 200
    assert hit_share(subset, subset.validation, tmp_path) <= 0.01
    assert hit_share(subset, subset.confirmation, tmp_path) <= 0.01
