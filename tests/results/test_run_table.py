"""Tables of runs as people have them: delimiters, byte order marks, diverged runs; wrong ones by line and value."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep.errors import DataError
from optsweep.results.run_table import Columns, RunTable, read_run_table

COLUMNS = Columns(length="tokens", lr="lr", batch="bs", value="loss")
ROWS = [["1e9", "0.001", "64", "2.5"], ["4e9", "0.002", "128", "2.25"]]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "runs.csv"
    path.write_bytes(text.encode(encoding))
    return path


def read(folder: Path, text: str, encoding: str = "utf-8") -> RunTable:
    return read_run_table(written(folder, text, encoding), COLUMNS)


def text_of(delimiter: str, end: str) -> str:
    return end.join(delimiter.join(cells) for cells in [["tokens", "lr", "bs", "loss"], *ROWS]) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ", "])
def test_all_usual_spellings_are_read(tmp_path: Path, delimiter: str, end: str, encoding: str) -> None:
    found = read(tmp_path, text_of(delimiter, end), encoding)
    assert list(found.length) == [1e9, 4e9]
    assert list(found.lr) == [0.001, 0.002]
    assert list(found.batch) == [64, 128]
    assert list(found.value) == [2.5, 2.25]
    assert found.left_out == 0


def test_other_columns_empty_lines_and_quotes_are_no_matter(tmp_path: Path) -> None:
    found = read(tmp_path, 'name,loss,bs,lr,tokens,name\n"a, b",2.5,"64",1e-3,1e9,x\n\n,,,,,\n')
    assert (list(found.lr), list(found.batch), len(found)) == ([0.001], [64], 1)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "", "NaN", "NA", "None", "null"])
def test_runs_without_a_value_are_counted_and_left_out(tmp_path: Path, value: str) -> None:
    found = read(tmp_path, f"tokens,lr,bs,loss\n1e9,0.001,64,{value}\n1e9,0.002,64,2.5\n")
    assert (list(found.value), found.left_out) == ([2.5], 1)


def test_a_header_alone_is_a_table_without_runs(tmp_path: Path) -> None:
    assert len(read(tmp_path, "tokens,lr,bs,loss\n")) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty; it names the columns"),
        ("\n1,2\n", "line 1 is empty"),
        ("tokens,lr,bs\n1,1,1\n", "has no column 'loss'; there are: tokens, lr, bs"),
        ("tokens,lr,bs,loss,loss\n1,1,1,1,1\n", "has 2 columns 'loss'; one is right"),
        ("tokens,lr,bs,loss\n1,1,1,2\n1,1,1\n", "line 3: has 3 fields, and the first line 4"),
        ("tokens,lr,bs,loss\n1,1,1,2\n\n1,1,1,bad\n", "line 4: loss is 'bad'; a number is expected"),
        ("tokens;lr;bs;loss\n1;0,001;1;2\n", "line 2: lr is '0,001'; a number with a decimal point is expected"),
        ("tokens,lr,bs,loss\n0,1,1,2\n", "line 2: tokens is 0; a finite number above 0 is expected"),
        ("tokens,lr,bs,loss\n1,-1e-3,1,2\n", "line 2: lr is -1e-3; a finite number above 0"),
        ("tokens,lr,bs,loss\n1,1,nan,2\n", "line 2: bs is nan; a finite number above 0"),
        ("tokens,lr,bs,loss\n1,1,,2\n", "line 2: bs is ''; a number is expected"),
        ("tokens,lr,bs,loss\n1,inf,1,2\n", "line 2: lr is inf; a finite number above 0"),
        ('tokens,lr,bs,loss\n1,1,1,"2\n', "line 2: unexpected end of data"),
        ("PK\0\1tokens", "is no text; a CSV file is expected"),
        ("tokens,lr,bs,loss\n" + "1,1,1,2\n" * 10_001, "has more than 10,000 runs"),
    ],
    ids=lambda value: value[:20] if value else "nothing",
)
def test_a_wrong_table_is_refused_by_line_and_value(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, text)
    assert str(error.value).startswith(str(tmp_path / "runs.csv"))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no text in UTF-8"):
        read(tmp_path, "tokens,lr,bs,loss,größe\n", "latin-1")
    with pytest.raises(DataError, match="is no text in UTF-8"):
        read(tmp_path, "tokens,lr,bs,loss\n", "utf-16")
