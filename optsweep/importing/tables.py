"""Tables with a column of sequences: CSV and TSV in any compression, and Parquet."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Literal, NamedTuple

from optsweep.data.names import first_word, hash_names
from optsweep.errors import DataError
from optsweep.importing.cleaning import CHUNK, MAX_LENGTH, find_no_text, without_invisible
from optsweep.importing.compression import Stream
from optsweep.importing.kinds import WrongKindError, not_fasta
from optsweep.importing.residues import WHITE, Coded, Records, codes, lengths_of, read_codes

SEQUENCE_COLUMNS = (
    "sequence",
    "seq",
    "protein_sequence",
    "protein_seq",
    "aa_sequence",
    "aa_seq",
    "amino_acid_sequence",
    "amino_acids",
    "primary_sequence",
    "primary",
    "sequences",
    "seqs",
)
NAME_COLUMNS = ("id", "name", "accession", "entry", "identifier", "header", "protein_id", "uniprot_id", "seq_id")
"""In order of preference; capitals, blanks and hyphens of a column's name do not count."""

_DELIMITERS = ",\t;|"
_TABLE_NAME = re.compile(r"\.(csv|tsv|tab)\b", re.IGNORECASE)
_SHOWN_COLUMNS = 20
_MAX_LINE = 1 << 23
_ROWS = 4096


class _Row(NamedTuple):
    place: str
    """``line 5`` or ``row 5``, for messages."""
    name: bytes
    sequence: bytes


def text_table(stream: Stream, altered: Counter[str]) -> Iterator[tuple[int, Records]]:
    """(bytes of text, what they hold) of CSV or TSV, whose first line names the columns; raises `DataError` with line.

    A text whose first line is none of a table is refused as no FASTA.
    """
    lines = _lines(stream)
    number, header = next((number, line) for number, line in lines if line.strip() and line[:1] not in (b";", b"#"))
    header = without_invisible(header, altered)
    delimiter = _delimiter(stream.name, header, lines)
    columns = _cells(header, delimiter)
    return _batches(stream.name, _text_rows(stream.name, lines, columns, delimiter, b'"' in header, number), altered)


def parquet_table(name: str, source: BinaryIO, altered: Counter[str]) -> Iterator[tuple[int, Records]]:
    """(bytes of text, what they hold) of a Parquet file; raises `DataError`."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise DataError(f"{name}: is a Parquet file, which needs pyarrow: pip install 'optsweep[parquet]'") from None
    try:
        with parquet.ParquetFile(source, page_checksum_verification=True) as file:
            yield from _batches(name, _parquet_rows(name, file), altered)
    except (ArrowException, OSError) as error:
        raise DataError(f"{name}: is not a whole Parquet file ({str(error).splitlines()[0]})") from None


def _lines(stream: Stream) -> Iterator[tuple[int, bytes]]:
    """(number from 1, text) of the lines, without their ends."""
    held, number = b"", 0
    while block := stream.read(CHUNK):
        held += block
        # A CR at the end may be half of a line end.
        text, half = (held[:-1], b"\r") if held.endswith(b"\r") else (held, b"")
        *lines, held = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        held += half
        yield from enumerate(lines, number + 1)
        number += len(lines)
        if len(held) > _MAX_LINE:
            raise DataError(f"{stream.name}: line {number + 1}: is longer than {_MAX_LINE:,} bytes")
    if held:
        yield number + 1, held.rstrip(b"\r")


def _delimiter(name: str, header: bytes, lines: Iterator[tuple[int, bytes]]) -> str:
    """What stands between the columns; raises `DataError` if none of them holds sequences."""
    for delimiter in _DELIMITERS:
        if _find(_cells(header, delimiter), SEQUENCE_COLUMNS) is not None:
            return delimiter
    likely = max(_DELIMITERS, key=lambda delimiter: header.count(delimiter.encode()))
    count = header.count(likely.encode())
    _, second = next(lines, (0, b""))
    if (count and count == second.count(likely.encode())) or _TABLE_NAME.search(name):
        raise _no_sequences(name, _cells(header, likely))
    raise not_fasta(name, header)


def _cells(line: bytes, delimiter: str) -> list[str]:
    return next(csv.reader([line.decode("latin-1")], delimiter=delimiter))


def _find(columns: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The place of the first of the wanted names that is there."""
    plain = [re.sub(r"[ \-.]+", "_", column.strip().lower()) for column in columns]
    return next((plain.index(name) for name in wanted if name in plain), None)


def _no_sequences(name: str, columns: Sequence[str]) -> WrongKindError:
    shown = ", ".join(columns[:_SHOWN_COLUMNS]) + (", ..." if len(columns) > _SHOWN_COLUMNS else "")
    return WrongKindError(f"{name}: no column is named 'sequence' (or 'seq', 'protein_sequence'); there are: {shown}")


def _text_rows(
    name: str, lines: Iterator[tuple[int, bytes]], columns: list[str], delimiter: str, quoted: bool, first: int
) -> Iterator[_Row]:
    csv.field_size_limit(max(csv.field_size_limit(), _MAX_LINE))
    # In TSV a quote is a character like any other, unless its writer quotes everything (as R's does).
    quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" and not quoted else csv.QUOTE_MINIMAL
    text = (line.decode("latin-1") + "\n" for _, line in lines)
    reader = csv.reader(text, delimiter=delimiter, quoting=quoting, strict=True)
    column, naming = _find(columns, SEQUENCE_COLUMNS), _find(columns, NAME_COLUMNS)
    assert column is not None
    try:
        for cells in reader:
            place = f"line {first + reader.line_num}"
            if not cells:
                continue
            if len(cells) != len(columns):
                raise DataError(f"{name}: {place}: has {len(cells)} fields, and the first line {len(columns)}")
            title = b"" if naming is None else cells[naming].encode("latin-1")
            yield _Row(place, title, cells[column].encode("latin-1"))
    except csv.Error as error:
        raise DataError(f"{name}: line {first + reader.line_num}: {error}") from None


def _parquet_rows(source: str, file: Any) -> Iterator[_Row]:
    columns = file.schema_arrow.names
    column, naming = _find(columns, SEQUENCE_COLUMNS), _find(columns, NAME_COLUMNS)
    if column is None:
        raise _no_sequences(source, columns)
    if columns.count(columns[column]) > 1:
        raise DataError(f"{source}: has several columns named {columns[column]!r}; one is right")
    number = 0
    wanted = [columns[index] for index in (column, naming) if index is not None]
    for batch in file.iter_batches(batch_size=_ROWS, columns=wanted):
        sequences = batch.column(columns[column]).to_pylist()
        names = [b""] * len(sequences) if naming is None else batch.column(columns[naming]).to_pylist()
        for name, sequence in zip(names, sequences, strict=True):
            number += 1
            if not (sequence is None or isinstance(sequence, str | bytes)):
                kind = type(sequence).__name__
                raise DataError(f"{source}: row {number}: its {columns[column]!r} is of type {kind}; text is expected")
            yield _Row(f"row {number}", _bytes(name), _bytes(sequence))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b"" if value is None else str(value).encode()


def _batches(name: str, rows: Iterator[_Row], altered: Counter[str]) -> Iterator[tuple[int, Records]]:
    batch: list[_Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.name) + len(row.sequence) + 1
        if size >= CHUNK:
            yield size, _records(name, batch, altered)
            batch, size = [], 0
    if batch:
        yield size, _records(name, batch, altered)


def _records(name: str, rows: list[_Row], altered: Counter[str]) -> Records:
    for row in rows:
        if (column := find_no_text(row.sequence)) is not None:
            words = f"the sequence holds the byte 0x{row.sequence[column]:02x}, which is no letter"
            raise DataError(f"{name}: {row.place} (byte {column} of its sequence): {words}")
    sequences = [codes(without_invisible(row.sequence, altered)) for row in rows]
    names = hash_names(first_word(row.name.lstrip(b">" + WHITE)) for row in rows)
    records = read_codes(Coded(sequences, b"".join(sequences), lengths_of(sequences), names), altered)
    if records.lengths.max(initial=0) > MAX_LENGTH:
        place = rows[int(records.lengths.argmax())].place
        raise DataError(f"{name}: {place}: the sequence is longer than {MAX_LENGTH:,} letters")
    return records
