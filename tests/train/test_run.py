"""A run from files: the config of a run and a subset in, its directory out."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep.config import read_config, write_config
from optsweep.data.corpus import write_corpus
from optsweep.data.subset import ensure_subset
from optsweep.errors import DeviceError, UserError
from optsweep.train.loop import train_from_file
from tests.train.supply import InterruptAt, make_config, make_sequences


@pytest.fixture(scope="module")
def subset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "random.pt"
    write_corpus(path, make_sequences(200, shortest=30, longest=60), {})
    return ensure_subset(path).path


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "some config.toml"
    write_config(path, make_config())
    return path


def test_the_same_files_give_the_same_values_interrupted_or_not(
    tmp_path: Path, config_file: Path, subset: Path
) -> None:
    whole = train_from_file(config_file, subset, "cpu", tmp_path / "whole")
    train_from_file(config_file, subset, "cpu", tmp_path / "parts", interrupted=InterruptAt(5))
    parts = train_from_file(config_file, subset, "cpu", tmp_path / "parts")
    assert whole.outcome == parts.outcome == "complete"
    assert [e.value for e in whole.evaluations] == [e.value for e in parts.evaluations]
    # The run's own config.toml describes it as well as the one that it was started from.
    again = train_from_file(tmp_path / "whole" / "config.toml", subset, "cpu", tmp_path / "again")
    assert [e.value for e in again.evaluations] == [e.value for e in whole.evaluations]


def test_the_directory_says_what_was_run(tmp_path: Path, config_file: Path, subset: Path) -> None:
    out = tmp_path / "a" / "new place"
    train_from_file(config_file, subset, "cpu", out)
    assert read_config(out / "config.toml") == make_config()
    assert {path.name for path in out.iterdir()} == {
        "config.toml",
        "metrics.jsonl",
        "checkpoint.pt",
        "checkpoint_previous.pt",
    }


def test_nothing_is_written_where_something_is_wrong(tmp_path: Path, config_file: Path, subset: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(DeviceError):
        train_from_file(config_file, subset, "cuda:99", out)
    with pytest.raises(UserError):
        train_from_file(config_file, tmp_path / "missing.pt", "cpu", out)
    with pytest.raises(UserError):
        train_from_file(tmp_path / "missing.toml", subset, "cpu", out)
    assert not out.exists()
