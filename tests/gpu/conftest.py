"""What needs a card is skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from optsweep.train.device import process_settings, release_memory


@pytest.fixture(autouse=True)
def card() -> Iterator[torch.device]:
    """The first GPU, with a run's settings of torch."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    device = torch.device("cuda", 0)
    with process_settings(device, None):
        yield device
    torch._dynamo.reset()
    release_memory(device)
