"""Files that call themselves checkpoints: each is refused by one line, and passed over by a run that goes on."""

from __future__ import annotations

import math
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from optsweep.errors import DataError, UserError
from optsweep.train.checkpoint import CURRENT, CheckpointStore, load_ema
from optsweep.train.loop import train
from optsweep.train.model import Transformer
from optsweep.train.sizes import weight_shapes
from tests.train.supply import Listener, make_config, make_data

Values = dict[str, Any]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run that was stopped at its second evaluation (step 8); the previous checkpoint is at 4."""
    folder = tmp_path_factory.mktemp("run")
    train(make_config(), make_data(), "cpu", Listener(stop_at=2), directory=folder)
    return folder


@pytest.fixture
def stopped(trained: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(trained, tmp_path / "run"))


def changed(**values: object) -> Callable[[Values], Values]:
    return lambda whole: {**whole, **values}


def without(name: str) -> Callable[[Values], Values]:
    return lambda whole: {key: value for key, value in whole.items() if key != name}


def with_model(**values: object) -> Callable[[Values], Values]:
    return lambda whole: {**whole, "config": {**whole["config"], "model": {**whole["config"]["model"], **values}}}


def with_history(**values: object) -> Callable[[Values], Values]:
    return lambda whole: {**whole, "history": [{**one, **values} for one in whole["history"]]}


def with_ema(name: str, tensor: object) -> Callable[[Values], Values]:
    return lambda whole: {**whole, "ema": {**whole["ema"], name: tensor}}


def one_storage_for_all(whole: Values) -> Values:
    """A network that is larger than the file, by weights that are all the same numbers."""
    config = make_config(model__hidden_size=512, model__n_heads=8, model__n_blocks=8)
    numbers = torch.zeros(4 * 512 * 512)
    ema = {name: numbers[: math.prod(shape)].view(shape) for name, shape in weight_shapes(config.model).items()}
    return {**whole, "config": config.model_dump(mode="json"), "ema": ema, "weights": None, "optimizer": None}


HEAD = "head.bias"
MALFORMED: dict[str, Callable[[Values], object]] = {
    "a format alone": lambda whole: {"format": 2},
    "no format": without("format"),
    "a list": lambda whole: [whole],
    "no ema": without("ema"),
    "no config": without("config"),
    "no fingerprint": without("fingerprint"),
    "a step in words": changed(step="eight"),
    "a negative step": changed(step=-1),
    "a step after the end": changed(step=13),
    "an endless time": changed(seconds=math.inf),
    "no micro-batch": changed(micro_batch=0),
    "history of no list": changed(history={"value": 1.0}),
    "history of numbers": changed(history=[1.0]),
    "history without values": changed(history=[{}]),
    "history that is not finite": with_history(value=math.nan),
    "history in words": with_history(step="4"),
    "losses in words": changed(losses="none"),
    "ema of numbers": changed(ema={HEAD: 1.0}),
    "ema of nothing": changed(ema={}),
    "ema of another shape": with_ema(HEAD, torch.zeros(3)),
    "ema of another type": with_ema(HEAD, torch.zeros(20, dtype=torch.int64)),
    "ema with more": with_ema("more", torch.zeros(3)),
    "weights without an optimiser": changed(optimizer=None),
    "an optimiser of another network": changed(optimizer=[[[torch.zeros(2)] * 3] * 3] * 2),
    "a config of nothing": changed(config={}),
    "a config with an unknown name": lambda whole: {**whole, "config": {**whole["config"], "more": 1}},
    "a network of a billion blocks": with_model(n_blocks=10**9),
    "a network that is too wide": with_model(hidden_size=2**40),
    "one number for a million": with_ema(HEAD, torch.zeros(1).expand(1_000_000)),
    "a tensor without numbers": with_ema(HEAD, torch.zeros(20, device="meta")),
    "one storage for all weights": one_storage_for_all,
    "texts in texts": changed(history=[[[["x"]]]]),
}


def rewrite(path: Path, change: Callable[[Values], object]) -> None:
    whole = torch.load(path, weights_only=True)
    with path.open("wb") as file:
        torch.save(change(whole), file)


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as refused:
        load_ema(path)
    (line,) = refused.value.lines
    assert line.startswith(f"error: {path}: is not a whole checkpoint: ")
    return line


def check_passed_over(directory: Path) -> None:
    """A run that goes on takes the checkpoint before."""
    checkpoint = CheckpointStore(directory, make_config(), make_data()).load()
    assert checkpoint is not None
    assert checkpoint.step == 4


@pytest.mark.parametrize("what", list(MALFORMED))
def test_s5_a_malformed_checkpoint_is_one_line_and_passed_over(stopped: Path, what: str) -> None:
    path = stopped / CURRENT
    rewrite(path, MALFORMED[what])
    refusal(path)
    check_passed_over(stopped)


def repack(path: Path, name: str, content: bytes, compression: int = zipfile.ZIP_STORED) -> None:
    """Replace a record of the checkpoint, and compress all of them."""
    with zipfile.ZipFile(path) as whole:
        records = {one.filename: whole.read(one) for one in whole.infolist()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for old, kept in records.items():
            archive.writestr(old, content if old.endswith(name) else kept)


def test_s5_a_zip_bomb_is_refused_before_it_is_unpacked(stopped: Path) -> None:
    path = stopped / CURRENT
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("archive/data/bomb", "w") as bomb:
        for _ in range(64):
            bomb.write(bytes(1 << 22))
    assert path.stat().st_size < 1 << 20
    assert "its records unpack to more than the file holds" in refusal(path)
    check_passed_over(stopped)


def test_s5_a_record_that_is_smaller_than_its_pickle_says_is_not_read_beyond_its_end(stopped: Path) -> None:
    path = stopped / CURRENT
    repack(path, "data/0", bytes(4))
    assert "does not have the size that its pickle names" in refusal(path)


def test_s5_what_a_pickle_makes_is_no_larger_than_the_pickle(stopped: Path) -> None:
    path = stopped / CURRENT
    memo = b"\x80\x02}r\xff\xff\xff\x7f."
    room = b"\x80\x05\x96" + (1 << 40).to_bytes(8, "little") + b"."
    for pickled in (memo, room, pickle.dumps(bytearray(9)), b"\x80\x02(" + b"l" * 10):
        repack(path, "data.pkl", pickled)
        refusal(path)


def test_weights_that_are_not_finite_are_said(stopped: Path) -> None:
    path = stopped / CURRENT
    rewrite(path, with_ema(HEAD, torch.full((20,), math.nan)))
    with pytest.raises(DataError, match="its weights are not finite"):
        load_ema(path)


def test_the_names_and_shapes_of_weights_are_the_networks() -> None:
    config = make_config(model__n_blocks=3).model
    network = Transformer(config, 40)
    assert list(weight_shapes(config).items()) == [
        (name, tuple(weight.shape)) for name, weight in network.named_parameters()
    ]
    assert list(network.state_dict()) == list(weight_shapes(config))


@pytest.mark.heavy
def test_s5_sample_refuses_in_one_line(tmp_path: Path) -> None:
    torch.save({"format": 2}, tmp_path / "x.pt")
    os.mkfifo(tmp_path / "pipe.pt")
    for name, reason in (("x.pt", "step is missing"), ("pipe.pt", "is a pipe or a device")):
        words = [sys.executable, "-m", "optsweep", "sample", name]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: {name}: is not a whole checkpoint: ")
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
