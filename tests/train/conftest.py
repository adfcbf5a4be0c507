"""Tests of training run on one thread: tiny tensors gain nothing from more, and lose much where cores are busy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from benchmarks._varlen import varlen_reference
from optsweep.train import layout


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def varlen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attention within packed sequences where there is no GPU: one sequence after the other."""
    monkeypatch.setattr(layout, "varlen_attention", varlen_reference)
