"""Sequences of any number of text files to one packed corpus, in one pass and bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optsweep.data.corpus import corpus_writer
from optsweep.data.fingerprint import describe_file
from optsweep.data.inputs import Input, is_stream, open_input
from optsweep.data.progress import OnProgress
from optsweep.data.vocabulary import encode
from optsweep.errors import DataError
from optsweep.importing.duplicates import SeenFingerprints
from optsweep.importing.residues import ALTERED, DUPLICATE, REASONS, Records
from optsweep.importing.sequence_files import read_records
from optsweep.plain import Plain

NUCLEOTIDE_SHARE = 0.9

_SAMPLE = 1 << 12
"""Tokens of each chunk in which nucleotides are looked for."""

_BYTES_PER_LOOKUP = 1 << 25
"""Tokens that are held until their fingerprints are looked up together: the longer, the fewer searches for each."""

_NUCLEOTIDE_TOKENS = np.unique(encode("ACGTUN"))

Write = Callable[[bytes, npt.NDArray[np.int64], npt.NDArray[np.int64]], None]
"""Takes the tokens of some sequences, one after the other, their lengths, and the hashes of their names."""


@dataclass
class ImportReport:
    """What an import read, kept and dropped; `optsweep.importing.cleaning` has the rules."""

    num_read: int = 0
    num_kept: int = 0
    num_residues: int = 0
    dropped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    """Reason -> sequences; each is dropped for the first that holds."""
    altered: dict[str, int] = field(default_factory=dict)
    """What was skipped, stripped or read as unknown, under its own name -> how many; what did not occur is missing."""
    warnings: list[str] = field(default_factory=list)
    whole: bool = True
    """False if only the beginning was looked at."""


def import_fasta(inputs: Sequence[Path], output: Path, on_progress: OnProgress = None) -> ImportReport:
    """Read FASTA files and tables into one packed corpus; exact duplicates are dropped across all of them.

    ``on_progress(bytes_done, bytes_total)`` is called for every megabyte, in bytes of the files as they are; the total
    is 0 if one of them is a pipe. Duplicates are told by 64-bit fingerprints: among 60 million sequences, a chance
    of 1 in 10,000 that one is lost. Raises `DataError`; then ``output`` is as it was.
    """
    sources = [None if is_stream(path) else describe_file(path) for path in inputs]
    if output.exists() and any(output.samefile(path) for path in inputs if not is_stream(path)):
        raise DataError(f"{output}: is one of the inputs; choose another output")
    with corpus_writer(output) as writer:
        importer = Importer(writer.append)
        sizes = [source.size for source in sources if source is not None]
        done, total = 0, sum(sizes) if len(sizes) == len(sources) else 0
        described: list[Plain] = []
        for path, source in zip(inputs, sources, strict=True):
            with open_input(path) as file:
                for _ in importer.read(file):
                    if on_progress:
                        on_progress(done + file.position, total)
                # How much a pipe held is known only now.
                described.append({"name": "-", "size": file.position} if source is None else source._asdict())
            done += file.position if source is None else source.size
        report = importer.finish(inputs[0])
        manifest: dict[str, Plain] = {
            "kind": "corpus",
            "sources": described,
            "num_read": report.num_read,
            "dropped": report.dropped,
            "altered": report.altered,
            "synthetic": False,
        }
        writer.finish(manifest)
    return report


def scan(path: Path, *, max_bytes: int | None = None, on_progress: OnProgress = None) -> ImportReport:
    """Read a file as `import_fasta` does, but write nothing; the first ``max_bytes`` of its text are enough.

    Raises what `import_fasta` would raise, as far as it has looked; a warning says how far that was.
    """
    importer = Importer(None)
    with open_input(path) as file:
        looked_at = 0
        for num_bytes in importer.read(file):
            if max_bytes is not None and looked_at >= max_bytes:
                importer.report.warnings.append(f"only the first {looked_at / 1e6:,.0f} MB of text were looked at")
                importer.report.whole = False
                return importer.totals()
            looked_at += num_bytes
            if on_progress:
                on_progress(file.position, file.size or 0)
    return importer.finish(path)


class _Cleaned(NamedTuple):
    """What is left of some records, duplicates included."""

    tokens: bytes
    lengths: npt.NDArray[np.int64]
    names: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.uint64]


class Importer:
    """Judges records, drops duplicates and passes the rest on; `import_fasta` and `scan` are made of it."""

    def __init__(self, write: Write | None) -> None:
        self.report = ImportReport()
        self._write = write
        self._altered: Counter[str] = Counter()
        self._seen = SeenFingerprints()
        self._held: list[_Cleaned] = []
        self._num_held = 0
        self._letters = np.zeros(256, np.int64)

    def read(self, file: Input) -> Iterator[int]:
        """Add the records of a file; yields how many bytes of text each step has read."""
        for num_bytes, records in read_records(file, self._altered, self.report.warnings):
            self._add(records)
            yield num_bytes

    def _add(self, records: Records) -> None:
        sequences, tokens, lengths, names, _ = records
        keep = self._judge(records)
        if not keep.all():
            sequences = list(compress(sequences, keep))
            tokens, lengths, names = b"".join(sequences), lengths[keep], names[keep]
        fingerprints = np.fromiter(map(hash, sequences), np.int64, len(sequences)).view(np.uint64)
        self._letters += np.bincount(np.frombuffer(tokens[:_SAMPLE], np.uint8), minlength=256)
        self._held.append(_Cleaned(tokens, lengths, names, fingerprints))
        self._num_held += len(tokens)
        if self._num_held >= _BYTES_PER_LOOKUP:
            self._write_held()

    def _judge(self, records: Records) -> npt.NDArray[np.bool_]:
        """Which records stay; the others are counted, each for its first fault."""
        keep = np.ones(len(records.lengths), bool)
        for reason in REASONS:
            fault = records.faults.get(reason)
            if fault is not None and fault.any():
                self.report.dropped[reason] += int((keep & fault).sum())
                keep &= ~fault
        self.report.num_read += len(keep)
        return keep

    def _write_held(self) -> None:
        if not self._held:
            return
        new = self._seen.add(np.concatenate([cleaned.fingerprints for cleaned in self._held]))
        self.report.dropped[DUPLICATE] += int((~new).sum())
        for tokens, lengths, names, fingerprints in self._held:
            keep, new = new[: len(fingerprints)], new[len(fingerprints) :]
            if not keep.all():
                ends = np.cumsum(lengths)
                bounds = zip((ends - lengths)[keep].tolist(), ends[keep].tolist(), strict=True)
                tokens = b"".join(tokens[start:end] for start, end in bounds)
            self.report.num_kept += int(keep.sum())
            self.report.num_residues += len(tokens)
            if self._write is not None:
                self._write(tokens, lengths[keep], names[keep])
        self._held.clear()
        self._num_held = 0

    def finish(self, first: Path) -> ImportReport:
        """The report on all that was read; raises `DataError` if nothing of it is kept."""
        report = self.totals()
        if not report.num_kept:
            found = ", ".join(f"{count} {reason}" for reason, count in report.dropped.items() if count)
            raise DataError(f"{first}: none of its {report.num_read} sequences can be kept: {found or 'it has none'}")
        return report

    def totals(self) -> ImportReport:
        self._write_held()
        report = self.report
        symbols = sorted(self._altered.keys() - set(ALTERED))
        report.altered = {name: self._altered[name] for name in (*ALTERED, *symbols) if self._altered[name]}
        num_nucleotides, num_letters = self._letters[_NUCLEOTIDE_TOKENS].sum(), self._letters.sum()
        if num_nucleotides > NUCLEOTIDE_SHARE * num_letters:
            share = num_nucleotides / num_letters
            report.warnings.append(f"{share:.0%} of the letters are A, C, G, T, U or N: nucleotides, not proteins?")
        return report
