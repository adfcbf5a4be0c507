from __future__ import annotations

import collections
import contextlib
import datetime
import decimal
import fractions
import os
import pathlib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch

from optsweep.data.corpus import open_corpus, verify_corpus
from optsweep.data.vocabulary import RESIDUES, decode, encode
from optsweep.errors import DataError
from tests.data.samples import SHARED, legacy_row, other_vocabulary, random_letters, write_legacy

from .one_child import one_child

pytestmark = pytest.mark.usefixtures("in_one_child")
FORMATS = [{}, {"pickle_protocol": 5}, {"_use_new_zipfile_serialization": False}]


@pytest.fixture(scope="module")
def in_one_child() -> Iterator[None]:
    with one_child():
        yield


@pytest.mark.parametrize("options", FORMATS)
def test_legacy_files_of_every_format_are_read(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "legacy.pt"
    sequences = write_legacy(path, 30, **options)
    corpus = open_corpus(path)
    assert (corpus.format, corpus.num_sequences, corpus.manifest) == ("legacy", 30, {})
    assert [decode(corpus.sequences[index]) for index in range(30)] == sequences
    verify_corpus(corpus)
    assert decode(corpus.take([7]).tokens) == sequences[7]


def test_more_rows_than_one_batch_of_the_pickler(tmp_path: Path) -> None:
    sequences = write_legacy(tmp_path / "legacy.pt", 2_500)
    corpus = open_corpus(tmp_path / "legacy.pt")
    assert [decode(corpus.sequences[index]) for index in (0, 999, 1_000, 2_499)] == [
        sequences[index] for index in (0, 999, 1_000, 2_499)
    ]
    verify_corpus(corpus)


def rows_of(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Good rows, one more for each change, which is applied to it; None takes a key away."""
    rng = np.random.default_rng(0)
    rows = [legacy_row(random_letters(rng, 400)) for _ in range(5)]
    for change in changes:
        row = {**legacy_row(random_letters(rng, 60)), **change}
        rows.append({key: value for key, value in row.items() if value is not None})
    return rows


def differing(rows: Any, path: Path, **options: Any) -> int:
    """How many rows of a file differ, once it is saved at ``path``."""
    torch.save(rows, path, **options)
    corpus = open_corpus(path)
    verify_corpus(corpus)
    return corpus.differing_rows(np.arange(corpus.num_sequences))


@pytest.mark.parametrize("specials", [True, False])
def test_tokens_with_and_without_ends_and_of_other_vocabularies_agree(tmp_path: Path, specials: bool) -> None:
    rng = np.random.default_rng(0)
    sequences = [random_letters(rng, 400) for _ in range(5)] + ["MKV" + "X" * 3 + "acd"]
    for translate in (encode, other_vocabulary):
        assert differing([legacy_row(s, specials, translate(s)) for s in sequences], tmp_path / "legacy.pt") == 0


def test_sequences_that_the_writer_cut_agree(tmp_path: Path) -> None:
    sequence = random_letters(np.random.default_rng(0), 800)
    row = legacy_row(sequence[:510])
    assert differing([row, {**row, "protein_seq": sequence, "length": 800}], tmp_path / "legacy.pt") == 0


@pytest.mark.parametrize("row", [5, "text", [1, 2]])
def test_rows_that_are_no_dicts(tmp_path: Path, row: Any) -> None:
    torch.save([*rows_of(), row], tmp_path / "legacy.pt")
    with pytest.raises(DataError, match="row 5 is a"):
        open_corpus(tmp_path / "legacy.pt")


def test_rows_without_a_sequence_are_refused_by_their_number(tmp_path: Path) -> None:
    torch.save(rows_of({"protein_seq": None}), tmp_path / "legacy.pt")
    with pytest.raises(DataError, match="row 5 lacks protein_seq"):
        open_corpus(tmp_path / "legacy.pt")
    for value, name in ((1.5, "float"), ([1], "list"), (torch.ones(3), "tensor"), (np.float32(1), "foreign object")):
        torch.save(rows_of({"protein_seq": value}), tmp_path / "legacy.pt")
        with pytest.raises(DataError, match=f"row 5: protein_seq: str is right, not {name}"):
            open_corpus(tmp_path / "legacy.pt")


def test_rows_of_none_are_refused(tmp_path: Path) -> None:
    torch.save([{"protein_seq": None}], tmp_path / "legacy.pt")
    with pytest.raises(DataError, match="row 0: protein_seq: str is right, not NoneType"):
        open_corpus(tmp_path / "legacy.pt")


def test_d1_tokens_that_contradict_the_text_are_counted(tmp_path: Path) -> None:
    wrong_id, negative, too_short, too_long = (legacy_row("MKV" * 20)["prot_tokens"] for _ in range(4))
    wrong_id[17] = 99
    negative[17] = -1
    too_short[30:] = 1
    too_long[62:70] = 5
    for tokens in (wrong_id, negative, too_short, too_long, torch.ones(512, dtype=torch.int64)):
        rows = rows_of({"protein_seq": "MKV" * 20, "prot_tokens": tokens})
        assert differing(rows, tmp_path / "legacy.pt") == 1
        corpus = open_corpus(tmp_path / "legacy.pt")
        assert corpus.differing_rows([0, 4]) == 0
        assert decode(corpus.take([5]).tokens) == "MKV" * 20


@pytest.mark.parametrize(("name", "num_differing"), [("one_dropped", 1), ("only_seq", 0), ("extra_float", 0)])
def test_d1_the_files_beside_the_cases(name: str, num_differing: int) -> None:
    path = SHARED / "cases" / f"l_{name}.pt"
    if not path.exists():
        pytest.skip("the cases are not beside this checkout")
    corpus = open_corpus(path)
    expected = torch.load(path, weights_only=False)
    assert [decode(corpus.sequences[index]) for index in range(60)] == [
        "".join(letter if letter in RESIDUES else "X" for letter in row["protein_seq"]) for row in expected
    ]
    assert corpus.differing_rows(np.arange(60)) == num_differing
    verify_corpus(corpus)


def usual_tokens(text: str, *, width: int = 512, pad: int = 1, first: int = -1, last: int = -1) -> torch.Tensor:
    """As a tokenizer that drops what it does not know: ids of the 20 letters, cut and padded to ``width``."""
    ids = [40 + RESIDUES.index(letter) for letter in text if letter in RESIDUES]
    ids = ([first] if first >= 0 else []) + ids
    ids = ([*ids[: width - 1], last] if last >= 0 else ids)[:width]
    return torch.tensor(ids + [pad] * (width - len(ids)))


LETTERS = [random_letters(np.random.default_rng(seed), 60 + 29 * seed) for seed in range(20)]


@pytest.mark.parametrize(
    "habits",
    [
        {"pad": 0},
        {"pad": 99},
        {"pad": -100},
        {"width": 100},
        {"width": 100, "first": 0, "last": 2},
        {"first": 0, "last": 2},
        {"first": 0},
        {"last": 0, "pad": 0},
        {"last": 3, "pad": 3, "first": 3},
        {"width": 32, "last": 2},
    ],
    ids=str,
)
def test_d1_tokens_of_writers_with_other_habits_agree(tmp_path: Path, habits: dict[str, int]) -> None:
    texts = ["M" + text for text in LETTERS]
    rows = [{"protein_seq": text, "prot_tokens": usual_tokens(text, **habits)} for text in texts]
    assert differing(rows, tmp_path / "legacy.pt") == 0
    for place in (0, 7, len(texts) - 1):
        dropped = [*rows[:place], {**rows[place], "protein_seq": f"MX{texts[place][1:]}"}, *rows[place + 1 :]]
        assert differing(dropped, tmp_path / "legacy.pt") == 1


def drawn_rows(random: Random) -> tuple[list[dict[str, Any]], int]:
    """Rows of a writer with habits drawn at random, and how many of them lack the token of one letter."""
    ids = random.sample(range(3, 200), 20)
    padding = random.choice([0, 1, 2, 250, -100, 60_000])
    before, after = random.choice([[], [251], [padding]]), random.choice([[], [252], [padding]])
    width, fill = random.choice([64, 128, 512]), random.choice(["left", "right", "right", "none"])
    rows, num_dropped = [], 0
    for _ in range(random.choice([10, 200])):
        text = "M" + "".join(random.choices(RESIDUES, k=random.randint(20, 600)))
        if random.random() < 0.1:
            place = random.randint(1, min(len(text), width) - 4)
            text = text[:place] + random.choice("XBZUO") + text[place:]
            num_dropped += 1
        tokens = [ids[RESIDUES.index(letter)] for letter in text if letter in RESIDUES]
        tokens = [*before, *tokens[: width - len(before) - len(after)], *after]
        rest = [padding] * (width - len(tokens))
        tokens = {"left": [*rest, *tokens], "right": [*tokens, *rest], "none": tokens}[fill]
        rows.append({"protein_seq": text, "prot_tokens": torch.tensor(tokens)})
    return rows, num_dropped


@pytest.mark.heavy
def test_d1_dropped_letters_are_counted_whatever_the_writer_did(tmp_path: Path) -> None:
    for seed in range(60):
        rows, num_dropped = drawn_rows(Random(seed))
        assert differing(rows, tmp_path / "legacy.pt") == num_dropped, seed


def strided(tokens: torch.Tensor) -> torch.Tensor:
    return torch.stack([tokens, torch.full_like(tokens, 7), torch.zeros_like(tokens)], 1)[:, 0]


@pytest.mark.parametrize(
    "change",
    [
        lambda tokens: tokens[None],
        lambda tokens: tokens[:, None],
        lambda tokens: tokens.float(),
        lambda tokens: tokens.half(),
        lambda tokens: tokens.double(),
        lambda tokens: tokens.int(),
        lambda tokens: tokens.to(torch.uint8),
        lambda tokens: tokens.to(torch.int16),
        lambda tokens: tokens.to(torch.uint16),
        lambda tokens: tokens.to(torch.uint64),
        lambda tokens: torch.cat([tokens, tokens])[512:],
        lambda tokens: torch.nn.Parameter(tokens, requires_grad=False),
        strided,
        lambda tokens: tokens.tolist(),
        lambda tokens: [tokens.tolist()],
        lambda tokens: tuple(tokens.tolist()),
        lambda tokens: tokens.float().tolist(),
        lambda tokens: tokens.numpy(),
        lambda tokens: tokens.numpy()[None],
        lambda tokens: tokens.numpy().astype(np.uint8),
        lambda tokens: tokens.numpy().astype(np.float32),
    ],
    ids=range(21),
)
@pytest.mark.parametrize("options", FORMATS)
def test_d1_tokens_of_every_shape_and_type(tmp_path: Path, change: Any, options: dict[str, Any]) -> None:
    rows = [{"protein_seq": text, "prot_tokens": change(usual_tokens(text))} for text in LETTERS]
    assert differing(rows, tmp_path / "legacy.pt", **options) == 0
    rows[3]["protein_seq"] += "A"
    assert differing(rows, tmp_path / "legacy.pt", **options) == 1


@pytest.mark.parametrize(
    "tokens",
    [
        *("text", b"bytes", {}, {1: 2}, 5, torch.tensor(5), torch.ones(20, 60), torch.ones(60).bool(), ["M"] * 60),
        *(torch.ones(60).bfloat16(), torch.ones(60, dtype=torch.complex64), torch.full((60,), torch.nan), range(60)),
        *(torch.full((60,), 5.5), np.array("M"), np.full(60, "M"), [None] * 60, [10**30] * 60, torch.empty(0), []),
        torch.ones(60).to_sparse(),
        *(torch.ones(60, device="meta"), torch.ones(60).expand(2, 60)),
    ],
    ids=range(23),
)
def test_d1_tokens_that_are_no_ids_differ_and_no_more(tmp_path: Path, tokens: Any) -> None:
    rows = [{"protein_seq": text, "prot_tokens": usual_tokens(text)} for text in LETTERS]
    rows[0]["prot_tokens"] = tokens
    assert differing(rows, tmp_path / "legacy.pt") == 1


ROWS = [{"protein_seq": text} for text in LETTERS]


@pytest.mark.parametrize(
    "value",
    [
        *(5, 5.0, "5", None, True, torch.tensor(5), torch.tensor([5]), np.int64(5), np.float32(5), np.array(5), [5]),
        *(
            torch.ones(9).bool(),
            torch.ones(9),
            torch.ones(9).half(),
            torch.ones(9).bfloat16(),
            torch.ones(3, 3).double(),
        ),
        *(torch.ones(9, dtype=torch.complex64), torch.ones(9).to(torch.float8_e5m2), torch.ones(9).to(torch.uint32)),
        *(torch.Size([1, 2]), torch.device("cpu"), torch.float32, torch.int8, torch.bool, np.dtype("f4"), np.float32),
        *(torch.nn.Parameter(torch.ones(3)), torch.ones(9).to_sparse(), torch.ones(9, device="meta"), torch.ones(0)),
        *(np.ones(9), np.ones((3, 3), bool), np.array(["a", "bc"]), np.array([{}, None], object), np.str_("text")),
        *(np.bool_(True), np.datetime64("2026-01-01"), np.zeros(2, [("a", "i4"), ("b", "f8")]), np.bytes_(b"x")),
        *(
            {1, 2},
            frozenset("ab"),
            bytearray(b"x"),
            b"x\xff",
            1 + 2j,
            slice(1, 2),
            range(3),
            (1, (2,)),
            {"a": {"b": []}},
        ),
        *(datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), datetime.timedelta(1)),
        *(
            pathlib.Path("x"),
            pathlib.PurePosixPath("x"),
            uuid.uuid4(),
            decimal.Decimal("1.5"),
            fractions.Fraction(1, 3),
        ),
        *(collections.OrderedDict(a=1), collections.Counter("aab"), collections.defaultdict(list, a=[1])),
        *(collections.deque([1, 2]), 10**40, float("nan"), "Käse\0\udc80", int, list, object()),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("options", [*FORMATS, {"pickle_protocol": 4}, {"pickle_protocol": 3}])
def test_d1_columns_that_nobody_needs(tmp_path: Path, value: Any, options: dict[str, Any]) -> None:
    rows = [{**row, "length": value, "more": [value, value], "other": {"x": value}} for row in ROWS]
    assert differing(rows, tmp_path / "legacy.pt", **options) == 0
    corpus = open_corpus(tmp_path / "legacy.pt")
    assert [decode(corpus.sequences[index]) for index in range(len(LETTERS))] == LETTERS


@pytest.mark.parametrize("make", [tuple, lambda rows: [collections.OrderedDict(row) for row in rows]])
def test_d1_tuples_of_rows_and_ordered_rows(tmp_path: Path, make: Any) -> None:
    assert differing(make(ROWS), tmp_path / "legacy.pt") == 0
    assert decode(open_corpus(tmp_path / "legacy.pt").sequences[3]) == LETTERS[3]


@pytest.mark.parametrize("text", ["mkva", "MKV A\nC*", "M-K.V", "MK1V 10", "MKVXBZUOJ", "", "Mé\udc80中", "\u00a0MK"])
def test_d1_texts_are_read_by_the_rules_for_letters(tmp_path: Path, text: str) -> None:
    texts = [text, LETTERS[0], np.str_(text.replace("\udc80", ""))]
    torch.save([{"protein_seq": each} for each in texts], tmp_path / "legacy.pt")
    corpus = open_corpus(tmp_path / "legacy.pt")
    for index, each in enumerate(texts):
        assert corpus.sequences[index].tolist() == encode(str(each)).tolist()


def test_d1_bytes_are_text_too(tmp_path: Path) -> None:
    for protocol in (2, 3, 5):
        torch.save([{"protein_seq": b"MKVA"}], tmp_path / "legacy.pt", pickle_protocol=protocol)
        assert decode(open_corpus(tmp_path / "legacy.pt").sequences[0]) == "MKVA"


@pytest.mark.heavy
def test_d1_ten_thousand_rows_are_compared_in_a_second(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    texts = [random_letters(rng, int(rng.integers(50, 600))) for _ in range(10_000)]
    rows = [{"protein_seq": text, "prot_tokens": usual_tokens(text)} for text in texts]
    for place in range(0, 10_000, 700):
        rows[place]["protein_seq"] = f"X{rows[place]['protein_seq']}"
    torch.save(rows, tmp_path / "legacy.pt")
    corpus = open_corpus(tmp_path / "legacy.pt")
    start = time.process_time()
    assert corpus.differing_rows(rng.permutation(10_000)) == 15
    assert time.process_time() - start < 2


def test_files_without_checksums_are_read(tmp_path: Path) -> None:
    torch.serialization.set_crc32_options(False)
    try:
        assert differing([{"protein_seq": "MKV", "prot_tokens": torch.ones(9)}], tmp_path / "legacy.pt") == 1
    finally:
        torch.serialization.set_crc32_options(True)


def test_a_file_whose_end_is_missing(tmp_path: Path) -> None:
    for number, options in enumerate(FORMATS):
        path = tmp_path / f"{number}.pt"
        write_legacy(path, 10, **options)
        content = path.read_bytes()
        for size in (100, len(content) // 2, len(content) - 1):
            path.write_bytes(content[:size])
            with pytest.raises(DataError):
                verify_corpus(open_corpus(path))


def measure_tree(script: str) -> tuple[float, float]:
    """(CPU seconds, peak resident MiB) of a Python script in a process of its own and of that process's children."""
    process = subprocess.Popen([sys.executable, "-c", script])
    peak = 0
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        peak = max(peak, sum(map(resident, [process.pid, *children(process.pid)])))
        time.sleep(0.003)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime, peak * os.sysconf("SC_PAGESIZE") / (1 << 20)


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0


@pytest.mark.heavy
def test_leaner_than_torch_and_no_slower(tmp_path: Path) -> None:
    """The usual recipe (load, sample, save) against ours, with the process that reads the file."""
    rng = np.random.default_rng(0)
    path = tmp_path / "legacy.pt"
    torch.save([legacy_row(random_letters(rng, int(rng.integers(100, 510)))) for _ in range(50_000)], path)
    recipe_seconds, recipe_peak = measure_tree(f"""
import random, torch
rows = torch.load({str(path)!r}, weights_only=False)
torch.save([rows[i] for i in random.Random(42).sample(range(len(rows)), 10_000)], {str(tmp_path / "recipe.pt")!r})
""")
    our_seconds, our_peak = measure_tree(f"""
import random
from pathlib import Path
from optsweep.data.corpus import open_corpus, write_corpus
corpus = open_corpus(Path({str(path)!r}))
rows = random.Random(42).sample(range(corpus.num_sequences), 10_000)
assert corpus.differing_rows(rows) == 0
write_corpus(Path({str(tmp_path / "subset.pt")!r}), corpus.take(rows), {{}})
""")
    assert our_peak < 0.5 * recipe_peak
    assert our_seconds < recipe_seconds
