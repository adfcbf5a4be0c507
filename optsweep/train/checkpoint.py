"""Checkpoints of a run: the current and the previous one, checked before they are believed.

A file is what torch.save writes: a zip of tensors and plain containers, read with weights_only=True. The zip holds a
CRC-32 of every record, which torch does not look at and we do.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.config import TrainConfig, searched_fields
from optsweep.data.training_data import TrainingData
from optsweep.errors import DataError
from optsweep.files import atomic_path, remove_leftovers
from optsweep.toml_files import validate
from optsweep.train.model import Transformer
from optsweep.train.report import Evaluation

FORMAT = 2
CURRENT = "checkpoint.pt"
PREVIOUS = "checkpoint_previous.pt"

_logger = logging.getLogger("optsweep.train")


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a run needs to go on; random states and the place in the data follow from seed and step."""

    step: int
    seconds: float
    micro_batch: int
    history: list[Evaluation]
    losses: NDArray[np.float32] | None
    """Those of the best evaluation."""
    ema: dict[str, torch.Tensor]
    weights: dict[str, torch.Tensor] | None
    """None, as is ``optimizer``, if only the EMA weights were kept."""
    optimizer: list[list[list[torch.Tensor]]] | None


def fingerprint(config: TrainConfig, data: TrainingData) -> str:
    """Changes with whatever changes a run's course: its config and its data, not how the work is split and run."""
    values = config.model_dump(
        mode="json", exclude={"provenance": True, "training": {"micro_batch", "threads", "compile"}}
    )
    for section, name, field, searched in searched_fields():
        # The checkpoints of a study that is older than the hyperparameter stay valid.
        if searched.added_later and values[section][name] == field.default:
            del values[section][name]
    sizes = [[len(part), int(part.lengths.sum())] for part in (data.train, data.validation)]
    return hashlib.sha256(json.dumps([values, sizes], sort_keys=True).encode()).hexdigest()


class CheckpointStore:
    """The checkpoints in one run's directory."""

    def __init__(self, directory: Path, config: TrainConfig, data: TrainingData) -> None:
        self._config = config
        self._fingerprint = fingerprint(config, data)
        self._current = directory / CURRENT
        self._current_is_good = False
        remove_leftovers(self._current)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write ``checkpoint``; what was current before becomes the previous one, unless it could not be read."""
        with atomic_path(self._current) as temporary:
            _write(_to_values(checkpoint, self._config, self._fingerprint), temporary)
            if self._current_is_good:
                self._current.replace(self._current.with_name(PREVIOUS))
        self._current_is_good = True

    def load(self) -> Checkpoint | None:
        """The newest checkpoint of this run that is whole, or None; the log says why one was passed over."""
        for path, values in _whole(self._current.parent):
            if values["fingerprint"] != self._fingerprint:
                reason = "is of another config or other data"
            elif values["weights"] is None and values["step"] < self._config.training.n_iters:
                reason = "holds EMA weights only, training cannot go on from them"
            else:
                self._current_is_good = path == self._current
                return _from_values(values)
            _logger.warning("checkpoint passed over: %s: %s", path, reason)
        return None


def keep_ema_only(directory: Path) -> None:
    """Shrink an ended run's newest whole checkpoint to EMA weights, config and history; the rest goes.

    A run that ended before its first checkpoint has nothing to shrink.
    """
    for _, values in _whole(directory):
        if values["weights"] is not None:
            values["weights"] = values["optimizer"] = None
            with atomic_path(directory / CURRENT) as temporary:
                _write(values, temporary)
        (directory / PREVIOUS).unlink(missing_ok=True)
        return


def remove_checkpoints(directory: Path) -> None:
    """Remove both checkpoints of a run; its config, metrics and log stay."""
    for path in (directory / CURRENT, directory / PREVIOUS):
        path.unlink(missing_ok=True)
        remove_leftovers(path)


def load_ema(path: Path, device: str | torch.device = "cpu") -> tuple[TrainConfig, Transformer]:
    """The config and the network with the EMA weights of a checkpoint, ready to predict.

    Raises `DataError` where ``path`` is not a whole checkpoint of this program.
    """
    values = _read(path)
    config = validate(TrainConfig, values["config"], str(path))
    model = Transformer(config.model, config.data.max_protein_len)
    model.load_state_dict(values["ema"])
    return config, model.to(device).eval().requires_grad_(False)


def _to_values(checkpoint: Checkpoint, config: TrainConfig, run: str) -> dict[str, Any]:
    losses = checkpoint.losses
    return {
        **vars(checkpoint),
        "history": [dataclasses.asdict(evaluation) for evaluation in checkpoint.history],
        "losses": None if losses is None else torch.from_numpy(losses),
        "format": FORMAT,
        "config": config.model_dump(mode="json", exclude_none=True),
        "fingerprint": run,
    }


def _write(values: dict[str, Any], path: Path) -> None:
    # Through Python's file: torch's own does not say why it failed when the disk is full.
    with path.open("wb") as file:
        torch.save(values, file)


def _from_values(values: dict[str, Any]) -> Checkpoint:
    losses = values["losses"]
    fields = {field.name: values[field.name] for field in dataclasses.fields(Checkpoint)}
    fields["history"] = [Evaluation(**{**evaluation, "restored": True}) for evaluation in values["history"]]
    fields["losses"] = None if losses is None else losses.numpy()
    return Checkpoint(**fields)


def _whole(directory: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The run's checkpoints that are whole, the newest first; the log says why one was passed over."""
    for path in filter(Path.exists, (directory / CURRENT, directory / PREVIOUS)):
        try:
            values = _read(path)
        except DataError as error:
            _logger.warning("checkpoint passed over: %s", error)
        else:
            yield path, values


def _read(path: Path) -> dict[str, Any]:
    """The values of a whole checkpoint file; raises `DataError` for anything else."""
    try:
        with zipfile.ZipFile(path) as records:
            damaged = records.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"checksum of {damaged} does not match")
        values = torch.load(path, map_location="cpu", weights_only=True)
        found = values["format"]
    # A damaged file can make zip and torch raise nearly anything.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise DataError(f"{path}: is not a whole checkpoint: {reason[:160]}") from error
    if found != FORMAT:
        raise DataError(f"{path}: is a checkpoint of format {found!r}; this version reads format {FORMAT}")
    assert isinstance(values, dict)
    return values
