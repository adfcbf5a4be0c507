"""Hugging Face's ESM of the same width and depth on the same sequences: padded, or packed by its own arguments."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface, EsmConfig, EsmForMaskedLM

from benchmarks._trainers import MAX_LEN, Dicts, Rows
from optsweep.config import TrainConfig
from optsweep.data.training_data import TrainingData
from optsweep.data.vocabulary import FIRST_RESIDUE, MASK, PAD, VOCABULARY_SIZE
from optsweep.train import layout
from optsweep.train.device import synchronize, uses_bfloat16
from optsweep.train.micro_batch import auto_micro_batch

PACKED = "within_sequences"


class HuggingFace:
    """EsmForMaskedLM as transformers' Trainer runs it: bfloat16 where the hardware has it, fused AdamW.

    Padded to the longest of a batch of similar lengths (``group_by_length``), or ``packed``, one behind the other.
    transformers hands the sequences' starts to flash-attn; here to torch's flash attention, which needs no other
    package.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        device: torch.device,
        *,
        compiled: bool,
        packed: bool = False,
        micro_batch: int | None = None,
    ) -> None:
        self._config, self._device, self._packed = config, device, packed
        self._micro = micro_batch or auto_micro_batch(device, MAX_LEN, config.training.effective_batch)
        self._rows = iter(Rows(config, len(data.train)))
        self.dicts = Dicts(data.train)
        model = config.model
        AttentionInterface.register(PACKED, _within_sequences)
        self.model = EsmForMaskedLM(
            EsmConfig(
                vocab_size=VOCABULARY_SIZE,
                mask_token_id=MASK,
                pad_token_id=PAD,
                hidden_size=model.hidden_size,
                num_hidden_layers=model.n_blocks,
                num_attention_heads=model.n_heads,
                intermediate_size=4 * model.hidden_size,
                max_position_embeddings=MAX_LEN + 2,
                position_embedding_type="rotary",
                token_dropout=False,
                hidden_dropout_prob=model.dropout,
                attention_probs_dropout_prob=0.0,
                attn_implementation=PACKED if packed else "sdpa",
            )
        ).to(device)
        self._optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.optim.lr, fused=True)
        if compiled:
            self.model.compile(dynamic=True)
        self._bfloat16 = uses_bfloat16(config.training.precision, device)

    def step(self) -> None:
        size = self._config.training.effective_batch
        rows = sorted((self.dicts[next(self._rows)] for _ in range(size)), key=lambda row: -row["length"])
        for start in range(0, size, self._micro):
            self._backward(rows[start : start + self._micro], size)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self._config.optim.grad_clip)
        self._optimizer.step()
        self._optimizer.zero_grad()
        synchronize(self._device)

    def _backward(self, rows: list[dict[str, Any]], size: int) -> None:
        lengths = torch.tensor([row["length"] for row in rows])
        ratio = torch.rand(len(rows), 1, device=self._device)
        if self._packed:
            tokens = torch.cat([row["prot_tokens"][: row["length"]] for row in rows])[None].to(self._device)
            ratio = ratio[:, 0].repeat_interleave(lengths.to(self._device), output_size=tokens.shape[1])
            inputs = self.starts(lengths)
        else:
            tokens = torch.stack([row["prot_tokens"][: rows[0]["length"]] for row in rows]).to(self._device)
            inputs = {"attention_mask": (tokens != PAD).long()}
        is_masked = (tokens >= FIRST_RESIDUE) & (torch.rand(tokens.shape, device=self._device) < ratio)
        labels = torch.where(is_masked, tokens, -100)
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bfloat16):
            output = self.model(torch.where(is_masked, MASK, tokens), labels=labels, **inputs)
        (output.loss * (len(rows) / size)).backward()

    def starts(self, lengths: torch.Tensor) -> dict[str, Any]:
        """What transformers wants to know of packed sequences."""
        starts = torch.nn.functional.pad(lengths.cumsum(0), (1, 0))
        positions = torch.cat([torch.arange(length) for length in lengths.tolist()])[None].to(self._device)
        starts = starts.int().to(self._device)
        of = {f"cu_seq_lens_{name}": starts for name in "qk"}
        return {"position_ids": positions, **of, **{f"max_length_{name}": MAX_LEN for name in "qk"}}


def _within_sequences(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float,
    cu_seq_lens_q: torch.Tensor,
    max_length_q: int,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention as transformers calls it: three of [1, n_heads, tokens, head_dim] to [1, tokens, n_heads, head_dim]."""
    # ESM has scaled its queries; flash attention would do so a second time.
    query = query * (scaling * query.shape[-1] ** 0.5)
    heads = [tensor[0].transpose(0, 1) for tensor in (query, key, value)]
    starts, longest = cu_seq_lens_q, max_length_q
    attended = layout.varlen_attention(heads[0], heads[1], heads[2], starts, starts, longest, longest)
    return attended[None], None
