"""One child that reads many files, for tests that open thousands of them: a process for each would take minutes."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from optsweep.errors import DataError
from optsweep.torch_format import reader

LOOP = f"""
import sys
sys.path.append({str(Path(__file__).parents[2])!r})
from optsweep.torch_format.child import answer
letters, ignored = map(bytes.fromhex, sys.argv[1:])
for path in sys.stdin.buffer:
    with open(path.rstrip(), "rb") as file:
        line, arrays = answer(file, letters, ignored)
        content = line + b"".join(arrays)
    sys.stdout.buffer.write(len(content).to_bytes(8, "little") + content)
    sys.stdout.buffer.flush()
"""


class OneChild:
    """Takes the place of `reader._child`. Its limits, which `answer` sets, are those of a child of one file."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.num_deaths = 0

    @contextlib.contextmanager
    def __call__(self, file: BinaryIO, path: Path, alphabet: reader.Alphabet) -> Iterator[io.BytesIO]:
        if self._process is None:
            command = [sys.executable, "-I", "-S", "-c", LOOP, *(part.hex() for part in alphabet)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(os.fsencode(path) + b"\n")
        self._process.stdin.flush()
        size = self._process.stdout.read(8)
        if len(size) < 8:
            code = self.close()
            self.num_deaths += 1
            assert code < 0, "the child ended by itself"
            raise DataError(f"{path}: cannot be read")
        yield io.BytesIO(self._process.stdout.read(int.from_bytes(size, "little")))

    def close(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with process:
            process.stdin.close()  # type: ignore[union-attr]
        return process.returncode


@contextlib.contextmanager
def one_child() -> Iterator[OneChild]:
    """Open all files with one child."""
    child: Any = OneChild()
    before, reader._child = reader._child, child
    try:
        yield child
    finally:
        reader._child = before
        child.close()
