"""The rows of a legacy file, in the process that reads it: their text as tokens, and where their own tokens are."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from optsweep.torch_format.unpickling import NumpyArray, Refused, Tensor, kind_of

TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "inline")
"""Types that token ids may have, as numpy names them; inline ones are in the pickle itself."""

NO_TOKENS, NOT_IDS = -1, -2
"""In place of a type: the row has no prot_tokens; what it has are no ids, one after the other."""

STRANGE_ID = 0xFFFF
"""In place of an id that is negative, no whole number or too large."""

_ARRAY_CODES = dict(zip(TYPES, "BbHhIiQq fd", strict=False))
_MAX_SHARED_LETTERS = 1 << 28
"""A pickle can name one long text a million times in a few bytes each; so many letters are read of small files."""

Place = tuple[int, int, int, int, str]


class Rows:
    """Checks the rows and lets go of each row at once, but for its text; raises `Refused`."""

    def __init__(
        self, rows: list[Any], place: Callable[[Tensor], Place], encode: Callable[[str | bytes], bytes], size: int
    ) -> None:
        """``encode`` gives a text's tokens, ``size`` is the file's, in bytes."""
        self._place, self._encode, self._room = place, encode, size
        self._inline = array("H")
        self._places = array("q")
        self._lengths = array("q")
        self._texts = rows
        self._num_odd = num_letters = 0
        for index, row in enumerate(self._texts):
            text = _text(index, row)
            self._texts[index] = text
            self._num_odd += not text.isalpha()
            self._lengths.append(len(self._encode(text)))
            num_letters += self._lengths[-1]
            if num_letters > max(size, _MAX_SHARED_LETTERS):
                raise Refused("its rows share their sequences, which are longer than the file when written out")
            self._places.extend(self._tokens_place(row))

    def numbers(self) -> dict[str, int]:
        """How long each array is, and how many texts hold other characters than letters."""
        sizes = {"rows": len(self._lengths), "tokens": sum(self._lengths), "inline": len(self._inline)}
        return {**sizes, "odd": self._num_odd}

    def arrays(self) -> Iterator[bytes | memoryview]:
        """Tokens uint8, lengths int64, places int64[rows, 5] (the last number is the type's), inline ids uint16."""
        for text in self._texts:
            yield self._encode(text)
        for numbers in (self._lengths, self._places, self._inline):
            yield memoryview(numbers).cast("B")

    def _tokens_place(self, row: Mapping[object, object]) -> tuple[int, ...]:
        value = row.get("prot_tokens")
        if value is None:
            return 0, 0, 0, 1, NO_TOKENS
        try:
            *numbers, kind = self._place(value) if isinstance(value, Tensor) else self._inline_place(value)
            return *numbers, TYPES.index(kind)
        # Tokens are compared with the text for the user's information only: nothing that is wrong with them matters.
        except (Refused, ValueError, TypeError, LookupError, OverflowError):
            return 0, 0, 0, 1, NOT_IDS

    def _inline_place(self, value: Any) -> Place:
        match value:
            case NumpyArray(type=str(type), content=bytes() | bytearray() as content):
                value = array(_ARRAY_CODES[type], content).tolist()
            case [[*inner]]:
                value = inner
            case list() | tuple():
                ...
            case _:
                raise TypeError
        try:
            ids = array("H", value)
        except (TypeError, OverflowError):
            ids = array("H", (int(id) if 0 <= id < STRANGE_ID and id % 1 == 0 else STRANGE_ID for id in value))
        if len(self._inline) + len(ids) > self._room:
            raise Refused("the rows share their tokens")
        self._inline.extend(ids)
        return len(self._inline) - len(ids), 0, len(ids), 1, TYPES[-1]


def _text(index: int, row: object) -> str | bytes:
    if not isinstance(row, dict):
        raise Refused(f"row {index} is a {kind_of(row)}; a dict with protein_seq is right")
    if "protein_seq" not in row:
        raise Refused(f"row {index} lacks protein_seq")
    text = row["protein_seq"]
    if not isinstance(text, str | bytes):
        raise Refused(f"row {index}: protein_seq: str is right, not {kind_of(text)}")
    return text
