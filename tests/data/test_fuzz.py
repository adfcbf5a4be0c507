"""Whatever the bytes say: a corpus, or a DataError; never another exception, a crash or a hang."""

from __future__ import annotations

import contextlib
import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optsweep.data.corpus import open_corpus, verify_corpus, write_corpus
from optsweep.errors import DataError
from optsweep.importing.fasta import import_fasta
from optsweep.torch_format import unpickling
from tests.torch_format.one_child import one_child

from .samples import legacy_row, random_sequences

many = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def packed_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.pt"
        write_corpus(path, random_sequences(5), {"key": [1, "text"]})
        return path.read_bytes()


def legacy_bytes(**options: object) -> bytes:
    buffer = io.BytesIO()
    torch.save([legacy_row("MKVACD" * 6), legacy_row("ACDEFGHIKL" * 4)], buffer, **options)
    return buffer.getvalue()


def pickle_of(content: bytes) -> tuple[int, int]:
    """Where the pickle stands in a zip file, so that most changes hit what is parsed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = next(member for member in archive.infolist() if member.filename.endswith("data.pkl"))
        start = content.index(archive.read(member)[:20], member.header_offset)
        return start, start + member.file_size


def unchecked(content: bytes) -> bytes:
    """The same zip file without checksums, so that changes in it go further."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        directory = archive.start_dir
    while (directory := content.find(b"PK\x01\x02", directory)) >= 0:
        changed[directory + 16 : directory + 20] = bytes(4)
        directory += 46
    return bytes(changed)


WHOLE = [packed_bytes(), legacy_bytes(), legacy_bytes(_use_new_zipfile_serialization=False)]
WHOLE += [unchecked(WHOLE[0]), unchecked(WHOLE[1])]
PLACES = [pickle_of(WHOLE[0]), pickle_of(WHOLE[1]), (0, 900), pickle_of(WHOLE[0]), pickle_of(WHOLE[1])]


@pytest.fixture(autouse=True, scope="module")
def in_one_child() -> Iterator[None]:
    with one_child() as child:
        yield
    assert child.num_deaths < 10


def test_the_whole_files_are_read() -> None:
    for content in WHOLE:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "corpus.pt"
            path.write_bytes(content)
            verify_corpus(open_corpus(path))


def open_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.pt"
        path.write_bytes(content)
        with contextlib.suppress(DataError):
            corpus = open_corpus(path)
            corpus.differing_rows(np.arange(corpus.num_sequences))
            corpus.take([0])
            verify_corpus(corpus)


changes = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4)


@many
@given(kind=st.integers(0, len(WHOLE) - 1), changed=changes, in_pickle=st.booleans())
def test_changed_bytes(kind: int, changed: list[tuple[float, int]], in_pickle: bool) -> None:
    content = bytearray(WHOLE[kind])
    start, end = PLACES[kind] if in_pickle else (0, len(content))
    for where, byte in changed:
        content[start + int(where * (end - start))] = byte
    open_bytes(bytes(content))


@many
@given(
    kind=st.integers(0, len(WHOLE) - 1), cut=st.floats(0, 1), missing=st.integers(0, 200), added=st.binary(max_size=200)
)
def test_cut_and_pasted_bytes(kind: int, cut: float, missing: int, added: bytes) -> None:
    whole = WHOLE[kind]
    place = int(cut * len(whole))
    open_bytes(whole[:place] + added + whole[place + missing :])


PIECES = [
    *(bytes([code]) for code in b"(.0e]}utqhrjXKMJQRsabiodlp012FISTUVP\n\x80\x85\x86\x87\x8a\x94\x95N\x00\x01\xff"),
    *(bytes([code]) for code in b"\x81\x82\x83\x84\x88\x89\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x96\x97\x98"),
    *(b"c%b\n%b\n" % (module.encode(), name.encode()) for module, name in unpickling._GLOBALS),
    *(
        b"X\x0b\x00\x00\x00protein_seq",
        b"X\x0b\x00\x00\x00prot_tokens",
        b"X\x03\x00\x00\x00MKV",
        b"]",
        b"}",
        b"(",
        b")",
    ),
    *(
        b"tR",
        b")R",
        b")\x81",
        b"}b",
        b"(X\x07\x00\x00\x00storageX\x02\x00\x00\x00u1X\x01\x00\x00\x000NK\x05tQ",
        b"Nb",
        b"a",
        b"s",
    ),
]


@many
@given(pickled=st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_opcodes(pickled: list[bytes]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02" + b"".join(pickled) + b".")
    open_bytes(buffer.getvalue())


@quick
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from(
                [b">", b"\n", b"\r\n", b"\r", b" ", b"*", b"name", b"MKVLA" * 8, b"acgt" * 9, b"X", b"\x00", b"\xff"]
            )
        ).map(b"".join),
    )
)
def test_any_fasta(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "proteins.fasta", Path(folder) / "corpus.pt"
        source.write_bytes(content)
        with contextlib.suppress(DataError):
            report = import_fasta([source], output)
            assert report.num_read == report.num_kept + sum(report.dropped.values())
            verify_corpus(open_corpus(output))
        assert len(list(Path(folder).iterdir())) == 1 + output.exists()
