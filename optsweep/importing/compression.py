"""Streams of bytes with a look ahead, and their decompression: gzip, bzip2, xz, lzma and zstd, in bounded memory."""

from __future__ import annotations

import bz2
import importlib
import lzma
import zlib
from collections.abc import Callable
from typing import Any, Protocol

from optsweep.errors import DataError

_BLOCK = 1 << 17
_MAX_MEMORY = 1 << 28
"""Bytes that an xz file may ask for; `xz -9` takes a quarter."""


class Stream:
    """Bytes that are read once, from the front."""

    def __init__(self, name: str, read: Callable[[int], bytes]) -> None:
        self.name = name
        """For messages: the path, and what it is in the file there."""
        self._read = read
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end only; they are still there for `read`."""
        while len(self._ahead) < size and (block := self._read(size - len(self._ahead))):
            self._ahead += block
        return self._ahead[:size]

    def read(self, size: int) -> bytes:
        """At least one byte and at most ``size``; none at the end."""
        if not self._ahead:
            return self._read(size)
        block, self._ahead = self._ahead[:size], self._ahead[size:]
        return block

    def read_exactly(self, size: int) -> bytes:
        """``size`` bytes; fewer at the end only."""
        block = self.peek(size)
        self._ahead = self._ahead[size:]
        return block

    def put_back(self, block: bytes) -> None:
        """Make ``block`` what is read next."""
        self._ahead = block + self._ahead

    def skip_rest(self) -> int:
        """Read to the end; returns how many bytes that were."""
        count = 0
        while block := self.read(_BLOCK):
            count += len(block)
        return count


class Decompressor(Protocol):
    """One member (gzip), stream (bzip2, xz) or frame (zstd), as Python's own modules have it."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the interface of the others; it compares checksums and lengths itself."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail


class _Zstandard:
    """The package zstandard with the interface of the others; in small pieces, since it knows no maximal length."""

    _PIECE = 256

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._held = b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._held += data
        text = b""
        while self._held and not text and not self._inner.eof:
            piece, self._held = self._held[: self._PIECE], self._held[self._PIECE :]
            text = self._inner.decompress(piece)
        return text

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data) + self._held

    @property
    def needs_input(self) -> bool:
        return not self._held


def _zstd() -> Decompressor:
    for name in ("compression.zstd", "backports.zstd", "zstandard"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        decompressor = module.ZstdDecompressor()
        found: Decompressor = _Zstandard(decompressor.decompressobj()) if name == "zstandard" else decompressor
        return found
    raise DataError("is compressed by zstd, which needs Python 3.14 or a package: pip install backports.zstd")


_FORMATS: list[tuple[str, tuple[bytes, ...], Callable[[], Decompressor]]] = [
    ("gzip", (b"\x1f\x8b",), _Gzip),
    ("bzip2", (b"BZh",), bz2.BZ2Decompressor),
    ("xz", (b"\xfd7zXZ\0",), lambda: lzma.LZMADecompressor(memlimit=_MAX_MEMORY)),
    ("lzma", (b"]\0\0",), lambda: lzma.LZMADecompressor(memlimit=_MAX_MEMORY)),
    ("zstd", (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + number]) + b"\x2a\x4d\x18" for number in range(16))), _zstd),
]
"""What it is called, how it begins, and who decompresses it."""


def decompressed(stream: Stream, warnings: list[str]) -> Stream:
    """The stream without its compression, or itself if it has none; what follows a whole one is ignored, and told."""
    head = stream.peek(6)
    for kind, beginnings, new in _FORMATS:
        if head.startswith(beginnings):
            return Stream(stream.name, _Decompression(stream, kind, beginnings, new, warnings).read)
    return stream


class _Decompression:
    def __init__(
        self,
        source: Stream,
        kind: str,
        beginnings: tuple[bytes, ...],
        new: Callable[[], Decompressor],
        warnings: list[str],
    ) -> None:
        self._source = source
        self._kind = kind
        self._beginnings = beginnings
        self._new = new
        self._warnings = warnings
        self._current: Decompressor | None = self._begin()

    def _begin(self) -> Decompressor:
        try:
            return self._new()
        except DataError as error:
            raise DataError(f"{self._source.name}: {error}") from None

    def read(self, size: int) -> bytes:
        while self._current is not None:
            block = b""
            if self._current.needs_input and not (block := self._source.read(_BLOCK)):
                raise self._damaged("it ends too early")
            try:
                text = self._current.decompress(block, size)
            # Python 3.14's zstd has an error of its own, as the packages for it have.
            except Exception as error:
                raise self._damaged(str(error)) from None
            if self._current.eof:
                self._current = self._next(self._current.unused_data)
            if text:
                return text
        return b""

    def _next(self, unused: bytes) -> Decompressor | None:
        """The decompressor of what follows; None at the end, and if it is something else."""
        self._source.put_back(unused)
        if self._source.peek(6).startswith(self._beginnings):
            return self._begin()
        if ignored := self._source.skip_rest():
            words = f"{ignored:,} bytes behind the end of its {self._kind} data were ignored"
            self._warnings.append(f"{self._source.name}: {words}")
        return None

    def _damaged(self, words: str) -> DataError:
        return DataError(
            f"{self._source.name}: is not a whole {self._kind} file ({words}); was the download cut short?"
        )
