"""How a run computes on its device: in which number format, and whether its sequences are packed or padded."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

import torch

from optsweep.config import ModelConfig, TrainConfig
from optsweep.train.device import uses_bfloat16

FLASH_HEAD_DIMS = range(8, 257, 8)
"""Widths of a head that flash attention computes."""
VARLEN = "torch.nn.attention.varlen"


@dataclass(frozen=True)
class Execution:
    device: torch.device
    bfloat16: bool
    """Matrix products; weights, their gradients and the loss stay float32."""
    packed: bool
    """Whether a micro-batch is one row of whole sequences, without padding between them; else padded rows."""
    short_residual: bool
    """Whether the residual stream is bfloat16, too."""

    @property
    def on_gpu(self) -> bool:
        return self.device.type == "cuda"

    @property
    def score_format(self) -> torch.dtype | None:
        """Of the numbers that keep a GPU's attention away from padding; None on the CPU, which takes a mask."""
        if not self.on_gpu:
            return None
        return torch.bfloat16 if self.bfloat16 else torch.float32


def execution_for(config: TrainConfig, device: torch.device) -> Execution:
    """The quickest way on ``device``: packed where flash attention is, which computes in 16 bits only."""
    bfloat16 = uses_bfloat16(config.training.precision, device)
    packed = bfloat16 and has_flash_attention(config.model, device)
    return Execution(device, bfloat16, packed, short_residual=packed)


def has_flash_attention(model: ModelConfig, device: torch.device) -> bool:
    """Whether ``device``, which has bfloat16, computes attention within sequences without padding."""
    return (
        device.type == "cuda"
        and torch.backends.cuda.is_flash_attention_available()
        and importlib.util.find_spec(VARLEN) is not None
        and model.hidden_size // model.n_heads in FLASH_HEAD_DIMS
    )
