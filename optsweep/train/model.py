"""The network: a bidirectional transformer that predicts the masked residues of proteins.

Rotary positions; pre-normalisation without parameters, modulated by the mask ratio (adaptive layer norm of Peebles &
Xie 2022, arXiv:2212.09748); logits only for the 20 residues, and only where one is asked for; what follows the last
attention is computed only there too. No biases but in the conditioning and the head. The gates begin open: with theirs
shut, short runs were seen to stay at the unigram entropy for hundreds of iterations before attention found anything.
"""

from __future__ import annotations

import functools
import logging
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional

from optsweep.config import ModelConfig
from optsweep.data.batches import round_length
from optsweep.data.vocabulary import FIRST_RESIDUE, VOCABULARY_SIZE
from optsweep.train.layout import Layout, pick
from optsweep.train.sizes import MLP_RATIO, NUM_RATIO_FEATURES

NUM_RESIDUES = VOCABULARY_SIZE - FIRST_RESIDUE
ROTARY_BASE = 10_000.0

_logger = logging.getLogger("optsweep.train")


class Transformer(nn.Module):
    """Masked tokens and their mask ratio to logits over the 20 residues."""

    def __init__(self, config: ModelConfig, max_len: int) -> None:
        super().__init__()
        hidden = config.hidden_size
        self.embedding = nn.Embedding(VOCABULARY_SIZE, hidden)
        self.condition = nn.Sequential(
            nn.Linear(NUM_RATIO_FEATURES, config.cond_dim),
            nn.SiLU(),
            nn.Linear(config.cond_dim, config.cond_dim),
            nn.SiLU(),
        )
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_blocks))
        self.final_modulation = nn.Linear(config.cond_dim, 2 * hidden)
        self.head = nn.Linear(hidden, NUM_RESIDUES)
        self.cos: torch.Tensor
        self.sin: torch.Tensor
        # Padding reaches beyond the greatest length, up to a round number.
        cos, sin = rotary_tables(round_length(max_len), hidden // config.n_heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        nn.init.normal_(self.embedding.weight)
        nn.init.normal_(self.head.weight, std=hidden**-0.5)
        for layer in (self.final_modulation, self.head):
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.final_modulation.weight)
        self.short_residual = False
        """Whether what the blocks add up is bfloat16; statistics and products' sums stay float32."""
        self._run: Callable[..., torch.Tensor] = _run_block

    def forward(
        self, tokens: torch.Tensor, layout: Layout, mask_ratio: torch.Tensor, positions: torch.Tensor
    ) -> torch.Tensor:
        """Logits, float32 [masked residues, 20], at ``positions`` (int64, into the flattened ``tokens``).

        ``tokens`` is int64 as ``layout`` says: [rows, length] or [tokens]; ``mask_ratio`` is float32 [rows], the share
        m of residues that is masked.
        """
        rotary = (layout.at_positions(self.cos), layout.at_positions(self.sin))
        condition = self.condition(mask_ratio_features(mask_ratio))
        hidden = self.embedding(tokens)
        if self.short_residual:
            hidden = hidden.bfloat16()
        for block in self.blocks[:-1]:
            hidden = self._run(block, hidden, condition, rotary, layout)
        # Nothing after the last attention looks at other tokens: from there on only those that are scored are computed.
        scored = Scored(positions, layout.rows_of(positions))
        hidden = self._run(self.blocks[-1], hidden, condition, rotary, layout, scored)
        shift, scale = layout.gather(self.final_modulation(condition), scored.rows).chunk(2, dim=-1)
        logits: torch.Tensor = self.head(modulated_norm(hidden, shift, scale)).float()
        return logits

    def compile_blocks(self, **options: Any) -> None:
        """Have the blocks compiled (``options`` of torch.compile): one program for all of them and for all sizes."""

        @functools.cache
        def say_that_it_is_lost() -> None:
            _logger.warning("torch.compile has given up on this model: it goes on uncompiled, which is slower")

        def run(block: Block, *arguments: Any) -> torch.Tensor:
            # True while this is compiled, after which Python is not here any more.
            if not torch.compiler.is_compiling():
                say_that_it_is_lost()
            return _run_block(block, *arguments)

        self._run = torch.compile(run, dynamic=True, **options)


def _run_block(block: Block, *arguments: Any) -> torch.Tensor:
    out: torch.Tensor = block(*arguments)
    return out


class Scored(NamedTuple):
    """The tokens of a micro-batch whose logits are wanted."""

    tokens: torch.Tensor
    """int64 [scored], into the flattened tokens."""
    rows: torch.Tensor
    """int64 [scored], the row of each."""

    def tokens_of(self, hidden: torch.Tensor) -> torch.Tensor:
        """[rows, length, width] or [tokens, width] to [scored, width]."""
        return pick(hidden.reshape(-1, hidden.shape[-1]), self.tokens)


class Block(nn.Module):
    """Attention and a two-layer perceptron, each behind a modulated norm and a gate."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        hidden = config.hidden_size
        self.n_heads = config.n_heads
        self.dropout = config.dropout
        self.modulation = nn.Linear(config.cond_dim, 6 * hidden)
        self.qkv = nn.Linear(hidden, 3 * hidden, bias=False)
        self.attention_out = nn.Linear(hidden, hidden, bias=False)
        self.mlp_in = nn.Linear(hidden, MLP_RATIO * hidden, bias=False)
        self.mlp_out = nn.Linear(MLP_RATIO * hidden, hidden, bias=False)
        nn.init.zeros_(self.modulation.weight)
        with torch.no_grad():
            shut, open_ = torch.zeros(2, hidden), torch.ones(1, hidden)
            self.modulation.bias.copy_(torch.cat([shut, open_, shut, open_]).flatten())
            # As many branches as are added up, so much smaller is each (Radford et al. 2019, GPT-2).
            for layer in (self.attention_out, self.mlp_out):
                layer.weight /= math.sqrt(2 * config.n_blocks)

    def forward(
        self,
        hidden: torch.Tensor,
        condition: torch.Tensor,
        rotary: tuple[torch.Tensor, torch.Tensor],
        layout: Layout,
        scored: Scored | None = None,
    ) -> torch.Tensor:
        """``hidden`` is [rows, length, hidden_size] or [tokens, hidden_size], ``condition`` [rows, cond_dim].

        Returns all tokens, or those that are ``scored``, as [scored, hidden_size].
        """
        before, after = self.modulation(condition).split((2 * hidden.shape[-1], 4 * hidden.shape[-1]), dim=-1)
        shift, scale = layout.to_tokens(before).chunk(2, dim=-1)
        attended = self.attend(modulated_norm(hidden, shift, scale), rotary, layout)
        if scored is not None:
            hidden, attended = scored.tokens_of(hidden), scored.tokens_of(attended)
        after = layout.to_tokens(after) if scored is None else layout.gather(after, scored.rows)
        gate1, shift, scale, gate2 = after.chunk(4, dim=-1)
        hidden = hidden + gate1 * functional.dropout(self.attention_out(attended), self.dropout, self.training)
        inner = functional.gelu(self.mlp_in(modulated_norm(hidden, shift, scale)), approximate="tanh")
        out: torch.Tensor = hidden + gate2 * functional.dropout(self.mlp_out(inner), self.dropout, self.training)
        return out

    def attend(self, hidden: torch.Tensor, rotary: tuple[torch.Tensor, torch.Tensor], layout: Layout) -> torch.Tensor:
        """The heads' outputs side by side: self-attention over the tokens of each row that are not padding."""
        heads = self.qkv(hidden).unflatten(-1, (3, self.n_heads, -1))
        query, key = rotate(heads[..., :2, :, :], *rotary).unbind(-3)
        return layout.attend(query, key, heads[..., 2, :, :]).flatten(-2)


def modulated_norm(hidden: torch.Tensor, shift: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Layer norm whose shift and scale come from the mask ratio."""
    return torch.addcmul(shift, functional.layer_norm(hidden, hidden.shape[-1:]), 1 + scale)


def mask_ratio_features(mask_ratio: torch.Tensor) -> torch.Tensor:
    """[rows] m to [rows, NUM_RATIO_FEATURES]: waves of log(-log(1 - m)), which spreads both ends of (0, 1] out."""
    clamped = mask_ratio.clamp(1e-6, 1 - 1e-4)
    level = torch.log(-torch.log1p(-clamped))
    # Wavelengths from far above the range of the level (-14 to 2.3) down to about a half.
    frequencies = torch.logspace(-1.5, 1, NUM_RATIO_FEATURES // 2, device=mask_ratio.device)
    angles = level[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def rotary_tables(max_len: int, head_dim: int) -> tuple[torch.Tensor, torch.Tensor]:
    """cos and sin, each float32 [max_len, head_dim / 2] (Su et al. 2021, arXiv:2104.09864)."""
    frequencies = torch.exp(-math.log(ROTARY_BASE) * torch.arange(0, head_dim, 2) / head_dim)
    angles = torch.outer(torch.arange(max_len, dtype=torch.float32), frequencies)
    return angles.cos(), angles.sin()


def rotate(heads: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turn [..., 2, n_heads, head_dim] by the position of each token."""
    cos, sin = cos.to(heads.dtype), sin.to(heads.dtype)
    first, second = heads.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)
