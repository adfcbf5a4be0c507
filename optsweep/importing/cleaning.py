"""FASTA text to tokens as an expert would read it; whatever is read otherwise than it is written is counted.

**Lines.** ``\\n``, ``\\r\\n`` and a lone ``\\r`` end a line. What a line is, is told by its first character that is
neither white space nor invisible: ``>`` begins a record (its name is the first word behind it); ``;`` and ``#`` begin a
comment; ``//`` alone is the end mark of a flat file; every other line that is not blank belongs to the sequence of its
record. In a line of a sequence, a ``;`` or ``#`` behind white space begins a comment to the end of the line.

**Sequences.** White space is skipped without a word, small letters are capitals. Skipped and counted: invisible
characters (`residues.INVISIBLE`), gaps (``-``, ``.``, ``~``), digits, and stop signs (``*``) at the end. Letters
outside the 20 and other printable symbols become <unk>, counted together and symbol by symbol. All other bytes are
refused with line and byte offset (from 0, as ``grep -b`` counts), as is a NUL anywhere. Headers may hold any other
bytes. Counts are of all that was read, also of what is dropped afterwards; in a sequence with ``:``, ``/`` or a stop
inside, these are not counted themselves.

**Drops.** A sequence is dropped for the first of `residues.REASONS` that holds: nothing is left of it; ``:`` or ``/``
in it; a stop before its last letter; fewer than 30 letters; A, C, G, T, U and N alone; under 95 % of the 20 residues;
the same tokens as a sequence before it that is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from optsweep.data.names import first_word, hash_first_words, hash_names
from optsweep.errors import DataError
from optsweep.importing.residues import (
    CODES,
    COMMENTS,
    COMMENTS_BEHIND,
    END_MARKS,
    INVALID,
    INVISIBLE_PATTERN,
    NAME_OF_INVISIBLE,
    NO_LETTER,
    WHITE,
    Coded,
    Records,
    codes,
    lengths_of,
    read_codes,
)

MAX_LENGTH = 1_000_000

CHUNK = 1 << 20
"""Bytes that are read at once; a chunk of whole records is about as long."""
_MAX_RECORD = 1 << 23
"""Bytes of one record, header included, that are held before it is refused: a million letters, one to a line, fit."""

_INDENT = re.compile(rb"(?:[ \t\v\f]|" + INVISIBLE_PATTERN.pattern + rb")*")
_INDENTED_HEADER = re.compile(rb"[\r\n](?=(?:[ \t\v\f]|" + INVISIBLE_PATTERN.pattern + rb")+>)")
_COMMENT_BEHIND = re.compile(rb"[ \t\v\f][;#]")
_PIR = re.compile(rb">[ \t]*[A-Za-z0-9]{2};")
_IS_PIR = "begins a record of PIR (NBRF), {}, whose next line is a description; convert it to FASTA"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NO_TEXT = re.compile(INVISIBLE_PATTERN.pattern + rb"|([^\x20-\x3d\x3f-\x7e\t\v\f\r\n])")
_TEXT = (bytes(range(32, 127)) + WHITE).replace(b">", b"")

# What means the same in any line: neither a comment, nor an end mark, nor a header.
_PLAIN_CODES = bytes(set(range(256)) - {*codes(b";#>/"), INVALID})


class FastaText:
    """Cleans the text of one FASTA file, chunk after chunk, and knows the line and the byte that it has come to."""

    def __init__(self, name: str, altered: Counter[str]) -> None:
        self._name = name
        self._altered = altered
        self._line = 1
        self._offset = 0

    def records(self, read: Callable[[int], bytes]) -> Iterator[tuple[int, Records]]:
        """(bytes of text, what they hold) for chunks of whole records; raises `DataError` with line and byte."""
        held = b""
        while block := read(CHUNK):
            if cut := _cut(block):
                chunk, held = b"".join((held, memoryview(block)[:cut])), block[cut:]
                yield len(chunk), self._clean(chunk)
                continue
            held += block
            if len(held) > 2 * CHUNK and (cut := _cut(held) or _cut_at_indented(held)):
                chunk, held = held[:cut], held[cut:]
                yield len(chunk), self._clean(chunk)
            if len(held) > _MAX_RECORD:
                raise self._too_long(held, 0)
        if held:
            yield len(held), self._clean(held + b"\n")

    def _clean(self, chunk: bytes) -> Records:
        """Read whole lines, which begin with a header but for what stands before the first one."""
        if b"\0" in chunk:
            number, column = _place(chunk, chunk.index(b"\0"))
            raise self._refusal(chunk, number, column, "holds a NUL byte, which no text does")
        text = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in chunk else chunk
        feeds = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        records = read_codes(_split_plain(text, feeds) or self._split_lines(chunk, text), self._altered)
        if records.lengths.max(initial=0) > MAX_LENGTH:
            raise self._too_long(chunk, int(records.lengths.argmax()))
        self._line += len(feeds)
        self._offset += len(chunk)
        return records

    def _split_lines(self, chunk: bytes, text: bytes) -> Coded:
        """The sequences of ``text``, which is ``chunk`` with its line ends made equal."""
        names: list[bytes] = []
        parts: list[list[bytes]] = []
        for number, line in enumerate(text.split(b"\n")):
            if parts and line.isalpha():
                parts[-1].append(line)
                continue
            indent = _end_of_indent(line)
            first = line[indent : indent + 1]
            if first in (b">", b""):
                without_invisible(line[:indent], self._altered)
            if first == b">":
                if _PIR.match(line, indent):
                    raise self._refusal(chunk, number, 0, _IS_PIR.format(title(line)))
                names.append(first_word(line[indent + 1 :].lstrip(WHITE)))
                parts.append([])
            elif first in (b";", b"#"):
                self._altered[COMMENTS] += 1
            elif first and line[indent:].rstrip(WHITE) == b"//":
                self._altered[END_MARKS] += 1
            elif first and not parts:
                raise self._refusal(chunk, number, 0, no_header(line))
            elif first:
                parts[-1].append(self._sequence(line, chunk, number))
        sequences = [codes(b"".join(lines)) for lines in parts]
        return Coded(sequences, b"".join(sequences), lengths_of(sequences), hash_names(names))

    def _sequence(self, line: bytes, chunk: bytes, number: int) -> bytes:
        """What is sequence in a line of one: no comment behind it, nothing invisible."""
        if comment := _COMMENT_BEHIND.search(line):
            self._altered[COMMENTS_BEHIND] += 1
            line = line[: comment.start()]
        if (column := find_no_text(line)) is not None:
            words = f"a sequence holds the byte 0x{line[column]:02x}, which is no letter"
            if line[column] == ord(">"):
                words = "a > stands inside a sequence (files joined without a line end?); a header begins its line"
            raise self._refusal(chunk, number, column, words)
        return without_invisible(line, self._altered)

    def _refusal(self, chunk: bytes, number: int, column: int, words: str) -> DataError:
        """What is wrong in the line ``number`` (from 0) of a chunk, so many bytes behind its beginning."""
        begins = [0, *(match.end() for match in _LINE_END.finditer(chunk))]
        offset = self._offset + begins[number] + column
        return DataError(f"{self._name}: line {self._line + number} (byte offset {offset}): {words}")

    def _too_long(self, chunk: bytes, index: int) -> DataError:
        """The refusal of the record ``index`` of a chunk."""
        lines = [
            (number, line)
            for number, line in enumerate(_LINE_END.split(chunk))
            if line[_end_of_indent(line) :][:1] == b">"
        ]
        if not lines:
            return self._refusal(chunk, 0, 0, f"no record begins in {len(chunk):,} bytes; FASTA is expected")
        number, line = lines[index]
        return self._refusal(chunk, number, 0, f"the record {title(line)} is longer than {MAX_LENGTH:,} letters")


def _split_plain(text: bytes, feeds: npt.NDArray[np.int64]) -> Coded | None:
    """The sequences of a text with line feeds at ``feeds``; None if it may have other lines than headers and sequences.

    One translation for the whole text: Python builds a table for each that drops bytes.
    """
    array = np.frombuffer(text, np.uint8)
    starts = np.concatenate([[0], feeds[:-1] + 1])
    headers = np.flatnonzero(array[starts] == ord(">"))
    if not len(headers) or headers[0] or _is_odd(array, starts[headers], feeds[headers]):
        return None
    # Without its line feeds, the text has moved to the left by as many places as lines stand before.
    begins = feeds[headers] - headers
    ends = np.append(starts[headers[1:]] - headers[1:], len(text) - len(feeds))
    coded = text.translate(CODES, b"\n")
    sequences = [coded[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    joined = b"".join(sequences)
    if joined and np.frombuffer(joined, np.uint8).max() >= NO_LETTER and joined.translate(None, _PLAIN_CODES):
        return None
    return Coded(sequences, joined, ends - begins, hash_first_words(text, starts[headers] + 1))


def _is_odd(text: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> bool:
    """Whether a header has white space before its name, or may be one of PIR."""
    second = text[np.minimum(starts + 1, ends)]
    third = text[np.minimum(starts + 3, ends)]
    return bool(((second <= ord(" ")) & (second != ord("\n"))).any() or (third == ord(";")).any())


def _cut(held: bytes) -> int:
    """Where the last record begins, behind a line end; 0 if no other one is before it."""
    cut = held.rfind(b"\n>") + 1
    if b"\r" in held:
        cut = max(cut, held.rfind(b"\r>") + 1)
    return cut


def _cut_at_indented(held: bytes) -> int:
    return max((match.end() for match in _INDENTED_HEADER.finditer(held)), default=0)


def find_no_text(line: bytes) -> int | None:
    """The first byte of a sequence that is neither printable, nor white space, nor part of an invisible character."""
    if not line.translate(None, _TEXT):
        return None
    return next((match.start() for match in _NO_TEXT.finditer(line) if match[1]), None)


def without_invisible(text: bytes, altered: Counter[str]) -> bytes:
    if not text.translate(None, _TEXT):
        return text
    altered.update(NAME_OF_INVISIBLE[letter] for letter in INVISIBLE_PATTERN.findall(text))
    return INVISIBLE_PATTERN.sub(b"", text)


def title(text: bytes) -> str:
    """The first line, cut to 60 characters, for a message."""
    return repr(text[:60].splitlines()[0].decode("ascii", errors="replace").strip() if text.strip() else "")


def no_header(line: bytes) -> str:
    return f"begins with {title(line)}; a FASTA file begins with a header line (>name)"


def _end_of_indent(line: bytes) -> int:
    match = _INDENT.match(line)
    return match.end() if match else 0


def _place(text: bytes, offset: int) -> tuple[int, int]:
    """The line of a byte, from 0, and how far it stands from the line's beginning."""
    ends = [match.end() for match in _LINE_END.finditer(text, 0, offset)]
    return len(ends), offset - (ends[-1] if ends else 0)
