"""The network: what it sees and what it does not, its size, and its arithmetic in short formats."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from benchmarks._presets import forward_flops_per_residue
from optsweep.config import ModelConfig
from optsweep.train.layout import Padded
from optsweep.train.loop import train
from optsweep.train.model import Transformer
from optsweep.train.sizes import parameter_count
from tests.train.supply import make_config, make_data

SHAPES = [(16, 2, 2, 8), (64, 2, 3, 32), (96, 3, 1, 40)]


def make_model(max_len: int = 40) -> Transformer:
    torch.manual_seed(0)
    return Transformer(make_config().model, max_len).eval()


@pytest.mark.parametrize(("hidden", "heads", "blocks", "cond"), SHAPES)
def test_parameters_are_counted_without_torch(hidden: int, heads: int, blocks: int, cond: int) -> None:
    config = ModelConfig(hidden_size=hidden, n_heads=heads, n_blocks=blocks, cond_dim=cond)
    assert parameter_count(config) == sum(p.numel() for p in Transformer(config, 64).parameters())


def test_planning_needs_no_torch() -> None:
    code = "import sys, optsweep.train.sizes, optsweep.train.report; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_flops_agree_with_what_torch_counts() -> None:
    config = ModelConfig(hidden_size=64, n_heads=2, n_blocks=3, cond_dim=32)
    model = Transformer(config, 128).eval()
    tokens = torch.full((2, 128), 5)
    # The counter knows attention only where it is written out.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter, torch.no_grad():
        model(tokens, Padded(128, None), torch.full((2,), 0.5), torch.arange(0, 256, 2))
    # The small print, conditioning layers and head, is left out of the estimate.
    assert forward_flops_per_residue(config, 128) * 256 == pytest.approx(counter.get_total_flops(), rel=0.05)


def test_padding_changes_nothing() -> None:
    model = make_model()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    tokens = torch.randint(5, 25, (2, 20))
    positions = torch.tensor([0, 7, 19, 20, 39])
    ratio = torch.tensor([0.3, 0.9])
    alone = model(tokens, Padded(20, None), ratio, positions)
    padded = torch.nn.functional.pad(tokens, (0, 12), value=1)
    wide = positions + positions // 20 * 12
    together = model(padded, Padded.of(torch.tensor([20, 20]), 32), ratio, wide)
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("ratio", [0.0, 1e-30, 0.5, 1.0])
def test_logits_are_finite_at_any_mask_ratio(ratio: float) -> None:
    logits = make_model()(torch.full((1, 8), 4), Padded(8, None), torch.tensor([ratio]), torch.arange(8))
    assert torch.isfinite(logits).all()
    assert logits.shape == (8, 20)


def test_the_model_is_conditioned_on_the_mask_ratio() -> None:
    model = make_model()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    tokens = torch.full((2, 8), 6)
    first, second = model(tokens, Padded(8, None), torch.tensor([0.1, 0.9]), torch.tensor([3, 11]))
    assert not torch.allclose(first, second)


def test_bfloat16_trains_with_float32_weights() -> None:
    exact, short = (
        train(make_config(training__precision=precision, model__dropout=0.0), make_data(), "cpu", lambda _: True)
        for precision in ("fp32", "bf16")
    )
    value, other = exact.evaluations[-1].value, short.evaluations[-1].value
    assert other != value
    assert other == pytest.approx(value, abs=0.05)
