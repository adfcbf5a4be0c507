"""Processes that train together: sums, flags, one error for a peer that is gone, and an environment that is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from optsweep.errors import UserError
from optsweep.machine.group import free_port
from optsweep.machine.membership import environment_of
from optsweep.train.ranks import ALONE, join

REPOSITORY = Path(__file__).parents[2]
BEGIN = """
import os, sys
import numpy as np
import torch
from optsweep.errors import PeerLost, UserError
from optsweep.train.ranks import join
with join(torch.device("cpu")) as ranks:
"""
SECONDS = 60


def together(size: int, program: str) -> list[tuple[int, str, str]]:
    """Exit code, output and errors of ``size`` processes that run ``program`` with ``ranks``."""
    port = free_port()
    code = BEGIN + "".join(f"    {line}\n" for line in program.strip().splitlines())
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment_of(rank, size, port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(size)
    ]
    said = [process.communicate(timeout=SECONDS) for process in processes]
    return [(process.returncode, *words) for process, words in zip(processes, said, strict=True)]


def test_sums_and_flags_are_the_same_everywhere() -> None:
    ended = together(
        2,
        """
weight, bias = torch.full((2, 3), 1.0 + ranks.rank), torch.arange(2.0) * (ranks.rank + 1)
ranks.add_up([weight, bias])
print(weight.tolist(), bias.tolist())
print(ranks.any(False, ranks.rank == 1, True), ranks.gather(np.array([0.1, ranks.rank])).tolist())
ranks.check_same(7)
print(ranks.is_first)
""",
    )
    sums = "[[3.0, 3.0, 3.0], [3.0, 3.0, 3.0]] [0.0, 3.0]\n[False, True, True] [0.2, 1.0]\n"
    assert [code for code, _, _ in ended] == [0, 0], ended
    assert [output for _, output, _ in ended] == [f"{sums}True\n", f"{sums}False\n"]


@pytest.mark.heavy
def test_different_checkpoints_are_an_error_of_both() -> None:
    ended = together(
        2,
        """
try:
    ranks.check_same(100 * ranks.rank)
except UserError as error:
    print(error)
""",
    )
    assert [code for code, _, _ in ended] == [0, 0], ended
    for _, output, _ in ended:
        assert output.startswith("rank 0 goes on from step 0, rank 1 from step 100: all need the same --out")


@pytest.mark.heavy
def test_a_peer_that_is_gone_is_one_clean_error() -> None:
    ended = together(
        2,
        """
ranks.any(True)
if ranks.rank == 1:
    os._exit(9)
try:
    ranks.add_up([torch.ones(3)])
except PeerLost as error:
    print(error)
    os._exit(3)
""",
    )
    assert [code for code, _, _ in ended] == [3, 9], ended
    assert ended[0][1].startswith("another rank is gone (")


def test_alone_nothing_is_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    with join(torch.device("cpu")) as ranks:
        assert ranks is ALONE
    tensor, array = torch.ones(2), np.ones(2)
    ranks.add_up([tensor])
    ranks.check_same(3)
    assert ranks.any(False, True) == [False, True]
    assert ranks.gather(array) is array
    assert tensor.tolist() == [1.0, 1.0]
    assert ranks.is_first


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"RANK": "1"}, "RANK='1': WORLD_SIZE is missing"),
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE='2': RANK is missing"),
        ({"RANK": "one", "WORLD_SIZE": "2"}, "RANK='one', WORLD_SIZE='2': must be numbers"),
        ({"RANK": "-1", "WORLD_SIZE": "2"}, "must be numbers"),
        ({"RANK": "2", "WORLD_SIZE": "2"}, "RANK must be less than WORLD_SIZE"),
        ({"RANK": "0", "WORLD_SIZE": "2"}, "MASTER_ADDR and MASTER_PORT missing"),
    ],
)
def test_an_environment_that_torchrun_does_not_make(
    environment: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=says), join(torch.device("cpu")):
        pass
