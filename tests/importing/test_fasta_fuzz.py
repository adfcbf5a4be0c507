"""Thousands of corruptions and mixtures of real files against Biopython and an independent reference."""

from __future__ import annotations

import gzip
import io
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from optsweep.data.names import hash_names
from optsweep.errors import DataError
from optsweep.importing import cleaning
from optsweep.importing.residues import ALTERED, DIGITS, GAPS, REASONS, STOPS
from tests.data.samples import PROTEINS

from . import fasta_reference
from .collecting import collect

PIECES = [
    *(b"\r", b"\n", b"\r\n", b"\n\n", b"\n>", b"\r>", b">", b"\n >x y\n", b"\n> z\n", b">\n", b"\n>P1;x\nabout\n"),
    *(b";", b"#", b"\n;c\n", b"\n # c\r", b" ;c", b"\t# c\n", b"\n//\n", b"\n // \r\n", b"//", b"/", b":", b"\n:"),
    *(b"-", b".", b"~~~", b"\n----\n", b"1", b" 10 ", b"\n   61 ", b"*", b"**\n", b"*\n>", b"?", b"@", b"+(", b"'"),
    *(b" ", b"\t", b"\v", b"\f", b"U", b"X", b"xbz", b"O", b"AAAA", b"\n>n\nACGTACGTACGTACGTACGTACGTACGTACGTACGT\n"),
    *("\ufeff \u00a0 \u200b \u2060 \u00ad \u2028 \u2029 \u0085 \u3000 \u200f".encode().split(b" ")),
    *(
        b"\n\xef\xbb\xbf>bom\n",
        b"\n\xc2\xa0;c\n",
        b"\x1a",
        b"\n\x1a\n",
        b"\x07",
        b"\xff",
        b"\xc3\xa9",
        b"\xe2\x80",
        b"\0",
    ),
]
NUM_FILES = 10_000


@pytest.fixture(scope="module")
def records() -> list[bytes]:
    if not PROTEINS.exists():
        pytest.skip(f"{PROTEINS} is not there: no real proteins to test on")
    with gzip.open(PROTEINS) as file:
        return [b">" + record for record in file.read()[1:].split(b"\n>")]


def excerpt(rng: random.Random, records: list[bytes]) -> bytes:
    """A few whole records, with other line lengths and line ends."""
    text = b""
    for record in rng.choices(records, k=rng.randint(1, 4)):
        header, _, body = record.partition(b"\n")
        letters, width = body.replace(b"\n", b"")[: rng.choice([20, 33, 150, 400])], rng.choice([10, 60, 61, 1000])
        if rng.random() < 0.02:
            letters = bytes(rng.choices(b"ACGTUNacgtun", k=len(letters)))
        end = rng.choice([b"\n", b"\n", b"\r\n", b"\r"])
        lines = [header, *(letters[start : start + width] for start in range(0, len(letters), width))]
        text += end.join(lines) + end
    return text


def corrupted(rng: random.Random, text: bytes) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 5])):
        place, other = rng.randint(0, len(text)), rng.randint(0, len(text))
        match rng.randrange(8):
            case 0:
                text = text[:place] + text[place + rng.randint(1, 90) :]
            case 1:
                text = text[:place] + text[other : other + 150] + text[place:]
            case 2:
                piece, every = rng.choice(PIECES[23:37]), rng.randint(3, 40)
                text = b"".join(text[start : start + every] + piece for start in range(0, len(text), every))
            case _:
                text = text[:place] + rng.choice(PIECES) + text[place:]
    return text


def by_biopython(text: bytes) -> list[tuple[bytes, str]]:
    from Bio.SeqIO.FastaIO import SimpleFastaParser

    # Universal newlines, as Biopython's own reader opens a file.
    with io.TextIOWrapper(io.BytesIO(text), "latin-1") as file:
        return [(title.split()[0].encode("latin-1"), letters.upper()) for title, letters in SimpleFastaParser(file)]


@pytest.mark.heavy
def test_d4_and_d5_ten_thousand_corruptions_equal_biopython_and_the_reference(
    records: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("Bio")
    path = tmp_path / "x.fasta"
    seen: Counter[str] = Counter()
    for seed in range(NUM_FILES):
        rng = random.Random(seed)
        plain = excerpt(rng, records)
        odd = seed % 4 > 0
        text = corrupted(rng, plain) if odd else plain
        path.write_bytes(text)
        monkeypatch.setattr(cleaning, "CHUNK", rng.choice([1, 7, 64, 200, 1 << 20]))
        expected = fasta_reference.read(text)
        if not odd:
            check_against_biopython(expected, text)
        try:
            collected, report = collect(path)
        except DataError as error:
            check_refusal(seed, str(error), expected)
            seen["refused"] += 1
            continue
        assert not expected.refused, (seed, expected.refused)
        assert collected.sequences == list(expected.kept), seed
        assert collected.names == hash_names(expected.kept.values()).tolist(), seed
        assert report.dropped == expected.dropped, seed
        assert report.altered == +expected.altered, seed
        assert report.num_read == report.num_kept + sum(report.dropped.values()), seed
        skipped = sum(report.altered.get(name, 0) for name in (GAPS, DIGITS, STOPS))
        lengths = expected.lengths
        assert report.num_residues == lengths["kept"] == lengths["written"] - lengths["dropped"] - skipped, seed
        seen.update([*report.altered, *report.dropped, "whole" if odd else "plain"])
    print(seen)
    assert min(seen[name] for name in (*ALTERED, *REASONS)) > 20
    assert seen["plain"] > NUM_FILES // 5
    assert seen["refused"] < NUM_FILES // 3


def check_against_biopython(expected: fasta_reference.Reading, text: bytes) -> None:
    """A file without oddities: the reference itself is judged, letter by letter."""
    judged = fasta_reference.Reading()
    for name, letters in by_biopython(text):
        fasta_reference.judge(judged, name, letters)
    assert judged.kept == expected.kept
    assert judged.dropped == expected.dropped
    assert set(+expected.altered) <= {"letters read as unknown"}


def check_refusal(seed: int, message: str, expected: fasta_reference.Reading) -> None:
    if place := re.search(r": line (\d+) \(byte offset (\d+)\): ", message):
        assert (int(place[1]), int(place[2])) in expected.refused, (seed, message, expected.refused)
    elif "can be kept" in message:
        assert not expected.kept, (seed, message)
    else:
        # Told by the first line: what comes before it need not be read.
        assert "begins with" in message or "is empty" in message or "is no text" in message, (seed, message)
        assert expected.refused or not expected.lengths, (seed, message)
