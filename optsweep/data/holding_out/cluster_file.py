"""Families from a cluster file: two columns, representative<TAB>member, as `mmseqs easy-cluster` writes them."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from optsweep.data.corpus import Corpus
from optsweep.data.fingerprint import describe_file
from optsweep.data.holding_out.near_duplicates import joined
from optsweep.data.holding_out.rule import KnownFamilies, Rows
from optsweep.data.holding_out.rule_choice import recorded_rule
from optsweep.data.names import first_word, hash_names
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import Drawn
from optsweep.errors import DataError
from optsweep.plain import Plain

_CHUNK = 1 << 22
"""Bytes of the file, or names of the corpus, that are read at a time; no line is longer."""
_LARGEST_ROW = 18
"""Digits of a row number that is no larger than an int64."""

Names = list[bytes]


class ClusterFile(KnownFamilies):
    """The file is read twice, from end to end; what is kept of it is bounded by the subset and its families."""

    name = "cluster file"

    def __init__(self, path: Path) -> None:
        """Raises `DataError` if the file cannot be read."""
        super().__init__()
        described = describe_file(path)
        self.path = path
        self._origin: dict[str, Plain] = {
            "file": path.name,
            "size": described.size,
            "fingerprint": described.fingerprint,
        }
        self.words = f"the clusters of {path.name}"
        self._by_name = True
        self._members = np.empty(0, np.int64)
        """Drawn sequences that the file names, one for each line."""
        self._representatives: Names = []
        """The representative on the same line."""

    def record(self) -> dict[str, Plain]:
        return {**super().record(), **self._origin}

    def is_recorded_in(self, subset: Corpus) -> bool:
        """Whether a subset was split by this file, whatever its name was then."""
        record = recorded_rule(subset)
        return all(record.values.get(key) == self._origin[key] for key in ("size", "fingerprint"))

    def families(self, drawn: Drawn, on_progress: OnProgress = None) -> Rows:
        by_name, by_row = _Lines(), _Lines()
        names = _Index(drawn.corpus.names[drawn.rows] if drawn.corpus.names is not None else np.empty(0, np.int64))
        rows = _Index(drawn.rows)
        may_be_rows, example = True, b""
        for representatives, members in _columns(self.path, on_progress):
            example = example or members[0]
            by_name.add(*names.find(hash_names(members)), representatives)
            may_be_rows = may_be_rows and not by_name.lines and all(map(_is_row, members))
            if may_be_rows:
                by_row.add(*rows.find(np.array(members).astype(np.int64)), representatives)
        self._by_name = bool(by_name.lines) or not may_be_rows
        found = by_name if self._by_name else by_row
        if not found.lines:
            raise DataError(self._nothing_known(drawn, example))
        self._members, self._representatives = np.concatenate(found.members), found.lines
        unnamed = len(drawn.rows) - len(np.unique(self._members))
        if unnamed:
            self.notes.append(f"{unnamed} of {len(drawn.rows)} sequences are not in {self.path}: families of their own")
        return self._joined(len(drawn.rows))

    def relatives_in_corpus(self, drawn: Drawn, held_out: Rows, on_progress: OnProgress = None) -> Rows:
        if not self._representatives:
            self.families(drawn)
        is_held_out = np.isin(self._members, held_out)
        wanted = {name for name, held in zip(self._representatives, is_held_out.tolist(), strict=True) if held}
        found: Names = []
        for representatives, members in _columns(self.path, on_progress):
            found += [member for name, member in zip(representatives, members, strict=True) if name in wanted]
        if self._by_name:
            assert drawn.corpus.names is not None
            return _rows_named(drawn.corpus.names, np.unique(hash_names(found)))
        rows = np.unique(np.array([int(member) for member in found], np.int64))
        return rows[rows < drawn.corpus.num_sequences]

    def _joined(self, num: int) -> Rows:
        numbers = {name: num + index for index, name in enumerate(dict.fromkeys(self._representatives))}
        nodes = np.array([numbers[name] for name in self._representatives], np.int64)
        return joined(num + len(numbers), np.stack([self._members, nodes], axis=1))[:num]

    def _nothing_known(self, drawn: Drawn, example: bytes) -> str:
        corpus = drawn.corpus
        expected = f"row numbers from 0 to {corpus.num_sequences - 1}"
        if corpus.names is not None:
            expected = f"the first words of the headers that {corpus.path} was imported with, or {expected}"
        else:
            expected += f" ({corpus.path} holds no names)"
        shown = example.decode(errors="replace")
        return (
            f"{self.path}: names none of the {len(drawn.rows)} sequences, but {shown!r}\nmembers should be {expected}"
        )


class _Lines:
    """Lines of the file that name a drawn sequence."""

    def __init__(self) -> None:
        self.members: list[Rows] = []
        self.lines: Names = []

    def add(self, members: Rows, places: Rows, representatives: Names) -> None:
        """``members[i]`` is named on line ``places[i]`` of those with these representatives."""
        self.members.append(members)
        self.lines += [representatives[place] for place in places.tolist()]


class _Index:
    """Finds values among ``keys``, which may hold one several times."""

    def __init__(self, keys: npt.NDArray[np.int64]) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def find(self, values: npt.NDArray[np.int64]) -> tuple[Rows, Rows]:
        """(index of the key, index of the value) of all that are equal."""
        first = np.searchsorted(self._keys, values, side="left")
        counts = np.searchsorted(self._keys, values, side="right") - first
        places = np.flatnonzero(counts)
        first, counts = first[places], counts[places]
        before = np.cumsum(counts) - counts
        return self._order[np.repeat(first - before, counts) + np.arange(counts.sum())], np.repeat(places, counts)


def _rows_named(names: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> Rows:
    index = _Index(wanted)
    blocks = range(0, len(names), _CHUNK)
    return np.concatenate([start + index.find(names[start : start + _CHUNK])[1] for start in blocks])


def _is_row(member: bytes) -> bool:
    return len(member) <= _LARGEST_ROW and member.isdigit()


def _columns(path: Path, on_progress: OnProgress) -> Iterator[tuple[Names, Names]]:
    """(representatives, members), some lines at a time; progress is in bytes of the file as it is stored."""
    number = 1
    for text in _texts(path, on_progress):
        words = text.split()
        num_lines = text.count(b"\n")
        if not (text.count(b"\t") == num_lines and len(words) == 2 * num_lines):
            words = _careful_words(path, number, text)
        number += num_lines
        if words:
            yield words[::2], words[1::2]


def _careful_words(path: Path, first: int, text: bytes) -> Names:
    """The same of lines that are blank or hold names with spaces; raises `DataError` for lines of other forms."""
    words: Names = []
    for number, line in enumerate(text.split(b"\n"), first):
        if not line.strip():
            continue
        columns = [first_word(column) for column in line.split(b"\t")]
        if len(columns) != 2 or not all(columns):
            shown = line[:60].decode(errors="replace")
            raise DataError(f"{path}: line {number}: {shown!r} is not representative<TAB>member")
        words += columns
    return words


def _texts(path: Path, on_progress: OnProgress) -> Iterator[bytes]:
    """The file's text in pieces that end with a line."""
    rest, is_first = b"", True
    try:
        with path.open("rb") as stored, contextlib.ExitStack() as opened:
            is_gzip = stored.read(2) == b"\x1f\x8b"
            total = stored.seek(0, 2)
            stored.seek(0)
            file = opened.enter_context(gzip.open(stored)) if is_gzip else stored
            while chunk := file.read(_CHUNK):
                chunk, is_first = chunk.removeprefix(b"\xef\xbb\xbf") if is_first else chunk, False
                text, end, rest = (rest + chunk).rpartition(b"\n")
                if not end and len(rest) > _CHUNK:
                    raise DataError(f"{path}: is no cluster file: a line is longer than {_CHUNK} bytes")
                if end:
                    yield text + end
                if on_progress is not None:
                    on_progress(stored.tell(), total)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}") from None
    if rest:
        yield rest + b"\n"
