"""Import at sizes that matter: long records, real proteins, speed."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from optsweep.data.corpus import open_corpus, verify_corpus
from optsweep.data.vocabulary import RESIDUES, decode
from optsweep.errors import DataError
from optsweep.importing.fasta import import_fasta
from tests.data.samples import measure, random_letters

GOOD = "MKVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"


def imported(tmp_path: Path, content: bytes) -> list[str]:
    (tmp_path / "proteins.fasta").write_bytes(content)
    import_fasta([tmp_path / "proteins.fasta"], tmp_path / "corpus.pt")
    corpus = open_corpus(tmp_path / "corpus.pt")
    return [decode(corpus.sequences[index]) for index in range(len(corpus.sequences))]


@pytest.mark.parametrize("width", [60, 1, 2_000_000])
def test_the_longest_record_that_is_read(tmp_path: Path, width: int) -> None:
    letters = (GOOD * 40_000)[:1_000_000]
    lines = [letters[start : start + width] for start in range(0, len(letters), width)]
    assert imported(tmp_path, (">long\n" + "\n".join(lines) + "\n").encode()) == [letters]
    with pytest.raises(DataError, match=r"line 1 \(.*the record '>long' is longer than 1,000,000 letters"):
        imported(tmp_path, (">long\n" + "\n".join([*lines, "A"]) + "\n").encode())


@pytest.mark.parametrize("begin", [b"\r>", b"\n  >", b"\n\xef\xbb\xbf>", b"\r\n>"])
def test_long_files_are_cut_at_any_kind_of_header(tmp_path: Path, begin: bytes) -> None:
    rng = np.random.default_rng(0)
    letters = [random_letters(rng, 40).encode() + b"K" * 1000 for _ in range(9_000)]
    line_end = b"\r" if begin[:1] == b"\r" else b"\n"
    content = begin[1:] + begin.join(b"name" + line_end + sequence for sequence in letters)
    assert imported(tmp_path, content.lstrip()) == [sequence.decode() for sequence in letters]


@pytest.mark.heavy
@pytest.mark.parametrize(
    "content", [b">header" * 2_000_000, b">x\n" + b"A" * 20_000_000, b">x\n" + b" \n" * 10_000_000]
)
def test_endless_records_are_refused_before_they_fill_the_memory(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="longer than 1,000,000 letters"):
        imported(tmp_path, content)


def test_real_proteins(real_proteins: Path, tmp_path: Path) -> None:
    report = import_fasta([real_proteins], tmp_path / "corpus.pt")
    assert report.num_read == 18_287
    with gzip.open(real_proteins, "rt") as file:
        records = [record.partition("\n")[2].replace("\n", "") for record in file.read()[1:].split("\n>")]
    expected = list(dict.fromkeys(record for record in records if len(record) >= 30))
    corpus = open_corpus(tmp_path / "corpus.pt")
    strangers = str.maketrans({chr(code): "X" for code in range(65, 91) if chr(code) not in RESIDUES})
    assert decode(corpus.sequences.tokens) == "".join(expected).translate(strangers)
    assert report.dropped["duplicate"] == 53
    verify_corpus(corpus)


@pytest.mark.heavy
def test_large_files_are_read_fast_in_little_memory(tmp_path: Path) -> None:
    """The slope between two sizes, so that start-up does not count."""
    rng = np.random.default_rng(0)
    block = []
    for number in range(60_000):
        letters = random_letters(rng, int(rng.integers(100, 500)))
        lines = [letters[start : start + 60] for start in range(0, len(letters), 60)]
        block.append(
            "\n".join([f">UniRef50_{number:09d} Uncharacterized protein n=1 Tax=Bacteria TaxID=2", *lines, ""])
        )
    text = "".join(block).encode()
    sizes, measured = (2, 12), []
    for copies in sizes:
        source = tmp_path / f"{copies}.fasta"
        with source.open("wb") as file:
            for copy in range(copies):
                # Another residue at one place makes every copy's sequences new.
                file.write(text.replace(b"\nA", b"\n" + RESIDUES[copy : copy + 1].encode() * 2))
        measured.append(
            measure(f"""
from pathlib import Path
from optsweep.importing.fasta import import_fasta
import_fasta([Path({str(source)!r})], Path({str(tmp_path / "corpus.pt")!r}))
""")
        )
    (small_seconds, _), (large_seconds, peak) = measured
    speed = (sizes[1] - sizes[0]) * len(text) / (large_seconds - small_seconds) / 1e6
    print(f"{speed:.0f} MB/s, {peak:.0f} MiB")
    # Half of the 400 MB/s of a quiet core: others may be at work on this machine.
    assert speed > 150
    assert peak < 120
