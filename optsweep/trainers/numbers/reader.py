"""A reader follows the files that a script writes, or its log, and counts what it finds there."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from optsweep.trainers.numbers.found import Found
from optsweep.trainers.numbers.rows import Row, Values, numbers

BLOCK = 1 << 20
LONGEST_LINE = 1 << 24
"""No row of numbers is longer."""
_LINE_END = re.compile(rb"[\r\n]")
"""No other ends a line: a script may write samples of any text. Progress bars return to their beginning."""


@dataclass
class Reader(ABC):
    """Follows some files, in the order in which they came to be."""

    folder: Path
    pattern: str
    found: Found
    _known: dict[Path, tuple[int, int]] = field(default_factory=dict, init=False)

    def rows(self, *, ended: bool = False) -> list[Row]:
        """What has come since the last call; from a file that was written anew, all of it once more.

        If the script has ``ended``, what it left without an end of line counts too.
        """
        return [row for path in self._changed(ended) for row in self._rows_of(path, ended)]

    def _rows_of(self, path: Path, ended: bool) -> Iterator[Row]:
        self.found.files.add(str(path.relative_to(self.folder)))
        for values in self._new_values(path, ended):
            self.found.row(values)
            if row := numbers(values):
                yield row

    @abstractmethod
    def _new_values(self, path: Path, ended: bool) -> Iterator[Values]: ...

    def _changed(self, ended: bool) -> list[Path]:
        found = []
        for path in self.folder.glob(self.pattern):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            version = (status.st_mtime_ns, status.st_size)
            if self._known.get(path) != version or ended:
                self._known[path] = version
                found.append((status.st_mtime_ns, path))
        return [path for _, path in sorted(found)]


@dataclass
class LineReader(Reader):
    """Whole lines; progress bars, which end in a carriage return, are lines too."""

    parse: Callable[[str], Values] = field(kw_only=True)
    _places: dict[Path, int] = field(default_factory=dict, init=False)

    def _new_values(self, path: Path, ended: bool) -> Iterator[Values]:
        for line in self._new_lines(path, ended):
            text = line.decode("utf-8", errors="replace")
            values = self.parse(text)
            if text.strip():
                self.found.line(text, values)
            if values:
                yield values

    def _new_lines(self, path: Path, ended: bool) -> Iterator[bytes]:
        place, rest = self._places.get(path, 0), b""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < place:
                place = 0
            file.seek(place)
            # A block at a time: a script may print hundreds of megabytes.
            while block := file.read(BLOCK):
                *lines, rest = _LINE_END.split(rest + block)
                yield from lines
                if len(rest) > LONGEST_LINE:
                    rest = b""
            self._places[path] = file.tell() if ended else file.tell() - len(rest)
        if ended:
            yield rest
