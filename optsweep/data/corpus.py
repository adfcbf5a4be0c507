"""Corpora and subsets: open packed and legacy files, check them, write packed ones."""

from __future__ import annotations

import contextlib
import math
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from optsweep.data import _mapping, _pickle_writer
from optsweep.data._building import cannot_write
from optsweep.data._legacy import LegacyTokens, read_legacy
from optsweep.data._pickle import StorageReference, TensorReference
from optsweep.data._torch_file import TorchFile, open_torch_file
from optsweep.data._zip import ZipWriter
from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import in_packed_range
from optsweep.errors import DataError
from optsweep.files import atomic_path

Indices = npt.NDArray[np.int64]

SPLIT = ("validation", "confirmation", "left_out")
"""The parts of a split that a subset's file may hold, each int64[k]; what is in none of them is trained on."""

_MAX_MANIFEST_SIZE = 10_000_000
_MAX_MANIFEST_DEPTH = 64
_OFFSETS_PER_CHECK = 1 << 20


@dataclass(frozen=True, eq=False)
class Corpus:
    path: Path
    format: Literal["packed", "legacy"]
    sequences: Sequences
    manifest: dict[str, Any]
    validation: Indices | None = None
    """int64[v] indices of the held-out sequences, where the file has a split: that makes it a subset."""
    confirmation: Indices | None = None
    left_out: Indices | None = None
    """int64[k] indices of sequences that are neither held out nor trained on: relatives of held-out ones."""
    names: Indices | None = None
    """int64[n] hashes of the sequences' names (`names.hash_names`), where the corpus was imported with names."""
    legacy_tokens: LegacyTokens | None = None

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
        self._check(taken, rows)
        return taken

    def _check(self, sequences: Sequences, rows: Indices) -> None:
        if not in_packed_range(sequences.tokens):
            bad = next(index for index in range(len(sequences)) if not in_packed_range(sequences[index]))
            found = sorted(set(sequences[bad].tolist()) - {3, *range(5, 25)})
            raise DataError(f"{self.path}: sequence {rows[bad]} holds token {found[0]}; 3 and 5..24 are right")
        if self.legacy_tokens is not None:
            for index, row in enumerate(rows.tolist()):
                self.legacy_tokens.check(row, sequences[index])


def open_corpus(path: Path) -> Corpus:
    """Open a .pt file, packed (mapped: nothing but its offsets is read) or legacy (its text is read).

    Raises `DataError` for whatever is not a whole corpus. Nothing of the file is ever executed.
    """
    file = open_torch_file(path)
    if isinstance(file.root, dict):
        corpus = _open_packed(file)
    elif isinstance(file.root, list):
        sequences, tokens = read_legacy(file)
        corpus = Corpus(path, "legacy", sequences, {}, legacy_tokens=tokens)
    else:
        raise DataError(f"{path}: holds a {type(file.root).__name__}; a corpus is a dict or a list of dicts")
    if not corpus.num_sequences:
        raise DataError(f"{path}: holds no sequences")
    return corpus


def verify_corpus(corpus: Corpus) -> None:
    """Read every token and check its range (legacy: every row against its text too); raises `DataError`."""
    for start, block in corpus.sequences.blocks():
        corpus._check(block, np.arange(start, start + len(block)))


def verify_checksums(path: Path) -> None:
    """Read a packed file that this program wrote and compare every part with its checksum; raises `DataError`."""
    try:
        with zipfile.ZipFile(path) as members:
            damaged = members.testzip()
    # Where a bit of a header has flipped, zipfile can raise nearly anything.
    except Exception as error:
        raise DataError(f"{path}: is damaged: {error}") from error
    if damaged is not None:
        raise DataError(f"{path}: is damaged: the checksum of {damaged} does not match")


def _open_packed(file: TorchFile) -> Corpus:
    root = file.root
    tokens = _tensor(file, "tokens", np.dtype("u1"))
    offsets = _tensor(file, "offsets", np.dtype("<i8"))
    if tokens is None or offsets is None:
        missing = "tokens" if tokens is None else "offsets"
        raise DataError(f"{file.path}: has no {missing}; a packed corpus has tokens, offsets and manifest")
    _check_offsets(file.path, offsets, len(tokens))
    manifest = root.get("manifest", {})
    if not isinstance(manifest, dict) or not _is_plain(manifest):
        raise DataError(f"{file.path}: its manifest is not a dict of plain values")
    split = {name: part for name in SPLIT if (part := _tensor(file, name, np.dtype("<i8"))) is not None}
    split = {name: np.array(part) for name, part in split.items()}
    _check_split(file.path, list(split.values()), len(offsets) - 1)
    names = _tensor(file, "names", np.dtype("<i8"))
    if names is not None and len(names) != len(offsets) - 1:
        raise DataError(f"{file.path}: holds {len(names)} names for {len(offsets) - 1} sequences")
    return Corpus(
        file.path,
        "packed",
        Sequences(tokens, offsets),
        manifest,
        validation=split.get("validation"),
        confirmation=split.get("confirmation"),
        left_out=split.get("left_out"),
        names=names,
    )


def _tensor(file: TorchFile, name: str, dtype: np.dtype[Any]) -> npt.NDArray[Any] | None:
    value = file.root.get(name)
    if value is None:
        return None
    if not isinstance(value, TensorReference):
        raise DataError(f"{file.path}: {name} is a {type(value).__name__}; a tensor of {dtype} is right")
    if value.storage.dtype != dtype:
        raise DataError(f"{file.path}: {name} has type {value.storage.dtype}; {dtype} is right")
    return file.array(value)


def _check_offsets(path: Path, offsets: Indices, num_tokens: int) -> None:
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != num_tokens:
        raise DataError(f"{path}: its offsets do not run from 0 to the {num_tokens} tokens that it holds")
    for start in range(0, len(offsets), _OFFSETS_PER_CHECK):
        # One more than a block, so that the step from block to block is checked too.
        block = offsets[start : start + _OFFSETS_PER_CHECK + 1]
        _mapping.read_ahead(block)
        falls = block[1:] < block[:-1]
        if falls.any():
            raise DataError(f"{path}: its offsets fall at sequence {start + int(np.argmax(falls))}")
        _mapping.release(block)


def _check_split(path: Path, parts: list[Indices], num_sequences: int) -> None:
    held_out = np.concatenate([*parts, np.empty(0, np.int64)])
    if held_out.size and not (held_out.min() >= 0 and held_out.max() < num_sequences):
        raise DataError(f"{path}: its split names sequences outside 0..{num_sequences - 1}")
    if len(np.unique(held_out)) != len(held_out):
        raise DataError(f"{path}: its split names a sequence twice")


def _is_plain(value: Any) -> bool:
    """Whether a value is plain and, written out, small: shared and circular parts count each time."""
    left = _MAX_MANIFEST_SIZE
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        left -= 100 + (len(item) if type(item) is str else 0)
        if left < 0 or depth > _MAX_MANIFEST_DEPTH:
            return False
        if type(item) is dict:
            if not all(type(key) is str for key in item):
                return False
            left -= sum(map(len, item))
            pending.extend((part, depth + 1) for part in item.values())
        elif type(item) in (list, tuple):
            pending.extend((part, depth + 1) for part in item)
        elif type(item) is float:
            if not math.isfinite(item):
                return False
        elif not (item is None or type(item) in (bool, int, str)):
            return False
    return True


class CorpusWriter:
    """Writes a packed corpus that is larger than memory: `append` as often as needed, then `finish`."""

    def __init__(self, file: BinaryIO, ends: BinaryIO, names: BinaryIO) -> None:
        """``ends`` and ``names`` are empty files that keep the sequences' ends and names until `finish`."""
        self._zip = ZipWriter(file, "archive")
        self._ends = ends
        self._names = names
        self.num_sequences = 0
        self.num_residues = 0
        self._zip.begin("data/0")

    def append(self, tokens: bytes | memoryview, lengths: Indices, names: Indices | None = None) -> None:
        """Add sequences: their tokens one after the other, how many belong to each, and their names' hashes.

        Names are given for all sequences of a corpus or for none.
        """
        self._zip.write(tokens)
        ends = self.num_residues + np.cumsum(lengths, dtype="<i8")
        self._ends.write(ends.tobytes())
        if names is not None:
            self._names.write(names.astype("<i8").tobytes())
        self.num_sequences += len(lengths)
        self.num_residues += len(tokens)

    def finish(self, manifest: dict[str, Any], split: Mapping[str, Indices] | None = None) -> None:
        """Write what follows the tokens; ``split`` has the parts named in `SPLIT`."""
        self._zip.end()
        self._zip.begin("data/1")
        self._zip.write(bytes(8))
        self._copy(self._ends)
        self._zip.end()
        root: dict[str, Any] = {
            "tokens": _reference("0", np.dtype("u1"), self.num_residues),
            "offsets": _reference("1", np.dtype("<i8"), self.num_sequences + 1),
            "manifest": manifest,
        }
        if self._names.tell():
            self._zip.begin("data/2")
            self._copy(self._names)
            self._zip.end()
            root["names"] = _reference("2", np.dtype("<i8"), self.num_sequences)
        for key, (name, indices) in enumerate((split or {}).items(), 3):
            self._zip.add(f"data/{key}", np.asarray(indices, "<i8").tobytes())
            root[name] = _reference(str(key), np.dtype("<i8"), len(indices))
        self._zip.add("data.pkl", _pickle_writer.dump(root))
        self._zip.add("byteorder", b"little")
        self._zip.add("version", b"3\n")
        self._zip.finish()

    def _copy(self, spool: BinaryIO) -> None:
        spool.seek(0)
        while block := spool.read(1 << 20):
            self._zip.write(block)


def _reference(key: str, dtype: np.dtype[Any], length: int) -> TensorReference:
    return TensorReference(StorageReference(key, dtype, length), 0, (length,), (1,))


@contextlib.contextmanager
def corpus_writer(path: Path) -> Iterator[CorpusWriter]:
    """Yield a `CorpusWriter`; once its `finish` was called and the block is left, ``path`` is there, whole."""
    with (
        cannot_write(path),
        atomic_path(path) as temporary,
        temporary.open("wb") as file,
        tempfile.TemporaryFile(dir=path.parent) as ends,
        tempfile.TemporaryFile(dir=path.parent) as names,
    ):
        yield CorpusWriter(file, ends, names)


def write_corpus(
    path: Path,
    sequences: Sequences,
    manifest: dict[str, Any],
    split: Mapping[str, Indices] | None = None,
) -> None:
    """Write a packed corpus, whole or not at all; `torch.load(path, mmap=True, weights_only=True)` opens it."""
    with corpus_writer(path) as writer:
        for _, block in sequences.blocks():
            writer.append(block.tokens.data, block.lengths)
        writer.finish(manifest, split)
