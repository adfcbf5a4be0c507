"""The small study that the tests of faults break and start again, and the helpers that they share."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomli_w

from tests.sweeps import REPOSITORY

STUDY = "small.toml"
SWEEP = (STUDY, "--data", "data/corpus.pt", "--cpu-workers", "2", "--type", "random", "--seed", "7", "--trials")
INTERVAL = 10
"""Iterations from one evaluation of the small study to the next, at most."""


def write_study(path: Path, *, lengths: Sequence[int] = (80, 100, 100), **changes: Any) -> None:
    """The demo's first presets, so many iterations long; ``section__name=value`` changes one thing."""
    contents = tomllib.loads((REPOSITORY / "studies" / "demo.toml").read_text())
    contents["preset"] = contents["preset"][: len(lengths)]
    contents["budget"] |= {"sequences": 3200, "num_evaluations": 20, "scale": 1.0}
    contents["space"]["effective_batch"]["choices"] = [8, 16, 32]
    contents["pruner"]["startup"] = 3
    for preset, iterations in zip(contents["preset"], lengths, strict=True):
        preset["effective_batch"] = 32
        preset["sweep"] = {"iterations": iterations, "warmup": iterations // 10}
        preset["full"] = {"iterations": 1000, "warmup": 100}
    for name, value in changes.items():
        section, key = name.split("__")
        contents[section][key] = value
    path.write_text(tomli_w.dumps(contents))


Command = Callable[..., tuple[int, str]]
"""Runs a command line in this process; returns its exit code and everything that it printed."""


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Fill the file system of ``folder`` to its last byte while the block runs."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            while _written(file, bytes(size)):
                pass
    try:
        yield
    finally:
        filler.unlink()


def _written(file: Any, block: bytes) -> bool:
    try:
        return bool(file.write(block) == len(block))
    except OSError:
        return False
