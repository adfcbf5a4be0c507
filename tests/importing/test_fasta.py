from __future__ import annotations

import gzip
import random
from pathlib import Path

import numpy as np
import pytest

from optsweep.data.corpus import open_corpus, verify_corpus
from optsweep.data.vocabulary import RESIDUES, decode
from optsweep.errors import DataError
from optsweep.importing import cleaning
from optsweep.importing.fasta import ImportReport, import_fasta
from tests.data.samples import random_letters, write_fasta

GOOD = "MKVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"
OTHER = "WWVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"


@pytest.fixture(params=["one chunk", "tiny chunks"], autouse=True)
def chunk_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test must hold wherever the file happens to be cut."""
    if request.param == "tiny chunks":
        monkeypatch.setattr(cleaning, "CHUNK", 7)


def imported(tmp_path: Path, content: bytes, name: str = "proteins.fasta") -> tuple[list[str], ImportReport]:
    source = tmp_path / name
    source.write_bytes(content)
    report = import_fasta([source], tmp_path / "corpus.pt")
    corpus = open_corpus(tmp_path / "corpus.pt")
    verify_corpus(corpus)
    assert source.read_bytes() == content
    assert report.num_kept == corpus.num_sequences
    assert report.num_residues == corpus.num_residues
    assert report.num_read == report.num_kept + sum(report.dropped.values())
    return [decode(corpus.sequences[index]) for index in range(len(corpus.sequences))], report


@pytest.mark.parametrize(
    "content",
    [
        f">one\n{GOOD}\n>two\n{OTHER}\n",
        f">one\n{GOOD}\n>two\n{OTHER}",
        f">one\r\n{GOOD}\r\n>two\r\n{OTHER}\r\n",
        f">one\n{GOOD[:10]}\n{GOOD[10:]}\n\n\n>two\n{OTHER[:5]}\n{OTHER[5:]}*\n",
        f"\n\n  >one\n{GOOD}\n>two\n{OTHER}\n",
        f"\ufeff>one\n{GOOD.lower()}\n>two > three >four\n {OTHER} \n",
        f">\n{GOOD}\n>two>\n\t{' '.join(OTHER)}\n",
        f">one caf\u00e9\n{GOOD}\n>two\n{OTHER}\n",
    ],
)
def test_plain_text_in_its_many_forms(tmp_path: Path, content: str) -> None:
    assert imported(tmp_path, content.encode())[0] == [GOOD, OTHER]


def test_gzip_is_told_by_its_content_and_may_have_several_members(tmp_path: Path) -> None:
    content = gzip.compress(f">one\n{GOOD}\n>two\n".encode()) + gzip.compress(OTHER.encode())
    assert imported(tmp_path, content, "no_suffix")[0] == [GOOD, OTHER]


def test_drops_are_counted_by_their_first_reason(tmp_path: Path) -> None:
    records = [
        GOOD,
        "",
        "* \t",
        RESIDUES,
        "X" * 29,
        GOOD[:30],
        GOOD[:29],
        GOOD + "X" * 2,  # 2 of 34: under 95 %
        GOOD + "A" * 6 + "BZ",  # 2 of 40: exactly 95 %
        GOOD.lower() + "*",
        GOOD[:30],
    ]
    kept, report = imported(tmp_path, "".join(f">r\n{record}\n" for record in records).encode())
    assert kept == [GOOD, GOOD[:30], GOOD + "A" * 6 + "XX"]
    assert {reason: count for reason, count in report.dropped.items() if count} == {
        "empty": 2,
        "shorter than 30": 3,
        "under 95% standard residues": 1,
        "duplicate": 2,
    }
    assert report.altered == {"stop signs at the end": 2, "letters read as unknown": 29 + 2 + 2}
    assert report.warnings == []


def test_duplicates_are_found_across_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    sequences = [random_letters(rng, 40) for _ in range(300)]
    first = write_fasta(tmp_path / "first.fasta", sequences[:200] + sequences[:10])
    second = write_fasta(tmp_path / "second.fasta", sequences[100:])
    report = import_fasta([first, second], tmp_path / "corpus.pt")
    corpus = open_corpus(tmp_path / "corpus.pt")
    assert [decode(corpus.sequences[index]) for index in range(300)] == sequences
    assert report.dropped["duplicate"] == 110
    assert [source["name"] for source in corpus.manifest["sources"]] == ["first.fasta", "second.fasta"]
    assert not corpus.synthetic


def test_nucleotides_with_other_letters_are_warned_of(tmp_path: Path) -> None:
    rng = random.Random(0)
    content = "".join(f">r\nRY{''.join(rng.choices('acgtN', k=100))}\n" for _ in range(20))
    _, report = imported(tmp_path, content.encode())
    assert report.num_kept == 20
    assert len(report.warnings) == 1
    assert "nucleotides" in report.warnings[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (GOOD.encode(), "begins with 'MKV"),
        (b"@read\nACGT\n+\n!!!!\n", "is FASTQ"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
        (b">one\n" + GOOD.encode() + b"\0\n", r"line 2 \(byte offset 37\): holds a NUL byte"),
        (f">one\n{GOOD}\n".encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
        (f">one\n{GOOD}\n>two words\n{GOOD}\u00e9\n".encode(), r"line 4 \(byte offset 81\): .* the byte 0xc3"),
        (b">one\n\x01" + GOOD.encode(), r"line 2 \(byte offset 5\): .* the byte 0x01"),
        (gzip.compress(f">one\n{GOOD}\n".encode(), mtime=0)[:-9], "not a whole gzip file"),
        (b"\x1f\x8bnonsense and more of it", "not a whole gzip file"),
        (b">one\n>two\nMKV\n", "none of its 2 sequences can be kept: 1 empty, 1 shorter than 30"),
        (b"; a comment\n# and another\n", "none of its 0 sequences can be kept: it has none"),
    ],
)
def test_refused_without_a_trace(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        imported(tmp_path, content)
    assert "proteins.fasta" in str(caught.value)
    assert len(caught.value.lines) <= 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["proteins.fasta"]


def test_missing_inputs_and_an_output_that_is_an_input(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        import_fasta([tmp_path / "missing.fasta"], tmp_path / "corpus.pt")
    with pytest.raises(DataError, match="Is a directory"):
        import_fasta([tmp_path], tmp_path / "corpus.pt")
    source = write_fasta(tmp_path / "proteins.fasta", [GOOD])
    with pytest.raises(DataError, match="is one of the inputs"):
        import_fasta([source], source)
    assert GOOD in source.read_text()


def test_progress_is_in_bytes_of_the_files(tmp_path: Path) -> None:
    sequences = [random_letters(np.random.default_rng(seed), 50) for seed in range(3)]
    inputs = [write_fasta(tmp_path / "a.fasta", sequences), tmp_path / "b.fasta.gz"]
    inputs[1].write_bytes(gzip.compress(f">x\n{GOOD}\n".encode()))
    calls: list[tuple[int, int]] = []
    import_fasta(inputs, tmp_path / "corpus.pt", lambda done, total: calls.append((done, total)))
    total = sum(path.stat().st_size for path in inputs)
    assert calls[-1] == (total, total)
    assert calls == sorted(calls)
