"""Attention by parts, as processors compute it in bfloat16: the values and gradients of torch's own."""

from __future__ import annotations

import pytest
import torch

from optsweep.train import attention as module
from optsweep.train.attention import attention

LENGTHS = torch.tensor([70, 64, 33, 33, 2, 41])
VISIBLE = (torch.arange(70) < LENGTHS[:, None])[:, None, None]


@pytest.fixture(params=[1, 20_000, 1 << 20])
def _parts_of(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row alone, some rows, all rows at once."""
    monkeypatch.setattr(module, "CACHED_WEIGHTS", request.param)


def values_and_gradients(visible: torch.Tensor | None, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    shape = (len(LENGTHS), 70, 3, 2, 16)
    heads = torch.randn(shape, generator=generator).to(dtype).requires_grad_()
    attended = attention(*heads.permute(2, 0, 3, 1, 4).unbind(0), visible)
    if visible is not None:
        attended = attended * visible.transpose(-1, -2)
    (attended * torch.randn(attended.shape, generator=generator)).sum().backward()  # type: ignore[no-untyped-call]
    assert heads.grad is not None
    return attended.detach().float(), heads.grad.float()


@pytest.mark.usefixtures("_parts_of")
@pytest.mark.parametrize("visible", [None, VISIBLE])
def test_bfloat16_gives_what_float32_gives_within_its_rounding(visible: torch.Tensor | None) -> None:
    exact = values_and_gradients(visible, torch.float32)
    rounded = values_and_gradients(visible, torch.bfloat16)
    torch.testing.assert_close(rounded, exact, atol=0.05, rtol=0.03)


@pytest.mark.usefixtures("_parts_of")
@pytest.mark.parametrize("visible", [None, VISIBLE])
def test_parts_are_exact(visible: torch.Tensor | None, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = values_and_gradients(visible, torch.float32)
    monkeypatch.setattr(module, "FUSED_IN", ())
    torch.testing.assert_close(values_and_gradients(visible, torch.float32), exact, atol=1e-5, rtol=1e-5)
