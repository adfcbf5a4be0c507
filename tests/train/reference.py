"""The loss of the design, written plainly: one sequence at a time, no padding, no micro-batches, float32."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from optsweep.data.vocabulary import BOS, EOS, FIRST_RESIDUE, MASK
from optsweep.train.model import Transformer


def plain_forward(model: Transformer, tokens: list[int], mask_ratio: float) -> torch.Tensor:
    """Logits [length, 20] of one sequence, from the model's parameters, with attention written out."""
    m = min(max(mask_ratio, 1e-6), 1 - 1e-4)
    level = math.log(-math.log1p(-m))
    waves = [10 ** (-1.5 + 2.5 * i / 15) for i in range(16)]
    features = torch.tensor([math.cos(level * w) for w in waves] + [math.sin(level * w) for w in waves])
    condition = features
    for layer in (model.condition[0], model.condition[2]):
        condition = functional.silu(layer.weight @ condition + layer.bias)

    x = model.embedding.weight[torch.tensor(tokens)]
    for block in model.blocks:
        parts = (block.modulation.weight @ condition + block.modulation.bias).chunk(6)
        shift1, scale1, gate1, shift2, scale2, gate2 = parts
        x = x + gate1 * plain_attention(block, plain_norm(x) * (1 + scale1) + shift1)
        inner = (plain_norm(x) * (1 + scale2) + shift2) @ block.mlp_in.weight.T
        x = x + gate2 * (functional.gelu(inner, approximate="tanh") @ block.mlp_out.weight.T)
    shift, scale = (model.final_modulation.weight @ condition + model.final_modulation.bias).chunk(2)
    return (plain_norm(x) * (1 + scale) + shift) @ model.head.weight.T + model.head.bias


def plain_norm(x: torch.Tensor) -> torch.Tensor:
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred / torch.sqrt((centred**2).mean(dim=-1, keepdim=True) + 1e-5)


def plain_attention(block: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    query, key, value = (x @ block.qkv.weight.T).chunk(3, dim=-1)
    head_dim = x.shape[1] // block.n_heads
    outputs = []
    for head in range(block.n_heads):
        part = slice(head * head_dim, (head + 1) * head_dim)
        q, k = plain_rotary(query[:, part]), plain_rotary(key[:, part])
        outputs.append(torch.softmax(q @ k.T / math.sqrt(head_dim), dim=-1) @ value[:, part])
    return torch.cat(outputs, dim=-1) @ block.attention_out.weight.T


def plain_rotary(x: torch.Tensor) -> torch.Tensor:
    half = x.shape[1] // 2
    angle = torch.tensor([[position * 10_000.0 ** (-i / half) for i in range(half)] for position in range(len(x))])
    a, b = x[:, :half], x[:, half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], dim=1)


def plain_loss(
    model: Transformer,
    sequences: list[list[int]],
    masked: list[list[bool]],
    mask_ratio: list[float],
    slope: list[float],
) -> torch.Tensor:
    """sum over sequences of L m'(t) mean CE over the k masked residues, divided by the sum of L."""
    total = torch.zeros(())
    num_residues = 0
    for tokens, hidden, m, weight in zip(sequences, masked, mask_ratio, slope, strict=True):
        length = sum(token >= FIRST_RESIDUE for token in tokens)
        num_residues += length
        if not any(hidden):
            continue
        seen = [MASK if is_hidden else token for token, is_hidden in zip(tokens, hidden, strict=True)]
        logits = plain_forward(model, [BOS, *seen, EOS], m)[1:-1]
        losses = [
            -torch.log_softmax(logits[i], dim=-1)[tokens[i] - FIRST_RESIDUE]
            for i, is_hidden in enumerate(hidden)
            if is_hidden
        ]
        total = total + length * weight * torch.stack(losses).mean()
    return total / num_residues
