"""Fuzz one reader with atheris: ``python -m tests.bad_input.fuzz_targets fasta [libFuzzer's options] [seeds]``.

Coverage guides it into the branches that random changes do not find. It works in the current folder, keeps what it
found interesting among the seeds, and ends with exit code 0 where nothing is wrong.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import atheris
import numpy as np

with atheris.instrument_imports(include=["optsweep.data", "optsweep.importing", "optsweep.torch_format"]):
    from optsweep.data.corpus import open_corpus, verify_corpus
    from optsweep.importing.fasta import import_fasta
    from optsweep.torch_format import child, reader

from optsweep.errors import DataError

FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "pickle.find_class")
"""Audited events that reading data must never raise."""


def read_fasta(content: bytes) -> None:
    source, output = Path("proteins.fasta"), Path("corpus.pt")
    source.write_bytes(content)
    with contextlib.suppress(DataError):
        report = import_fasta([source], output)
        assert report.num_read == report.num_kept + sum(report.dropped.values())
        verify_corpus(open_corpus(output))


@contextlib.contextmanager
def in_this_process(file: BinaryIO, path: Path, alphabet: reader.Alphabet) -> Iterator[io.BytesIO]:
    """What the child answers, under its limits, without a child."""
    line, arrays = child.answer(file, *alphabet)
    yield io.BytesIO(line + b"".join(arrays))


def read_corpus(content: bytes) -> None:
    path = Path("corpus.pt")
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        corpus = open_corpus(path)
        corpus.differing_rows(np.arange(corpus.num_sequences))
        corpus.take([0])
        verify_corpus(corpus)


TARGETS = {"fasta": read_fasta, "packed": read_corpus, "legacy": read_corpus}


def forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise AssertionError(f"reading data led to {event} {arguments}")


if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    sys.addaudithook(forbid)
    reader._child = in_this_process  # type: ignore[assignment]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
