"""The network: a bidirectional transformer that predicts the masked residues of proteins.

Rotary positions; pre-normalisation without parameters, modulated by the mask ratio (adaptive layer norm of Peebles &
Xie 2022, arXiv:2212.09748); logits only for the 20 residues, and only where one is asked for; what follows the last
attention is computed only there too. No biases but in the conditioning and the head. The gates begin open: with theirs
shut, short runs were seen to stay at the unigram entropy for hundreds of iterations before attention found anything.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from optsweep.config import ModelConfig
from optsweep.data.vocabulary import FIRST_RESIDUE, VOCABULARY_SIZE
from optsweep.train.attention import attention
from optsweep.train.sizes import MLP_RATIO, NUM_RATIO_FEATURES

NUM_RESIDUES = VOCABULARY_SIZE - FIRST_RESIDUE
ROTARY_BASE = 10_000.0


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
        cos, sin = rotary_tables(max_len, hidden // config.n_heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        nn.init.normal_(self.embedding.weight)
        nn.init.normal_(self.head.weight, std=hidden**-0.5)
        for layer in (self.final_modulation, self.head):
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.final_modulation.weight)

    def forward(
        self,
        tokens: torch.Tensor,
        lengths: torch.Tensor | None,
        mask_ratio: torch.Tensor,
        positions: torch.Tensor,
    ) -> torch.Tensor:
        """Logits, float32 [masked residues, 20], at ``positions`` (int64, into the flattened ``tokens``).

        ``tokens`` is int64 [rows, length]; ``lengths`` int64 [rows] says how many of each row are not padding (None:
        all); ``mask_ratio`` is float32 [rows], the share m of residues that is masked.
        """
        num_tokens = tokens.shape[1]
        rotary = (self.cos[:num_tokens, None], self.sin[:num_tokens, None])
        visible = None
        if lengths is not None:
            visible = (torch.arange(num_tokens, device=tokens.device) < lengths[:, None])[:, None, None]
        condition = self.condition(mask_ratio_features(mask_ratio))[:, None]
        hidden = self.embedding(tokens)
        for block in self.blocks[:-1]:
            hidden = block(hidden, condition, rotary, visible)
        # Nothing after the last attention looks at other tokens: from there on only those that are scored are computed.
        scored = Scored(positions, positions // num_tokens)
        hidden = self.blocks[-1](hidden, condition, rotary, visible, scored)
        shift, scale = scored.rows_of(self.final_modulation(condition)).chunk(2, dim=-1)
        logits: torch.Tensor = self.head(modulated_norm(hidden, shift, scale)).float()
        return logits


class Scored(NamedTuple):
    """The tokens of a micro-batch whose logits are wanted."""

    tokens: torch.Tensor
    """int64 [scored], into the flattened tokens."""
    rows: torch.Tensor
    """int64 [scored], the row of each."""

    def tokens_of(self, hidden: torch.Tensor) -> torch.Tensor:
        """[rows, length, width] to [scored, width]."""
        return hidden.flatten(0, 1).index_select(0, self.tokens)

    def rows_of(self, condition: torch.Tensor) -> torch.Tensor:
        """[rows, 1, width] to [scored, width]."""
        return condition.squeeze(1).index_select(0, self.rows)


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
        visible: torch.Tensor | None,
        scored: Scored | None = None,
    ) -> torch.Tensor:
        """``hidden`` is [rows, length, hidden_size], ``condition`` [rows, 1, cond_dim].

        ``visible`` is bool [rows, 1, 1, length]: the tokens that are not padding; None: all of them. Returns all
        tokens, or those that are ``scored``, as [scored, hidden_size].
        """
        modulation = self.modulation(condition)
        shift, scale = modulation.chunk(6, dim=-1)[:2]
        attended = self.attend(modulated_norm(hidden, shift, scale), rotary, visible)
        if scored is not None:
            hidden, attended = scored.tokens_of(hidden), scored.tokens_of(attended)
            modulation = scored.rows_of(modulation)
        gate1, shift, scale, gate2 = modulation.chunk(6, dim=-1)[2:]
        hidden = hidden + gate1 * functional.dropout(self.attention_out(attended), self.dropout, self.training)
        inner = functional.gelu(self.mlp_in(modulated_norm(hidden, shift, scale)), approximate="tanh")
        out: torch.Tensor = hidden + gate2 * functional.dropout(self.mlp_out(inner), self.dropout, self.training)
        return out

    def attend(
        self, hidden: torch.Tensor, rotary: tuple[torch.Tensor, torch.Tensor], visible: torch.Tensor | None
    ) -> torch.Tensor:
        """The heads' outputs side by side: self-attention over the tokens of each row that are not padding."""
        heads = self.qkv(hidden).unflatten(-1, (3, self.n_heads, -1))
        query, key = rotate(heads[:, :, :2], *rotary).unbind(2)
        value = heads[:, :, 2]
        attended = attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), visible)
        return attended.transpose(1, 2).flatten(2)


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
    """Turn [rows, length, ..., n_heads, head_dim] by the position along ``length``."""
    cos, sin = cos[:, None].to(heads.dtype), sin[:, None].to(heads.dtype)
    first, second = heads.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)
