"""FASTA to packed corpus in one pass: any size, bounded memory, plain or gzip."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from optsweep.data._fingerprint_set import FingerprintSet
from optsweep.data.corpus import CorpusWriter, corpus_writer
from optsweep.data.fingerprint import describe_file
from optsweep.data.vocabulary import IGNORED, TOKEN_OF_LETTER, UNK
from optsweep.errors import DataError

MIN_LENGTH = 30
MIN_STANDARD_SHARE = 0.95
MAX_LENGTH = 1_000_000
NUCLEOTIDE_SHARE = 0.9

REASONS = (
    "empty",
    f"shorter than {MIN_LENGTH}",
    f"under {MIN_STANDARD_SHARE:.0%} standard residues",
    "duplicate",
)

_CHUNK = 1 << 20
_MAX_RECORD = 1 << 23
"""Bytes of one record, header included, that are held before it is refused: a million letters, one to a line, fit."""

_INVALID = 255
_SKIPPED = 254
"""What is ignored in a sequence; line feeds alone are dropped at once, since the lines are known."""


def _token(byte: int) -> int:
    if byte in IGNORED:
        return _SKIPPED
    return TOKEN_OF_LETTER[byte] if 32 <= byte <= 126 else _INVALID


_TABLE = bytes(map(_token, range(256)))

_SAMPLE = 1 << 12
"""Bytes of each chunk in which nucleotides are looked for."""

_CHUNKS_PER_LOOKUP = 8
"""Chunks whose fingerprints are looked up together: the steps of one lookup are the same for few and for many."""

OnProgress = Callable[[int, int], None]


@dataclass
class ImportReport:
    """What an import read, kept and dropped; a sequence is dropped for the first reason that holds."""

    num_read: int = 0
    num_kept: int = 0
    num_residues: int = 0
    dropped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    warnings: list[str] = field(default_factory=list)


def import_fasta(inputs: Sequence[Path], output: Path, on_progress: OnProgress | None = None) -> ImportReport:
    """Read FASTA files into one packed corpus; exact duplicates are dropped across all of them.

    ``on_progress(bytes_done, bytes_total)`` is called for every megabyte, in bytes of the files as they are.
    Duplicates are told by 64-bit fingerprints: among 60 million sequences, a chance of 1 in 10,000 that one is lost.
    Raises `DataError`; then ``output`` is as it was.
    """
    sources = [describe_file(path) for path in inputs]
    if output.exists() and any(output.samefile(path) for path in inputs):
        raise DataError(f"{output}: is one of the inputs; choose another output")
    total = sum(source["size"] for source in sources)
    done = 0
    with corpus_writer(output) as writer:
        importer = _Importer(writer)
        for path, source in zip(inputs, sources, strict=True):
            for num_bytes, chunk in _chunks(path):
                importer.add(path, chunk)
                if on_progress:
                    on_progress(done + num_bytes, total)
            done += source["size"]
        report = importer.finish(inputs)
        manifest = {
            "kind": "corpus",
            "sources": sources,
            "num_read": report.num_read,
            "dropped": report.dropped,
            "synthetic": False,
        }
        writer.finish(manifest)
    return report


class _Cleaned(NamedTuple):
    """What is left of a chunk, duplicates included."""

    tokens: bytes
    lengths: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.uint64]


class _Importer:
    """Takes chunks of whole records; numpy works on a chunk at once, C code of Python's on each record."""

    def __init__(self, writer: CorpusWriter) -> None:
        self._writer = writer
        self._seen = FingerprintSet()
        self._held: list[_Cleaned] = []
        self._num_letters = 0
        self._num_nucleotides = 0
        self._report = ImportReport()

    def add(self, path: Path, chunk: bytes) -> None:
        records = _records(chunk)
        tokens = b"".join(records)
        if bytes([_SKIPPED]) in tokens:
            records = [record.translate(None, bytes([_SKIPPED])) for record in records]
            tokens = b"".join(records)
        lengths = np.fromiter(map(len, records), np.int64, len(records))
        if bytes([_INVALID]) in tokens or lengths.max() > MAX_LENGTH:
            raise _refusal(path, chunk, records)
        keep = self._judge(tokens, lengths)
        if not keep.all():
            records = list(compress(records, keep))
            tokens = b"".join(records)
        fingerprints = np.fromiter(map(hash, records), np.int64, len(records)).view(np.uint64)
        self._held.append(_Cleaned(tokens, lengths[keep], fingerprints))
        if len(self._held) == _CHUNKS_PER_LOOKUP:
            self._write_held()
        self._sample_letters(chunk[:_SAMPLE])

    def _judge(self, tokens: bytes, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which records stay; the others are counted, each for its first fault."""
        strangers = np.flatnonzero(np.frombuffer(tokens, np.uint8) == UNK)
        rows = np.searchsorted(np.cumsum(lengths), strangers, side="right")
        num_strange = np.bincount(rows, minlength=len(lengths))
        keep = np.ones(len(lengths), bool)
        faults = [lengths == 0, lengths < MIN_LENGTH, num_strange > (1 - MIN_STANDARD_SHARE) * lengths]
        for reason, fault in zip(REASONS, faults, strict=False):
            self._report.dropped[reason] += int((keep & fault).sum())
            keep &= ~fault
        self._report.num_read += len(lengths)
        return keep

    def _write_held(self) -> None:
        if not self._held:
            return
        new = self._seen.add(np.concatenate([cleaned.fingerprints for cleaned in self._held]))
        self._report.dropped["duplicate"] += int((~new).sum())
        for tokens, lengths, fingerprints in self._held:
            keep, new = new[: len(fingerprints)], new[len(fingerprints) :]
            if not keep.all():
                ends = np.cumsum(lengths)
                bounds = zip((ends - lengths)[keep].tolist(), ends[keep].tolist(), strict=True)
                tokens = b"".join(tokens[start:end] for start, end in bounds)
            self._writer.append(tokens, lengths[keep])
        self._held.clear()

    def finish(self, inputs: Sequence[Path]) -> ImportReport:
        self._write_held()
        report = self._report
        report.num_kept, report.num_residues = self._writer.num_sequences, self._writer.num_residues
        if self._num_nucleotides > NUCLEOTIDE_SHARE * self._num_letters:
            share = self._num_nucleotides / self._num_letters
            report.warnings.append(f"{share:.0%} of the letters are A, C, G, T, U or N: nucleotides, not proteins?")
        if not report.num_kept:
            found = ", ".join(f"{count} {reason}" for reason, count in report.dropped.items() if count)
            raise DataError(f"{inputs[0]}: none of its {report.num_read} sequences can be kept: {found}")
        return report

    def _sample_letters(self, text: bytes) -> None:
        # The first records of every megabyte tell nucleotides from residues well enough.
        lines = b"".join(line for line in text.splitlines() if not line.startswith(b">"))
        sample = lines.translate(None, IGNORED).upper()
        self._num_letters += len(sample)
        self._num_nucleotides += sum(map(sample.count, (b"A", b"C", b"G", b"T", b"U", b"N")))


def _chunks(path: Path) -> Iterator[tuple[int, bytes]]:
    """(bytes of the file read so far, whole records from ``>`` to a line feed); refuses what is no FASTA file."""
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            text = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if compressed else raw
            held = b""
            started = False
            while block := text.read(_CHUNK):
                held = held + block if started else (held + block).lstrip(b"\xef\xbb\xbf \t\r\n\v\f")
                _refuse_binary(path, held)
                if held and not started:
                    _refuse_other_formats(path, held)
                    started = True
                cut = held.rfind(b"\n>") + 1
                if cut:
                    yield raw.tell(), held[:cut]
                    held = held[cut:]
                if len(held) > _MAX_RECORD:
                    raise DataError(f"{path}: the record {_title(held)} is longer than {MAX_LENGTH:,} letters")
            if not started:
                raise DataError(f"{path}: is empty; FASTA is expected")
            yield raw.tell(), held + b"\n"
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: is not a whole gzip file ({error}); was the download cut short?") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None


def _records(chunk: bytes) -> list[bytes]:
    """The tokens of every record; one translation for all, since Python builds a table for each that drops bytes."""
    feeds, starts, headers = _lines(chunk)
    # Without its line feeds, the text has moved to the left by as many places as lines stand before.
    begins = feeds[headers] - headers
    ends = np.append(starts[headers[1:]] - headers[1:], len(chunk) - len(feeds))
    tokens = chunk.translate(_TABLE, b"\n")
    return [tokens[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]


def _lines(chunk: bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Of whole records: where each line ends, where each begins, and which of the lines are headers."""
    text = np.frombuffer(chunk, np.uint8)
    feeds = np.flatnonzero(text == ord("\n"))
    starts = np.concatenate([[0], feeds[:-1] + 1])
    return feeds, starts, np.flatnonzero(text[starts] == ord(">"))


def _refuse_binary(path: Path, text: bytes) -> None:
    if b"\0" in text:
        raise DataError(f"{path}: holds NUL bytes; FASTA is plain text")


def _refuse_other_formats(path: Path, text: bytes) -> None:
    if text.startswith(b"<"):
        raise DataError(f"{path}: is an HTML page (a failed download?); FASTA is expected")
    if not text.startswith(b">"):
        raise DataError(f"{path}: begins with {_title(text)}; a FASTA file begins with a header line (>name)")


def _refusal(path: Path, chunk: bytes, records: list[bytes]) -> DataError:
    """What is wrong with the first record of a chunk that no FASTA file can hold."""
    _, starts, headers = _lines(chunk)
    for start, record in zip(starts[headers].tolist(), records, strict=True):
        if len(record) > MAX_LENGTH:
            return DataError(f"{path}: the record {_title(chunk[start:])} is longer than {MAX_LENGTH:,} letters")
        if bytes([_INVALID]) in record:
            return DataError(f"{path}: the record {_title(chunk[start:])} holds bytes that are no text")
    raise AssertionError("no record is at fault")


def _title(text: bytes) -> str:
    line = text[:60].split(b"\n")[0].decode("ascii", errors="replace").strip()
    return repr(line)
