"""Corpora and subsets: open packed and legacy files, check them, write packed ones."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from optsweep.data._building import cannot_write
from optsweep.data.legacy_tokens import count_differing
from optsweep.data.progress import OnProgress
from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import FIRST_RESIDUE, IGNORED, TOKEN_OF_LETTER, UNK, VOCABULARY_SIZE, in_packed_range
from optsweep.errors import DataError
from optsweep.files import atomic_path
from optsweep.plain import Plain
from optsweep.torch_format import mapped
from optsweep.torch_format.checksums import checked_blocks
from optsweep.torch_format.reader import Alphabet, LegacyFile, PackedFile, open_torch_file
from optsweep.torch_format.writer import TorchWriter, Vector

Indices = npt.NDArray[np.int64]

SPLIT = ("validation", "confirmation", "left_out")
"""The parts of a split that a subset's file may hold, each int64[k]; what is in none of them is trained on."""

_OFFSETS_PER_CHECK = 1 << 20


@dataclass(frozen=True, eq=False)
class Corpus:
    path: Path
    format: Literal["packed", "legacy"]
    sequences: Sequences
    manifest: Mapping[str, Plain]
    file: PackedFile | LegacyFile
    validation: Indices | None = None
    """int64[v] indices of the held-out sequences, if the file has a split: that makes it a subset."""
    confirmation: Indices | None = None
    left_out: Indices | None = None
    """int64[k] indices of sequences that are neither held out nor trained on: relatives of held-out ones."""
    names: Indices | None = None
    """int64[n] hashes of the sequences' names (`names.hash_names`), if the corpus was imported with names."""

    @property
    def num_sequences(self) -> int:
        return len(self.sequences)

    @property
    def num_residues(self) -> int:
        return self.sequences.num_residues

    @property
    def synthetic(self) -> bool:
        return self.manifest.get("synthetic") is True

    def take(self, indices: npt.ArrayLike) -> Sequences:
        """A copy of some sequences, whose tokens were checked; raises `DataError`."""
        rows = np.asarray(indices, np.int64)
        taken = self.sequences.take(rows)
        self._check_range(taken.tokens, 0, taken.offsets, rows)
        return taken

    def differing_rows(self, indices: npt.ArrayLike) -> int:
        """How many of these rows of a legacy file have prot_tokens that do not agree with protein_seq; else 0."""
        if isinstance(self.file, PackedFile):
            return 0
        return count_differing(self.file, np.asarray(indices, np.int64), self.sequences)

    @property
    def notes(self) -> list[str]:
        """What people should know of the file before they use it."""
        if isinstance(self.file, PackedFile) or not self.file.num_odd:
            return []
        skipped = "white space and * are skipped, all else is read as unknown"
        return [f"{self.file.num_odd} rows of {self.path.name} hold other characters than letters: {skipped}"]

    def _check_range(self, tokens: npt.NDArray[np.uint8], start: int, offsets: Indices, rows: Indices | None) -> None:
        """Check tokens, of which the first is number ``start`` behind ``offsets``; ``rows`` names the sequences."""
        if not in_packed_range(tokens):
            place = int(np.argmin(np.isin(tokens, [UNK, *range(FIRST_RESIDUE, VOCABULARY_SIZE)])))
            row = int(np.searchsorted(offsets, start + place, side="right")) - 1
            name = row if rows is None else rows[row]
            raise DataError(f"{self.path}: sequence {name} holds token {tokens[place]}; 3 and 5..24 are right")


def open_corpus(path: Path) -> Corpus:
    """Open a .pt file, packed (mapped: nothing but its offsets is read) or legacy (its text is read).

    Raises `DataError` for whatever is not a whole corpus. Nothing of the file is ever executed.
    """
    file = open_torch_file(path, Alphabet(TOKEN_OF_LETTER, IGNORED))
    if isinstance(file, PackedFile):
        corpus = _open_packed(path, file)
    else:
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(file.lengths)])
        corpus = Corpus(path, "legacy", Sequences(file.tokens, offsets), {}, file)
    if not corpus.num_sequences:
        raise DataError(f"{path}: holds no sequences")
    return corpus


def verify_corpus(corpus: Corpus, on_progress: OnProgress = None) -> None:
    """Read the whole file once and compare its checksums and the range of its tokens; raises `DataError`.

    Progress is in bytes. A file of torch's older format has no checksums.
    """
    offsets = corpus.sequences.offsets
    if not corpus.file.file.is_zip:
        for start, block in corpus.sequences.blocks():
            corpus._check_range(block.tokens, int(offsets[start]), offsets, None)
        return
    place = corpus.file.parts["tokens"] if isinstance(corpus.file, PackedFile) else ""
    for header, position, content in checked_blocks(corpus.path, on_progress):
        if isinstance(place, tuple) and header == place[0]:
            start = position - place[1]
            tokens = np.frombuffer(content, np.uint8)[max(0, -start) : max(0, place[2] - start)]
            corpus._check_range(tokens, max(0, start), offsets, None)


def verify_checksums(path: Path, on_progress: OnProgress = None) -> None:
    """Read a file and compare every part with its checksum; raises `DataError`. Progress is in bytes."""
    for _ in checked_blocks(path, on_progress):
        pass


def _open_packed(path: Path, file: PackedFile) -> Corpus:
    tokens, offsets = file.array("tokens", "u1"), file.array("offsets", "i8")
    if tokens is None or offsets is None:
        missing = "tokens" if tokens is None else "offsets"
        raise DataError(f"{path}: has no {missing}; a packed corpus has tokens, offsets and manifest")
    _check_offsets(path, offsets, len(tokens))
    if file.manifest is None:
        raise DataError(f"{path}: its manifest is not a dict of plain values")
    split = {name: np.array(part) for name in SPLIT if (part := file.array(name, "i8")) is not None}
    _check_split(path, list(split.values()), len(offsets) - 1)
    names = file.array("names", "i8")
    if names is not None and len(names) != len(offsets) - 1:
        raise DataError(f"{path}: holds {len(names)} names for {len(offsets) - 1} sequences")
    return Corpus(
        path,
        "packed",
        Sequences(tokens, offsets),
        file.manifest,
        file,
        validation=split.get("validation"),
        confirmation=split.get("confirmation"),
        left_out=split.get("left_out"),
        names=names,
    )


def _check_offsets(path: Path, offsets: Indices, num_tokens: int) -> None:
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != num_tokens:
        raise DataError(f"{path}: its offsets do not run from 0 to the {num_tokens} tokens that it holds")
    for start in range(0, len(offsets), _OFFSETS_PER_CHECK):
        # One more than a block, so that the step from block to block is checked too.
        block = offsets[start : start + _OFFSETS_PER_CHECK + 1]
        mapped.read_ahead(block)
        falls = block[1:] < block[:-1]
        if falls.any():
            raise DataError(f"{path}: its offsets fall at sequence {start + int(np.argmax(falls))}")
        mapped.release(block)


def _check_split(path: Path, parts: list[Indices], num_sequences: int) -> None:
    held_out = np.concatenate([*parts, np.empty(0, np.int64)])
    if held_out.size and not (held_out.min() >= 0 and held_out.max() < num_sequences):
        raise DataError(f"{path}: its split names sequences outside 0..{num_sequences - 1}")
    if len(np.unique(held_out)) != len(held_out):
        raise DataError(f"{path}: its split names a sequence twice")


class CorpusWriter:
    """Writes a packed corpus that is larger than memory: `append` as often as needed, then `finish`."""

    def __init__(self, writer: TorchWriter, ends: BinaryIO, names: BinaryIO) -> None:
        """``ends`` and ``names`` are empty files that keep the sequences' ends and names until `finish`."""
        self._writer = writer
        self._tokens = writer.open("0")
        self._ends = ends
        self._names = names
        self.num_sequences = 0
        self.num_residues = 0

    def append(self, tokens: bytes | memoryview, lengths: Indices, names: Indices | None = None) -> None:
        """Add sequences: their tokens one after the other, how many belong to each, and their names' hashes.

        Names are given for all sequences of a corpus or for none.
        """
        self._tokens.write(tokens)
        ends = self.num_residues + np.cumsum(lengths, dtype="<i8")
        self._ends.write(ends.tobytes())
        if names is not None:
            self._names.write(names.astype("<i8").tobytes())
        self.num_sequences += len(lengths)
        self.num_residues += len(tokens)

    def finish(self, manifest: Mapping[str, Plain], split: Mapping[str, Indices] | None = None) -> None:
        """Write what follows the tokens; ``split`` has the parts named in `SPLIT`."""
        self._tokens.close()
        self._copy("1", bytes(8), self._ends)
        root: dict[str, object] = {
            "tokens": _vector("0", "u1", self.num_residues),
            "offsets": _vector("1", "i8", self.num_sequences + 1),
            "manifest": manifest,
        }
        if self._names.tell():
            self._copy("2", b"", self._names)
            root["names"] = _vector("2", "i8", self.num_sequences)
        for key, (name, indices) in enumerate((split or {}).items(), 3):
            self._writer.add(str(key), np.asarray(indices, "<i8").tobytes())
            root[name] = _vector(str(key), "i8", len(indices))
        self._writer.finish(root)

    def _copy(self, key: str, start: bytes, spool: BinaryIO) -> None:
        spool.seek(0)
        with self._writer.open(key) as member:
            member.write(start)
            while block := spool.read(1 << 20):
                member.write(block)


def _vector(key: str, kind: str, length: int) -> Vector:
    return Vector(key, kind, 0, length, length)


@contextlib.contextmanager
def corpus_writer(path: Path) -> Iterator[CorpusWriter]:
    """Yield a `CorpusWriter`; once its `finish` was called and the block is left, ``path`` is there, whole."""
    with (
        cannot_write(path),
        atomic_path(path) as temporary,
        temporary.open("wb") as file,
        tempfile.TemporaryFile(dir=path.parent) as ends,
        tempfile.TemporaryFile(dir=path.parent) as names,
        TorchWriter(file) as writer,
    ):
        yield CorpusWriter(writer, ends, names)


def write_corpus(
    path: Path,
    sequences: Sequences,
    manifest: Mapping[str, Plain],
    split: Mapping[str, Indices] | None = None,
) -> None:
    """Write a packed corpus, whole or not at all; `torch.load(path, mmap=True, weights_only=True)` opens it."""
    with corpus_writer(path) as writer:
        for _, block in sequences.blocks():
            writer.append(block.tokens.data, block.lengths)
        writer.finish(manifest, split)
