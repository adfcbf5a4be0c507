"""A stand-in for torch's flash attention within sequences, on any device: each sequence by itself, the same arguments.

An operator of its own, as the real one is, so that torch.compile and fake tensors see one thing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention


def _sequences(starts: torch.Tensor, *tensors: torch.Tensor) -> Iterator[tuple[torch.Tensor, ...]]:
    """[1, n_heads, length, head_dim] of each, for every sequence that is not empty."""
    for start, end in itertools.pairwise(starts.tolist()):
        if end > start:
            yield tuple(tensor[start:end].transpose(0, 1)[None] for tensor in tensors)


@torch.library.custom_op("optsweep::varlen_reference", mutates_args=())
def varlen_reference(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    starts: torch.Tensor,
    starts_of_keys: torch.Tensor,
    longest: int,
    longest_of_keys: int,
) -> torch.Tensor:
    attended = [
        scaled_dot_product_attention(q, k, v)[0].transpose(0, 1) for q, k, v in _sequences(starts, query, key, value)
    ]
    return torch.cat(attended).contiguous()


@torch.library.custom_op("optsweep::varlen_reference_backward", mutates_args=())
def _gradients(
    gradient: torch.Tensor, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, starts: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    # Written out: there is no autograd within an operator.
    parts = []
    scale = query.shape[-1] ** -0.5
    for of_attended, q, k, v in _sequences(starts, gradient, query, key, value):
        weights = (scale * q @ k.transpose(-1, -2)).softmax(-1)
        of_weights = of_attended @ v.transpose(-1, -2)
        of_scores = scale * weights * (of_weights - (of_weights * weights).sum(-1, keepdim=True))
        found = of_scores @ k, of_scores.transpose(-1, -2) @ q, weights.transpose(-1, -2) @ of_attended
        parts.append([tensor[0].transpose(0, 1) for tensor in found])
    of_query, of_key, of_value = (torch.cat(part).contiguous() for part in zip(*parts, strict=True))
    return of_query, of_key, of_value


@varlen_reference.register_fake
def _(query: torch.Tensor, *_: Any) -> torch.Tensor:
    return query.new_empty(query.shape)


@_gradients.register_fake
def _(gradient: torch.Tensor, *_: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return gradient.new_empty(gradient.shape), gradient.new_empty(gradient.shape), gradient.new_empty(gradient.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:
    ctx.save_for_backward(*inputs[:4])


def _backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
    return *_gradients(gradient, *ctx.saved_tensors), None, None, None, None


varlen_reference.register_autograd(_backward, setup_context=_keep)
