from __future__ import annotations

import gc
import io
import os
import pickle
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from optsweep.data.corpus import Corpus, corpus_writer, open_corpus, verify_checksums, verify_corpus, write_corpus
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.errors import DataError
from tests.data.samples import measure, random_sequences

MANIFEST = {
    "synthetic": True,
    "numbers": [1, -5, 2**40, 1.5],
    "nothing": None,
    "nested": {"text": "Käse", "pair": (1, 2)},
}


def packed(**changes: Any) -> dict[str, Any]:
    """What torch users would write by hand; None leaves a key out."""
    sequences = random_sequences(50)
    root = {
        "tokens": torch.from_numpy(sequences.tokens),
        "offsets": torch.from_numpy(sequences.offsets),
        "manifest": {},
        **changes,
    }
    return {key: value for key, value in root.items() if value is not None}


@pytest.fixture(params=["32 bit", "64 bit"])
def zip_width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files over 2 GiB need wide numbers; a lower limit brings them into small files."""
    if request.param == "64 bit":
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)


@pytest.mark.usefixtures("zip_width")
@pytest.mark.parametrize("options", [{"mmap": True}, {"mmap": False}])
def test_torch_opens_what_we_write(tmp_path: Path, options: dict[str, bool]) -> None:
    sequences = random_sequences(100, lengths=(0, 50))
    path = tmp_path / "corpus.pt"
    write_corpus(path, sequences, MANIFEST, {"validation": np.array([3, 1]), "confirmation": np.array([2])})
    loaded = torch.load(path, weights_only=True, **options)
    assert loaded["manifest"] == MANIFEST
    assert loaded["tokens"].dtype == torch.uint8
    assert loaded["tokens"].numpy().tobytes() == sequences.tokens.tobytes()
    assert loaded["offsets"].dtype == torch.int64
    assert loaded["offsets"].tolist() == sequences.offsets.tolist()
    assert loaded["validation"].tolist() == [3, 1]
    assert loaded["confirmation"].tolist() == [2]


@pytest.mark.usefixtures("zip_width")
def test_we_open_what_we_write(tmp_path: Path) -> None:
    sequences = random_sequences(100, lengths=(0, 50))
    path = tmp_path / "corpus.pt"
    write_corpus(path, sequences, MANIFEST, {"validation": np.array([3, 1]), "confirmation": np.array([2])})
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    corpus = open_corpus(path)
    assert (corpus.format, corpus.num_sequences, corpus.num_residues) == ("packed", 100, len(sequences.tokens))
    assert corpus.manifest == MANIFEST
    assert corpus.synthetic
    assert corpus.validation is not None
    assert corpus.validation.tolist() == [3, 1]
    assert np.array_equal(corpus.take([7, 4]).tokens, sequences.take([7, 4]).tokens)
    verify_corpus(corpus)


def test_storages_are_aligned_for_mapping(tmp_path: Path) -> None:
    path = tmp_path / "corpus.pt"
    write_corpus(path, random_sequences(10), {}, {"validation": np.array([3])})
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            lengths = content[member.header_offset + 26 : member.header_offset + 30]
            start = 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
            assert (member.header_offset + start) % 64 == 0


def test_an_empty_corpus_is_written_but_refused(tmp_path: Path) -> None:
    write_corpus(tmp_path / "none.pt", from_arrays([]), {})
    with pytest.raises(DataError, match="holds no sequences"):
        open_corpus(tmp_path / "none.pt")


def test_what_torch_wrote_by_hand_is_opened(tmp_path: Path) -> None:
    for number, options in enumerate([{}, {"pickle_protocol": 4}, {"_use_new_zipfile_serialization": False}]):
        path = tmp_path / f"{number}.pt"
        torch.save(packed(manifest=None), path, **options)
        corpus = open_corpus(path)
        assert corpus.manifest == {}
        assert not corpus.synthetic
        assert np.array_equal(corpus.sequences[49], random_sequences(50)[49])
        verify_corpus(corpus)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": None}, "has no tokens"),
        ({"offsets": None}, "has no offsets"),
        ({"offsets": torch.arange(51, dtype=torch.int32)}, "type int32; int64 is right"),
        ({"tokens": torch.ones(100)}, "type float32; uint8 is right"),
        ({"tokens": [5, 6]}, "tokens is a list"),
        ({"tokens": torch.ones(10, 10, dtype=torch.uint8)}, "more than one dimension"),
        ({"tokens": torch.ones(100, dtype=torch.uint8)[::2]}, "stride 2"),
        ({"offsets": torch.tensor([0, 5])}, "do not run from 0"),
        ({"offsets": torch.tensor([5, 3850])}, "do not run from 0"),
        ({"offsets": torch.empty(0, dtype=torch.int64)}, "do not run from 0"),
        ({"manifest": [1]}, "manifest"),
        ({"manifest": {"tensor": torch.ones(3, dtype=torch.uint8)}}, "manifest"),
        ({"validation": torch.tensor([50])}, "outside 0..49"),
        ({"validation": torch.tensor([-1])}, "outside 0..49"),
        ({"validation": torch.tensor([1]), "confirmation": torch.tensor([1])}, "twice"),
    ],
)
def test_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    path = tmp_path / "corpus.pt"
    torch.save(packed(**changes), path)
    with pytest.raises(DataError, match=message) as caught:
        open_corpus(path)
    assert str(path) in str(caught.value)
    assert len(caught.value.lines) <= 2


def test_offsets_that_fall_are_found_wherever_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optsweep.data.corpus._OFFSETS_PER_CHECK", 8)
    for place in range(1, 50):
        offsets = random_sequences(50).offsets.copy()
        offsets[place] = offsets[place + 1] + 1
        torch.save(packed(offsets=torch.from_numpy(offsets)), tmp_path / "corpus.pt")
        with pytest.raises(DataError, match=f"fall at sequence {place}"):
            open_corpus(tmp_path / "corpus.pt")


@pytest.mark.parametrize("token", [0, 1, 2, 4, 25, 255])
def test_tokens_out_of_range_are_found_on_the_rows_used(tmp_path: Path, token: int) -> None:
    sequences = random_sequences(50)
    sequences.tokens[sequences.offsets[30]] = token
    write_corpus(tmp_path / "corpus.pt", sequences, {})
    corpus = open_corpus(tmp_path / "corpus.pt")
    corpus.take([29, 31])
    with pytest.raises(DataError, match=f"sequence 30 holds token {token};"):
        corpus.take([29, 30])
    with pytest.raises(DataError, match=f"sequence 30 holds token {token};"):
        verify_corpus(corpus)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b">protein\nMKV\n", "looks like FASTA; import it: optsweep data import"),
        (b"\x1f\x8b\x08\x00", "looks like FASTA"),
        (b"<!DOCTYPE html>", "HTML"),
        (b"hello", "not a .pt file"),
        (b"PK\x03\x04 and no more", "no whole .pt file"),
        (pickle.dumps([1, 2]), "not a .pt file"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "corpus.pt").write_bytes(content)
    with pytest.raises(DataError, match=message):
        open_corpus(tmp_path / "corpus.pt")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        open_corpus(tmp_path / "missing.pt")
    with pytest.raises(DataError, match="Is a directory"):
        open_corpus(tmp_path)


@pytest.mark.parametrize("value", [torch.ones(3, dtype=torch.int64), 5, "text", {}, [], [1], [{"protein_seq": 5}]])
def test_other_values_are_no_corpus(tmp_path: Path, value: Any) -> None:
    torch.save(value, tmp_path / "corpus.pt")
    with pytest.raises(DataError):
        open_corpus(tmp_path / "corpus.pt")


def test_a_truncated_file_is_refused_at_every_length(tmp_path: Path) -> None:
    whole = tmp_path / "whole.pt"
    write_corpus(whole, random_sequences(20), MANIFEST)
    content = whole.read_bytes()
    for size in range(0, len(content), 37):
        (tmp_path / "cut.pt").write_bytes(content[:size])
        with pytest.raises(DataError):
            open_corpus(tmp_path / "cut.pt")


class Attack:
    def __init__(self, call: Any, *arguments: Any) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call, self.arguments


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize(
    ("call", "name"), [(os.system, "system"), (eval, "eval"), (getattr, "getattr"), (io.open, "open")]
)
def test_a_pickle_that_wants_to_run_something_is_refused_first(
    tmp_path: Path, call: Any, name: str, protocol: int
) -> None:
    victim = tmp_path / "victim"
    torch.save(packed(manifest=Attack(call, f"touch {victim}", "w")), tmp_path / "corpus.pt", pickle_protocol=protocol)
    with pytest.raises(DataError, match=rf"wants [a-z_]+\.{name}.*nothing of it was run"):
        open_corpus(tmp_path / "corpus.pt")
    assert not victim.exists()


def test_d9_a_flipped_residue_is_found_wherever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "corpus.pt"
    sequences = random_sequences(300)
    write_corpus(path, sequences, {}, {"validation": np.array([3])})
    content = path.read_bytes()
    start = content.index(sequences.tokens[:50].tobytes())
    for place in (start, start + 1_000, start + len(sequences.tokens) - 1):
        changed = bytearray(content)
        changed[place] = 5 + (changed[place] - 4) % 20
        path.write_bytes(changed)
        corpus = open_corpus(path)
        corpus.take(np.arange(300))
        with pytest.raises(DataError, match="is damaged: the checksum of archive/data/0 does not match"):
            verify_corpus(corpus)
        with pytest.raises(DataError, match="is damaged: the checksum of archive/data/0 does not match"):
            verify_checksums(path)


def test_d9_every_member_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "corpus.pt"
    split = {"validation": np.array([1_000]), "confirmation": np.array([1_100]), "left_out": np.array([1_200])}
    with corpus_writer(path) as writer:
        writer.append(bytes([7]) * 2_000, np.ones(2_000, np.int64), np.arange(5_000, 7_000))
        writer.finish({"key": "value"}, split)
    content = path.read_bytes()
    for text in (b"value", *(number.to_bytes(8, "little") for number in (1_000, 1_100, 1_200, 5_500))):
        place = content.rindex(text)
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(DataError, match=r"checksum|Bad CRC"):
            verify_corpus(open_corpus(path))


def test_d9_the_check_tells_its_progress_and_reads_each_byte_once(tmp_path: Path) -> None:
    path = tmp_path / "corpus.pt"
    write_corpus(path, Sequences(np.full(5_000_000, 7, np.uint8), np.arange(0, 5_000_001, 100)), {})
    told: list[tuple[int, int]] = []
    verify_corpus(open_corpus(path), lambda done, total: told.append((done, total)))
    (total,) = {total for _, total in told}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == total
    assert 5_000_000 < total < path.stat().st_size
    assert len(told) < 20


def test_d9_what_was_saved_without_checksums_is_checked_by_its_range(tmp_path: Path) -> None:
    path = tmp_path / "corpus.pt"
    tokens = torch.full((100,), 7, dtype=torch.uint8)
    tokens[55] = 99
    torch.serialization.set_crc32_options(False)
    try:
        torch.save({"tokens": tokens[20:90], "offsets": torch.arange(0, 71, 10)}, path)
    finally:
        torch.serialization.set_crc32_options(True)
    with pytest.raises(DataError, match="sequence 3 holds token 99"):
        verify_corpus(open_corpus(path))


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.pt", "b.pt"):
        write_corpus(tmp_path / name, random_sequences(20), MANIFEST, {"validation": np.array([3, 1])})
        time.sleep(0.01)
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "b.pt").read_bytes()


def rewritten(tmp_path: Path, pickled: bytes) -> Path:
    """A corpus whose pickle was replaced."""
    write_corpus(tmp_path / "whole.pt", random_sequences(3), {})
    with zipfile.ZipFile(tmp_path / "whole.pt") as old, zipfile.ZipFile(tmp_path / "new.pt", "w") as new:
        for name in old.namelist():
            new.writestr(name, pickled if name.endswith("data.pkl") else old.read(name))
    return tmp_path / "new.pt"


@pytest.mark.parametrize(
    "pickled",
    [
        b"\x80\x02]r\xff\xff\xff\x7f.",  # a memo number that would make CPython allocate 34 GB
        b"\x80\x02X\xff\xff\xff\xffabc.",
        b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fabc.",
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
        b"\x80\x02}" + b")" + b"\x85" * 200_000 + b"Ns.",  # hashing it would overflow the C stack
        b"\x80\x02" + b"(" * 1_000_000 + b".",
        b"\x80\x02" + b"]" * 1_000_000 + b".",
        b"\x80\x02" + b"(t" * 1_000_000 + b".",
        b"\x80\x02e.",
        b"\x80\x02\x85.",
        b"\x80\x02(\x85.",
        b"\x80\x02R.",
        b"\x80\x02Q.",
        b"\x80\x02ctorch\nLongStorage\n)R.",
        b"\x80\x02" + b"c" + b"x" * 10_000,
        b"\x80\x09.",
        b"I1\n.",
        b".",
        b"",
    ],
)
def test_hostile_pickles_are_refused_at_once(tmp_path: Path, pickled: bytes) -> None:
    with pytest.raises(DataError):
        open_corpus(rewritten(tmp_path, pickled))


def test_a_manifest_that_would_be_endless_is_refused(tmp_path: Path) -> None:
    endless: dict[str, Any] = {}
    endless["itself"] = endless
    doubling: list[Any] = ["x"]
    for _ in range(60):
        doubling = [doubling, doubling]
    for manifest in (endless, {"doubling": doubling}):
        torch.save(packed(manifest=manifest), tmp_path / "corpus.pt")
        with pytest.raises(DataError, match="plain values"):
            open_corpus(tmp_path / "corpus.pt")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "corpus.pt"
    write_corpus(path, random_sequences(5), {})
    before = path.read_bytes()
    for manifest in ({"path": path}, {"number": np.int64(5)}, {"number": float("nan")}, {5: 5}):
        with pytest.raises(TypeError):
            write_corpus(path, random_sequences(6), manifest)
    with pytest.raises(ZeroDivisionError), corpus_writer(path) as writer:
        writer.append(b"\x07", np.array([1]))
        raise ZeroDivisionError
    gc.collect()
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["corpus.pt"]


@pytest.mark.heavy
def test_five_million_sequences_open_fast_and_lean(tmp_path: Path) -> None:
    path = tmp_path / "large.pt"
    num = 5_000_000
    offsets = np.arange(num + 1, dtype=np.int64) * 300
    write_corpus(path, Sequences(np.full(num * 300, 7, np.uint8), offsets), {})
    seconds, peak = measure(f"""
import random
from pathlib import Path
from optsweep.data.corpus import open_corpus
corpus = open_corpus(Path({str(path)!r}))
assert len(corpus.take(random.Random(42).sample(range(corpus.num_sequences), 10_000)).tokens) == 3_000_000
""")
    assert peak < 400
    assert seconds < 2


@pytest.mark.heavy
def test_more_than_four_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.pt"
    total = (1 << 32) + 1_000
    tokens = np.full(total, 7, np.uint8)
    tokens[-1] = 9
    write_corpus(path, Sequences(tokens, np.array([0, total - 10, total], np.int64)), {"key": 1})
    corpus: Corpus = open_corpus(path)
    assert corpus.sequences[1].tolist() == [7] * 9 + [9]
    loaded = torch.load(path, mmap=True, weights_only=True)
    assert loaded["tokens"][-1] == 9
    assert loaded["manifest"] == {"key": 1}
