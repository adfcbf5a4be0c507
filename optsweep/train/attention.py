"""Softmax attention by whichever way is quickest on this device and in this number format."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import torch
from torch.nn import functional

FUSED_IN = (torch.float32,)
"""Formats in which torch's fused kernel for CPUs is used; in bfloat16 it takes several times as long as our parts."""
CACHED_WEIGHTS = 1 << 20
"""How many bfloat16 attention weights at once stay in the second cache of a processor."""
LENGTH_STEP = 32
"""Few different lengths: the library of matrix products (oneDNN) compiles code for each shape, and keeps a thousand."""


def attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, visible: torch.Tensor | None
) -> torch.Tensor:
    """For each token a weighted mean of its row's values, each tensor [rows, n_heads, length, head_dim].

    ``visible`` is bool [rows, 1, 1, length]: the tokens that are not padding, which stands behind them; None: all of
    them. What comes out for padding means nothing.
    """
    if query.device.type != "cpu" or query.dtype in FUSED_IN:
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=visible)
    return _in_parts(query, key, value, visible)


@functools.cache
def keep_out_of_compiled_code() -> None:
    """Have compiled code call the loop over parts as it is, instead of compiling it anew for every batch's lengths."""
    global _in_parts
    _in_parts = torch.compiler.disable(_in_parts)  # type: ignore[no-untyped-call]


def _in_parts(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, visible: torch.Tensor | None
) -> torch.Tensor:
    with torch.autocast("cpu", enabled=False):
        attended: torch.Tensor = _InParts.apply(query, key, value, visible)  # type: ignore[no-untyped-call]
    return attended


class _InParts(torch.autograd.Function):
    """A few rows after the other, so that their weights stay in the cache, and little is computed for padding."""

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, visible: torch.Tensor | None
    ) -> torch.Tensor:
        parts = list(_parts(query, visible))
        ctx.parts = [part for part, _ in parts]
        scaled = query * query.shape[-1] ** -0.5
        attended = torch.zeros_like(value)
        kept = []
        for part, shortest in parts:
            weights = scaled[part] @ key[part].transpose(-1, -2)
            if visible is not None:
                rows, _, tokens = part
                weights[..., shortest:].masked_fill_(~visible[rows, :, :, shortest : tokens.stop], -math.inf)
            torch.softmax(weights, -1, out=weights)
            attended[part] = weights @ value[part]
            kept.append(weights)
        ctx.save_for_backward(query, key, value, *kept)
        return attended

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value, *kept = ctx.saved_tensors
        scale = query.shape[-1] ** -0.5
        of_query, of_key, of_value = (torch.zeros_like(tensor) for tensor in (query, key, value))
        for part, weights in zip(ctx.parts, kept, strict=True):
            of_value[part] = weights.transpose(-1, -2) @ gradient[part]
            of_weights = gradient[part] @ value[part].transpose(-1, -2)
            of_scores = torch._softmax_backward_data(of_weights, weights, -1, weights.dtype).mul_(scale)
            of_query[part] = of_scores @ key[part]
            of_key[part] = of_scores.transpose(-1, -2) @ query[part]
        return of_query, of_key, of_value, None


def _parts(query: torch.Tensor, visible: torch.Tensor | None) -> Iterator[tuple[tuple[slice, slice, slice], int]]:
    """Rows, heads and tokens that are computed at once, and how many tokens are visible in the shortest of the rows."""
    num_rows, n_heads, longest, _ = query.shape
    lengths = [longest] * num_rows if visible is None else visible.sum(-1).flatten().tolist()
    start = 0
    while start < num_rows:
        end = start + max(1, CACHED_WEIGHTS // (n_heads * _rounded(lengths[start]) ** 2))
        tokens = min(_rounded(max(lengths[start:end])), longest)
        yield (slice(start, end), slice(None), slice(tokens)), min(lengths[start:end])
        start = end


def _rounded(length: int) -> int:
    return -(-length // LENGTH_STEP) * LENGTH_STEP
