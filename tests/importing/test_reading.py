"""FASTA as it is really written: D4 and D5."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from optsweep.data.names import hash_names
from optsweep.data.vocabulary import RESIDUES
from optsweep.errors import DataError
from optsweep.importing import cleaning
from optsweep.importing.fasta import ImportReport
from tests.data.samples import PROTEINS, SHARED

from .collecting import collect

GOOD = "MKVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"
OTHER = "WWVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"
ROOMY = GOOD + OTHER  # One stranger in it is under 5 %.
CASES = SHARED / "cases"


@pytest.fixture(params=["one chunk", "small chunks", "tiny chunks"], autouse=True)
def chunk_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test must hold wherever the file happens to be cut."""
    sizes = {"one chunk": cleaning.CHUNK, "small chunks": 64, "tiny chunks": 1}
    monkeypatch.setattr(cleaning, "CHUNK", sizes[request.param])


def read(tmp_path: Path, content: str | bytes) -> tuple[list[str], ImportReport]:
    source = tmp_path / "proteins.fasta"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    collected, report = collect(source)
    return collected.sequences, report


def case_file(name: str) -> Path:
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


def real_sequences(names: list[bytes]) -> list[str]:
    """The sequences of these names in the real file, without what is no letter of the 20."""
    with gzip.open(PROTEINS) as file:
        records = [record.partition(b"\n") for record in file.read()[1:].split(b"\n>")]
    known = {header.split()[0]: "".join(body.decode().split()) for header, _, body in records}
    return ["".join(letter if letter in RESIDUES else "X" for letter in known[name]) for name in names if name in known]


@pytest.mark.parametrize(
    ("text", "altered"),
    [
        (f">one\n; reviewed\n{GOOD}\n>two\n{OTHER}\n", {"comment lines": 1}),
        (f"; first\n# second\n>one\n{GOOD[:9]}\n#in it\n{GOOD[9:]}\n;\n>two\n{OTHER}\n#", {"comment lines": 5}),
        (f">one\n{GOOD[:9]}\n  ; >three\n{GOOD[9:]}\n>two\n{OTHER}\n", {"comment lines": 1}),
        (f">one\n{GOOD[:9]} ; MKV\n{GOOD[9:]}\t#\n>two\n{OTHER}\n", {"comments behind sequences": 2}),
        (f">one\n{GOOD}\n//\n>two\n{OTHER}\n // \n", {"end marks (//)": 2}),
    ],
)
def test_d4_comments_and_end_marks_are_skipped_and_counted(tmp_path: Path, text: str, altered: dict[str, int]) -> None:
    kept, report = read(tmp_path, text)
    assert kept == [GOOD, OTHER]
    assert report.altered == altered
    assert not report.dropped


def test_d4_comment_lines_of_the_case() -> None:
    collected, report = collect(case_file("semi_mid.fasta"))
    names = [line[1:].split()[0] for line in case_file("semi_mid.fasta").read_bytes().split(b"\n") if line[:1] == b">"]
    assert collected.sequences == real_sequences(names)
    assert (report.num_read, report.altered, report.dropped) == (60, {"comment lines": 20}, {})


@pytest.mark.parametrize("gap", "-.~")
def test_d4_gaps_are_stripped_and_counted(tmp_path: Path, gap: str) -> None:
    text = f">one\n{gap * 3}{GOOD[:10]}{gap}{GOOD[10:]}{gap * 9}\n>two\n{gap.join(OTHER)}\n>three\n{gap * 70}\n"
    kept, report = read(tmp_path, text)
    assert kept == [GOOD, OTHER]
    assert report.altered == {"gap characters": 13 + len(OTHER) - 1 + 70}
    assert report.dropped == {"empty": 1}


def test_d4_gaps_of_the_case() -> None:
    collected, report = collect(case_file("gap_few.fasta"))
    assert report.altered == {"gap characters": 120}
    assert not any("X" in sequence for sequence in collected.sequences)
    assert report.num_kept == 60


def test_d4_digits_of_numbered_blocks_are_stripped_and_counted(tmp_path: Path) -> None:
    blocks = f"        1 {GOOD[:10].lower()} {GOOD[10:20].lower()}\n       21 {GOOD[20:].lower()}  \n//\n"
    kept, report = read(tmp_path, f">one\n{blocks}>two\n{OTHER}\n")
    assert kept == [GOOD, OTHER]
    assert report.altered == {"end marks (//)": 1, "digits": 3}


def test_d4_digits_of_the_case() -> None:
    content = case_file("numbers.fasta").read_bytes()
    collected, report = collect(case_file("numbers.fasta"))
    assert collected.sequences == real_sequences(
        [line[1:].split()[0] for line in content.split(b"\n") if line[:1] == b">"]
    )
    assert report.num_kept == 60
    assert set(report.altered) == {"end marks (//)", "digits"}


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_d4_every_line_end_ends_a_line(tmp_path: Path, end: str) -> None:
    lines = [">one", GOOD[:9], GOOD[9:], "", ">two", OTHER, f">three{end}{ROOMY}"]
    kept, report = read(tmp_path, end.join(lines))
    assert kept == [GOOD, OTHER, ROOMY]
    assert not report.altered


def test_d4_line_ends_of_classic_mac_in_one_part(tmp_path: Path) -> None:
    kept, report = read(
        tmp_path, f">one\n{GOOD[:5]}\n{GOOD[5:]}\n>two\r{OTHER[:7]}\r{OTHER[7:]}\r>three\r\n{ROOMY}\r\n"
    )
    assert kept == [GOOD, OTHER, ROOMY]
    kept, report = collect(case_file("mixed_cr.fasta"))
    assert (report.num_read, report.num_kept, report.altered) == (60, 60, {})


def test_d4_stops_at_the_end_are_stripped_and_inside_drop_the_sequence(tmp_path: Path) -> None:
    text = (
        f">one\n{GOOD}*\n>two\n{OTHER}\n**\n>inside\n{GOOD[:9]}*{OTHER}\n>first\n*{GOOD}\n>gap\n{ROOMY}*-\n>none\n*\n"
    )
    kept, report = read(tmp_path, text)
    assert kept == [GOOD, OTHER, ROOMY]
    assert report.dropped == {"empty": 1, "with a stop inside": 2}
    assert report.altered == {"stop signs at the end": 5, "gap characters": 1}


def test_d4_stops_of_the_case_split_no_protein_in_silence() -> None:
    with pytest.raises(DataError, match="none of its 61 sequences can be kept: 61 with a stop inside"):
        collect(case_file("stop_mid.fasta"))


@pytest.mark.parametrize("between", [":", "/", "/\n", " : "])
def test_d4_several_chains_are_dropped_and_counted(tmp_path: Path, between: str) -> None:
    kept, report = read(tmp_path, f">one\n{GOOD}\n>complex\n{GOOD}{between}{OTHER}\n")
    assert kept == [GOOD]
    assert report.dropped == {"of several chains (: or /)": 1}
    assert not report.altered


def test_d4_nucleotides_among_proteins_are_dropped_and_counted(tmp_path: Path) -> None:
    records = [GOOD, "ACGT" * 10, "acgu" * 10, "N" * 40, "AUG", "ACGT" * 10 + "M", "GA" * 30]
    kept, report = read(tmp_path, "".join(f">r\n{record}\n" for record in records))
    assert kept == [GOOD, "ACGT" * 10 + "M"]
    assert report.dropped == {"shorter than 30": 1, "of nucleotides": 4}


@pytest.mark.parametrize("code", ["P1", "F1", "DL", "N3", "XX"])
def test_d4_pir_is_refused_by_name(tmp_path: Path, code: str) -> None:
    content = f">one\n{GOOD}\n>{code};CODE\nA description of it\n{GOOD}*\n"
    with pytest.raises(DataError, match=rf"line 3 \(byte offset 38\): begins a record of PIR .*'>{code};CODE'"):
        read(tmp_path, content)


def test_d4_symbols_and_strange_letters_are_counted_by_their_own_names(tmp_path: Path) -> None:
    kept, report = read(tmp_path, f">one\n{ROOMY}?\n>two\n{ROOMY}@U\n>three\n{ROOMY}bZ\n>four\n{ROOMY}@\n")
    assert kept == [f"{ROOMY}X", f"{ROOMY}XX"]
    assert report.altered == {"letters read as unknown": 3, "? read as unknown": 1, "@ read as unknown": 2}
    assert report.dropped == {"duplicate": 2}


def test_d4_headers_that_are_indented_or_behind_a_mark_begin_records(tmp_path: Path) -> None:
    content = f" >one a\n  {GOOD}\n\t> two b\n{OTHER}\n\ufeff>three\n{ROOMY}\n\x1a>four\n{ROOMY}M\n"
    kept, report = read(tmp_path, content)
    assert kept == [GOOD, OTHER, ROOMY, f"{ROOMY}M"]
    assert report.altered == {"byte order marks": 1, "Ctrl-Z": 1}
    collected, _ = collect(tmp_path / "proteins.fasta")
    assert collected.names == hash_names([b"one", b"two", b"three", b"four"]).tolist()


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        ("\ufeff", "byte order marks"),
        ("\u00a0", "no-break and wide spaces"),
        ("\u3000", "no-break and wide spaces"),
        ("\u200b", "zero-width characters"),
        ("\u200f", "zero-width characters"),
        ("\u2060", "zero-width characters"),
        ("\u00ad", "soft hyphens"),
        ("\u2028", "Unicode line ends"),
        ("\u2029", "Unicode line ends"),
        ("\u0085", "Unicode line ends"),
        ("\x1a", "Ctrl-Z"),
    ],
)
def test_d5_invisible_characters_are_skipped_and_counted(tmp_path: Path, letter: str, name: str) -> None:
    content = f"{letter}>one{letter}\n{GOOD[:4]}{letter}{GOOD[4:]}{letter}\n{letter}\n>two\n{OTHER}\n{letter}"
    kept, report = read(tmp_path, content)
    assert kept == [GOOD, OTHER]
    # What stands in a header is no part of a sequence.
    assert report.altered == {name: 5}


def test_d5_no_break_space_of_the_case() -> None:
    content = case_file("nbsp.fasta").read_bytes()
    collected, report = collect(case_file("nbsp.fasta"))
    assert report.altered == {"no-break and wide spaces": 1}
    assert len(collected.sequences) == content.count(b">")


@pytest.mark.parametrize(
    ("line", "column", "byte"),
    [
        (b"MKV\x07LA", 3, "0x07"),
        ("MKVÄLA".encode(), 3, "0xc3"),
        (b"\xc2\xa0MK\xc2\xa0V\xa0", 7, "0xa0"),
        (b"MKVLA\x7f", 5, "0x7f"),
        (b"\xe2\x80\xa2 MKV", 0, "0xe2"),
        (b"MKV\x00LA", 3, "NUL"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_d5_other_bytes_are_refused_with_line_and_byte(
    tmp_path: Path, line: bytes, column: int, byte: str, end: bytes
) -> None:
    before = end.join([b"; a comment", b">caf\xc3\xa9 \x01", GOOD.encode(), b"", b">two", OTHER[:5].encode(), b""])
    with pytest.raises(DataError) as caught:
        read(tmp_path, before + line + end + OTHER.encode())
    assert f"proteins.fasta: line 7 (byte offset {len(before) + column}): " in str(caught.value)
    assert byte in str(caught.value)


def test_headers_may_hold_any_bytes(tmp_path: Path) -> None:
    content = b">gi|1 \xff\xfe\x01gi|2 \x07\n%s\n>\xe4\xf6 \xc2\xa0 ; # : / *\n%s\n" % (GOOD.encode(), OTHER.encode())
    kept, report = read(tmp_path, content)
    assert kept == [GOOD, OTHER]
    assert not report.altered
    collected, _ = collect(tmp_path / "proteins.fasta")
    assert collected.names == hash_names([b"gi|1", b"\xe4\xf6"]).tolist()


def test_text_before_the_first_header_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"begins with 'MKVL"):
        read(tmp_path, f"\n; comment\n{GOOD}\n>one\n{GOOD}\n")


def test_d4_files_joined_without_a_line_end_are_refused_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 2 \(byte offset 37\): a > stands inside a sequence .*joined"):
        read(tmp_path, f">one\n{GOOD}>two\n{OTHER}\n")


def test_d4_pir_is_told_with_a_blank_too(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="PIR"):
        read(tmp_path, f"> P1;one\nits description\n{GOOD}\n")
