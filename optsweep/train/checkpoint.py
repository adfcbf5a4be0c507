"""Checkpoints of a run: the current and the previous one, checked before they are believed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import torch

from optsweep.config import TrainConfig, course
from optsweep.data.training_data import TrainingData
from optsweep.errors import DataError
from optsweep.files import atomic_path, remove_leftovers
from optsweep.train.checkpoint_file import Checkpoint, CheckpointFile, read_checkpoint
from optsweep.train.model import Transformer

CURRENT = "checkpoint.pt"
PREVIOUS = "checkpoint_previous.pt"

_logger = logging.getLogger("optsweep.train")


def fingerprint(config: TrainConfig, data: TrainingData) -> str:
    """Changes with whatever changes a run's course: its config and its data, not how the work is split and run."""
    values = course(config)
    for name in ("micro_batch", "threads", "compile"):
        del values["training"][name]
    sizes = [[len(part), int(part.lengths.sum())] for part in (data.train, data.validation)]
    return hashlib.sha256(json.dumps([values, sizes], sort_keys=True).encode()).hexdigest()


class CheckpointStore:
    """The checkpoints in one run's directory."""

    def __init__(self, directory: Path, config: TrainConfig, data: TrainingData, *, writes: bool = True) -> None:
        """``writes``: whether this process is the one of those that train the run which saves it."""
        self._config = config
        self._fingerprint = fingerprint(config, data)
        self._current = directory / CURRENT
        self._current_is_good = False
        self._writes = writes
        if writes:
            remove_leftovers(self._current)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write ``checkpoint``; what was current before becomes the previous one, unless it could not be read."""
        if not self._writes:
            return
        with atomic_path(self._current) as temporary:
            CheckpointFile(checkpoint, self._config, self._fingerprint).write(temporary)
            if self._current_is_good:
                self._current.replace(self._current.with_name(PREVIOUS))
        self._current_is_good = True

    def load(self) -> Checkpoint | None:
        """The newest checkpoint of this run that is whole, or None; the log says why one was passed over."""
        for path, found in _whole(self._current.parent):
            if found.run != self._fingerprint or found.config.model != self._config.model:
                reason = "is of another config or other data"
            elif found.checkpoint.weights is None and not found.is_over:
                reason = "holds EMA weights only, training cannot go on from them"
            else:
                self._current_is_good = path == self._current
                return found.checkpoint
            _logger.warning("checkpoint passed over: %s: %s", path, reason)
        return None


def keep_ema_only(directory: Path) -> None:
    """Shrink an ended run's newest whole checkpoint to EMA weights, config and history; the rest goes.

    A run that ended before its first checkpoint has nothing to shrink.
    """
    for _, found in _whole(directory):
        if found.checkpoint.weights is not None:
            kept = dataclasses.replace(found.checkpoint, weights=None, optimizer=None)
            with atomic_path(directory / CURRENT) as temporary:
                found._replace(checkpoint=kept).write(temporary)
        (directory / PREVIOUS).unlink(missing_ok=True)
        return


def has_checkpoint(directory: Path) -> bool:
    """Whether an ended run has some weights left."""
    return (directory / CURRENT).exists()


def remove_checkpoints(directory: Path) -> None:
    """Remove both checkpoints of a run; its config, metrics and log stay."""
    for path in (directory / CURRENT, directory / PREVIOUS):
        path.unlink(missing_ok=True)
        remove_leftovers(path)


def load_ema(path: Path, device: str | torch.device = "cpu") -> tuple[TrainConfig, Transformer]:
    """The config and the network with the EMA weights of a checkpoint, ready to predict.

    Raises `DataError` where ``path`` is not a whole checkpoint of this program.
    """
    checkpoint, config, _ = read_checkpoint(path)
    if not all(tensor.isfinite().all() for tensor in checkpoint.ema.values()):
        raise DataError(f"{path}: its weights are not finite; an earlier checkpoint of the run may be whole")
    model = Transformer(config.model, config.data.max_protein_len)
    model.load_state_dict(checkpoint.ema)
    return config, model.to(device).eval().requires_grad_(False)


def _whole(directory: Path) -> Iterator[tuple[Path, CheckpointFile]]:
    """The run's checkpoints that are whole, the newest first; the log says why one was passed over."""
    for path in filter(Path.exists, (directory / CURRENT, directory / PREVIOUS)):
        try:
            found = read_checkpoint(path)
        except DataError as error:
            _logger.warning("checkpoint passed over: %s", error)
        else:
            yield path, found
