"""The ways to train that are compared: each object's `step` does one optimiser step on the same sequences.

All of them train the same network by the same loss; they differ in padding, number format, compilation and in who feeds
them. torch, numpy and pydantic only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, Sampler

from optsweep.config import ModelConfig, TrainConfig
from optsweep.data.batches import NUM_SPECIAL, ShuffledEpochs
from optsweep.data.sequences import Sequences
from optsweep.data.training_data import TrainingData
from optsweep.data.vocabulary import BOS, EOS, FIRST_RESIDUE, MASK, PAD
from optsweep.train.device import synchronize
from optsweep.train.execution import Execution, execution_for
from optsweep.train.layout import Padded
from optsweep.train.micro_batch import auto_micro_batch, first_micro_batch
from optsweep.train.model import Transformer
from optsweep.train.optimizer import BETA1
from optsweep.train.schedules import Stream, ema_decay
from optsweep.train.speed import Compilation
from optsweep.train.train_state import TrainState

MAX_LEN = 512


class Trainer(Protocol):
    def step(self) -> None: ...


def bench_config(model: ModelConfig, effective_batch: int, **training: Any) -> TrainConfig:
    return TrainConfig.model_validate(
        {
            "model": model,
            "training": {"n_iters": 10_000, "effective_batch": effective_batch, **training},
            "optim": {"lr": 1e-4, "warmup": 10},
            "data": {"max_protein_len": MAX_LEN},
            "evaluation": {"num_evaluations": 1},
        }
    )


def lengths_of_step(config: TrainConfig, data: TrainingData, step: int) -> NDArray[np.int64]:
    """Real residues of each sequence of iteration ``step``, the same ones for every trainer."""
    size = config.training.effective_batch
    rows = ShuffledEpochs(len(data.train), [config.training.seed, Stream.EPOCHS]).take(step * size, size)
    return np.minimum(data.train.lengths[rows], MAX_LEN - NUM_SPECIAL)


def residues_of_step(config: TrainConfig, data: TrainingData, step: int) -> int:
    return int(lengths_of_step(config, data, step).sum())


class Ours:
    """What `optsweep train` does between two evaluations; in the quickest ``execution`` unless another one is given."""

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        device: torch.device,
        execution: Execution | None = None,
        micro_batch: int | None = None,
    ) -> None:
        execution = execution or execution_for(config, device)
        size = config.training.effective_batch
        self._state = TrainState(config, data, execution, micro_batch or first_micro_batch(config, execution, size))
        Compilation(config.training.compile, device, [self._state.model])
        # A graph of its own, which no timed step is to compile; and a GPU's memory fails here or never.
        self._state.try_largest()

    def step(self) -> None:
        self._state.iterate()
        synchronize(self._state.execution.device)


class Recipe:
    """The script that everybody writes: a DataLoader over dicts, every sequence padded to 512, gradient accumulation.

    ``autocast`` None is float32; float16 comes with a gradient scaler.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        device: torch.device,
        autocast: torch.dtype | None = None,
        micro_batch: int | None = None,
    ) -> None:
        self._config, self._device, self._autocast = config, device, autocast
        self._micro = micro_batch or auto_micro_batch(device, MAX_LEN, config.training.effective_batch)
        loader = DataLoader(Dicts(data.train), batch_size=self._micro, sampler=Rows(config, len(data.train)))
        self._batches = iter(loader)
        self._model = Transformer(config.model, MAX_LEN).to(device)
        self._average = {name: value.clone() for name, value in self._model.state_dict().items()}
        optim = config.optim
        self._optimizer = torch.optim.AdamW(
            self._model.parameters(), lr=optim.lr, weight_decay=optim.weight_decay, betas=(BETA1, optim.beta2)
        )
        self._scaler = torch.amp.GradScaler(device.type, enabled=autocast == torch.float16)
        self._step = 0

    def step(self) -> None:
        num_parts = self._config.training.effective_batch // self._micro
        for _ in range(num_parts):
            batch = next(self._batches)
            loss = self._loss(batch["prot_tokens"].to(self._device), batch["length"].to(self._device)) / num_parts
            torch.autograd.backward(self._scaler.scale(loss))
            loss.item()
        self._scaler.unscale_(self._optimizer)
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._config.optim.grad_clip)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._optimizer.zero_grad()
        decay = ema_decay(self._config.training.ema_fraction, self._config.training.n_iters, self._step)
        for name, value in self._model.state_dict().items():
            self._average[name].mul_(decay).add_(value, alpha=1 - decay)
        self._step += 1
        synchronize(self._device)

    def _loss(self, tokens: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        ratio = torch.rand(len(tokens), device=self._device)
        is_masked = (tokens >= FIRST_RESIDUE) & (torch.rand(tokens.shape, device=self._device) < ratio[:, None])
        noisy = torch.where(is_masked, MASK, tokens)
        # Logits of everything, padding too, of which the loss leaves out what was not masked.
        everything = torch.arange(tokens.numel(), device=self._device)
        labels = torch.where(is_masked, tokens - FIRST_RESIDUE, -100).flatten()
        with torch.autocast(self._device.type, dtype=self._autocast, enabled=self._autocast is not None):
            logits = self._model(noisy, Padded.of(length, noisy.shape[1]), ratio, everything)
        return functional.cross_entropy(logits, labels)


class Rows(Sampler[int]):
    """The rows that our own training draws, one after the other."""

    def __init__(self, config: TrainConfig, num_sequences: int) -> None:
        self._size = config.training.effective_batch
        self._epochs = ShuffledEpochs(num_sequences, [config.training.seed, Stream.EPOCHS])

    def __iter__(self) -> Iterator[int]:
        start = 0
        while True:
            yield from self._epochs.take(start, self._size).tolist()
            start += self._size


class Dicts(Dataset[dict[str, Any]]):
    """Rows as the usual legacy files hold them."""

    def __init__(self, sequences: Sequences) -> None:
        self._sequences = sequences

    def __len__(self) -> int:
        return len(self._sequences)

    def __getitem__(self, index: int) -> dict[str, Any]:
        residues = self._sequences[index][: MAX_LEN - NUM_SPECIAL]
        tokens = torch.full((MAX_LEN,), PAD, dtype=torch.long)
        tokens[0], tokens[len(residues) + 1] = BOS, EOS
        tokens[1 : len(residues) + 1] = torch.from_numpy(residues.copy())
        return {"prot_tokens": tokens, "length": len(residues) + NUM_SPECIAL}
