"""How the sequences of a micro-batch lie in one tensor: side by side and padded, or packed one behind the other.

The network is the same code for both; what differs is how what belongs to a sequence reaches its tokens, which
positions these have, and how attention keeps to one sequence.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import torch

from optsweep.train.attention import attention


class Padded(NamedTuple):
    """[rows, length]: every row padded to the longest."""

    length: int
    visible: torch.Tensor | None
    """[rows, 1, 1, length], which tokens are not padding: bool, or what attention adds to its scores; None: all."""

    @classmethod
    def of(cls, lengths: torch.Tensor, length: int, score_format: torch.dtype | None = None) -> Padded:
        """Rows of ``lengths`` (int64 [rows]) tokens, padded to ``length``.

        ``score_format``: that of the numbers to be added to the scores, which a GPU would make of a mask in every
        block; None: a mask.
        """
        visible = (torch.arange(length, device=lengths.device) < lengths[:, None])[:, None, None]
        if score_format is not None:
            shape, device = visible.shape, visible.device
            visible = torch.zeros(shape, dtype=score_format, device=device).masked_fill_(~visible, -torch.inf)
        return cls(length, visible)

    def at_positions(self, table: torch.Tensor) -> torch.Tensor:
        """[positions, width] to [length, 1, 1, width]."""
        return table[: self.length, None, None]

    def rows_of(self, tokens: torch.Tensor) -> torch.Tensor:
        """The row of each of ``tokens``, which are places in the flattened micro-batch."""
        return tokens // self.length

    def to_tokens(self, per_row: torch.Tensor) -> torch.Tensor:
        """[rows, width] to [rows, 1, width]."""
        return per_row[:, None]

    def gather(self, per_row: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """[rows, width] to [n, width]: ``per_row`` at ``rows`` (int64 [n])."""
        return per_row.index_select(0, rows)

    def attend(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        """Each tensor [rows, length, n_heads, head_dim]."""
        attended = attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), self.visible)
        return attended.transpose(1, 2)


class Packed(NamedTuple):
    """[tokens]: all sequences one behind the other; the last rows are padding, up to a round number of tokens."""

    row: torch.Tensor
    """int64 [tokens], the row of each."""
    position: torch.Tensor
    """int64 [tokens], its position in that row."""
    starts: torch.Tensor
    """int32 [rows + 1], where each row begins, and the end of the last."""
    longest: int
    """No row has more tokens."""

    def at_positions(self, table: torch.Tensor) -> torch.Tensor:
        """[positions, width] to [tokens, 1, 1, width]."""
        return table.index_select(0, self.position)[:, None, None]

    def rows_of(self, tokens: torch.Tensor) -> torch.Tensor:
        """The row of each of ``tokens``."""
        return self.row.index_select(0, tokens)

    def to_tokens(self, per_row: torch.Tensor) -> torch.Tensor:
        """[rows, width] to [tokens, width]."""
        return self.gather(per_row, self.row)

    def gather(self, per_row: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """[rows, width] to [n, width]: ``per_row`` at ``rows`` (int64 [n]), many of them equal."""
        gathered: torch.Tensor = _GatherRows.apply(per_row, rows)  # type: ignore[no-untyped-call]
        return gathered

    def attend(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        """Each tensor [tokens, n_heads, head_dim]."""
        return varlen_attention(query, key, value, self.starts, self.starts, self.longest, self.longest)


Layout: TypeAlias = Padded | Packed


def varlen_attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    starts: torch.Tensor,
    starts_of_keys: torch.Tensor,
    longest: int,
    longest_of_keys: int,
) -> torch.Tensor:
    """Attention within each sequence by torch's flash attention: CUDA, 16 bits; shapes as in `Packed.attend`."""
    from torch.nn.attention.varlen import varlen_attn

    # Versions differ in what comes after these seven.
    attended = varlen_attn(query, key, value, starts, starts_of_keys, longest, longest_of_keys)
    assert isinstance(attended, torch.Tensor)
    return attended


def pick(hidden: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """[n, width] to [picked, width]: ``hidden`` at ``places`` (int64 [picked]), no two of them equal."""
    picked: torch.Tensor = _Pick.apply(hidden, places)  # type: ignore[no-untyped-call]
    return picked


class _GatherRows(torch.autograd.Function):
    """With a gradient by a matrix product: torch's own adds hundreds of numbers to one place, one after the other."""

    @staticmethod
    def forward(ctx: Any, table: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(rows)
        ctx.num_rows = len(table)
        return table.index_select(0, rows)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        (rows,) = ctx.saved_tensors
        members = torch.arange(ctx.num_rows, device=rows.device)[:, None] == rows
        return members.to(gradient.dtype) @ gradient, None


class _Pick(torch.autograd.Function):
    """With a gradient that is copied into place: there is nothing to add up."""

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(places)
        ctx.num_tokens = len(hidden)
        return hidden.index_select(0, places)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        (places,) = ctx.saved_tensors
        whole = gradient.new_zeros(ctx.num_tokens, gradient.shape[-1])
        return whole.index_copy_(0, places, gradient), None
