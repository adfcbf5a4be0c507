"""Tables with a column of sequences (D8)."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from optsweep.data.names import hash_names
from optsweep.errors import DataError
from optsweep.importing import cleaning, tables
from optsweep.importing.fasta import ImportReport, scan

from .collecting import collect

GOOD = "MKVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"
OTHER = "WWVLAACDEFGHIKLMNPQRSTVWYMKVLAAC"


@pytest.fixture(params=["one chunk", "tiny chunks"], autouse=True)
def chunk_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "tiny chunks":
        monkeypatch.setattr(cleaning, "CHUNK", 7)
        monkeypatch.setattr(tables, "CHUNK", 7)


def read(tmp_path: Path, content: str | bytes, name: str = "x.csv") -> tuple[list[str], ImportReport]:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    collected, report = collect(tmp_path / name)
    return collected.sequences, report


@pytest.mark.parametrize(
    "content",
    [
        f"id,sequence\none,{GOOD}\ntwo,{OTHER}\n",
        f"Sequence,ID\r\n{GOOD},one\r\n{OTHER},two",
        f"\ufeffEntry\tEntry Name\tSequence\none\tONE_HUMAN\t{GOOD}\ntwo\tTWO_HUMAN\t{OTHER}\n",
        f"name;Amino-Acid Sequence\none;{GOOD}\n\ntwo;{OTHER}\n",
        f'"accession","protein_seq","text"\n"one","{GOOD}","a, ""b""\nc"\n"two","{OTHER}",""\n',
        f'id\tseq\tnote\none\t{GOOD}\t5"-end\ntwo\t{OTHER}\t"\n',
        f'"id"\t"seq"\n"one"\t"{GOOD}"\n"two"\t"{OTHER}"\n',
        f"identifier|aa_seq\r>one a protein|{GOOD}\r>two|{OTHER.lower()}\r",
        f"# made by hand\nid,primary\none,{GOOD}\ntwo,{OTHER}\n",
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x", "x.fasta"])
def test_d8_csv_and_tsv_in_their_many_forms(tmp_path: Path, content: str, name: str) -> None:
    assert read(tmp_path, content, name)[0] == [GOOD, OTHER]
    assert collect(tmp_path / name)[0].names == hash_names([b"one", b"two"]).tolist()
    assert read(tmp_path, gzip.compress(content.encode()), f"{name}.gz")[0] == [GOOD, OTHER]


def test_d8_a_column_alone_is_a_table(tmp_path: Path) -> None:
    assert read(tmp_path, f"sequence\n{GOOD}\n{OTHER}\n")[0] == [GOOD, OTHER]
    assert collect(tmp_path / "x.csv")[0].names == hash_names([b"", b""]).tolist()


def test_d8_fields_are_cleaned_as_fasta_is(tmp_path: Path) -> None:
    fields = [f"{GOOD[:9]}-{GOOD[9:]}*", f"  {OTHER}\u00a0", f"{GOOD}:{OTHER}", "", "ACGT" * 10]
    kept, report = read(tmp_path, "sequence\n" + "\n".join(f'"{field}"' for field in fields))
    assert kept == [GOOD, OTHER]
    assert report.altered == {
        "no-break and wide spaces": 1,
        "gap characters": 1,
        "stop signs at the end": 1,
    }
    assert report.dropped == {
        "empty": 1,
        "of several chains (: or /)": 1,
        "of nucleotides": 1,
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,protein\na,MKV\n", "no column is named 'sequence' .*there are: id, protein"),
        ("smiles\nCCO\n", "no column is named 'sequence' .*there are: smiles"),
        (f"id,sequence\na,{GOOD}\nb,c,{GOOD}\n", "line 3: has 3 fields, and the first line 2"),
        (f"id,sequence\na,{GOOD}\n\nb\n", "line 4: has 1 fields, and the first line 2"),
        (f'id,sequence\na,{GOOD}\nb,"{GOOD}\n', "line 3: unexpected end of data"),
        (f"id,sequence\na,{GOOD}\nb,MKV\x07LA\n", r"line 3 \(byte 3 of its sequence\): .*0x07"),
        (f"id,sequence\na,MKV\xe4{GOOD}\n", r"line 2 \(byte 3 of its sequence\): .*0xc3"),
        (f"id,sequence\na,{'A' * 1_000_001}\n", "line 2: the sequence is longer than 1,000,000 letters"),
        (f"id,sequence\na,{'A' * 9_000_000}\n", "line 2: .*(longer|larger) than"),
        ("id,sequence\n", "none of its 0 sequences can be kept"),
    ],
)
def test_d8_refusals_of_tables(tmp_path: Path, content: str, words: str) -> None:
    if len(content) > 1_000_000 and cleaning.CHUNK == 7:
        pytest.skip("a million chunks")
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path, content)
    assert str(caught.value).startswith(str(tmp_path / "x.csv"))


def test_d8_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    source = tmp_path / "x.parquet"
    columns = {"Entry": ["one", None, "three"], "length": [1, 2, 3], "Sequence": [GOOD, None, f"{OTHER}*"]}
    parquet.write_table(pyarrow.table(columns), source)
    assert read(tmp_path, source.read_bytes(), "y")[0] == [GOOD, OTHER]
    assert collect(source)[0].names == hash_names([b"one", b"three"]).tolist()
    encoded = pyarrow.table({"seq": pyarrow.array([GOOD.encode(), OTHER.encode()]).dictionary_encode()})
    parquet.write_table(encoded, source)
    calls: list[tuple[int, int]] = []
    assert scan(source, on_progress=lambda done, total: calls.append((done, total))).num_kept == 2
    assert calls[-1][0] <= calls[-1][1] == source.stat().st_size
    for table, words in [
        ({"id": ["a"]}, "there are: id"),
        ({"sequence": [5]}, "row 1: its 'sequence' is of type int; text is expected"),
        ({"sequence": [GOOD, "MKV\0"]}, r"row 2 \(byte 3 of its sequence\): .*0x00"),
    ]:
        parquet.write_table(pyarrow.table(table), source)
        with pytest.raises(DataError, match=words):
            scan(source)
    whole = source.read_bytes()
    for damaged in (whole[:-9], whole[: len(whole) // 2], b"PAR1", b"PAR1" + bytes(range(200)) + b"PAR1"):
        with pytest.raises(DataError, match="is not a whole Parquet file"):
            read(tmp_path, damaged, "z.parquet")
    with pytest.raises(DataError, match="is a Parquet file in another file or a pipe"):
        read(tmp_path, gzip.compress(whole), "z.parquet.gz")


def test_d8_parquet_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match=r"needs pyarrow: pip install 'optsweep\[parquet\]'"):
        read(tmp_path, b"PAR1....PAR1", "x.parquet")
