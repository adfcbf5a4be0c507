"""The file of a checkpoint: what torch.save writes, read by rules of our own.

A zip of numbers and of one pickle, which holds plain containers and says which numbers are which tensor. Torch's reader
believes every size that the pickle names, and unpacks before it looks. Here sizes are compared with the file's before
anything is read, each record with its CRC-32, and what comes out with what a checkpoint holds.
"""

from __future__ import annotations

import dataclasses
import io
import math
import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, TypeGuard

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, InstanceOf

from optsweep.config import FiniteFloat, NaturalInt, PositiveInt, Section, TrainConfig
from optsweep.errors import ConfigError, DataError
from optsweep.files import open_regular
from optsweep.toml_files import validate
from optsweep.torch_format.unpickling import Call, Storage, Table, Tensor
from optsweep.train.patience import PatienceState
from optsweep.train.report import Evaluation
from optsweep.train.sizes import weight_shapes

FORMAT = 2
ITEM_BYTES = 4
"""All numbers are float32."""
MAX_PICKLE = 1 << 23
"""Bytes; ten thousand evaluations of a network of ten thousand tensors take a quarter of that."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a run needs to go on; random states and the place in the data follow from seed and step."""

    step: int
    seconds: float
    micro_batch: int
    history: list[Evaluation]
    losses: NDArray[np.float32] | None
    """Those of the best evaluation."""
    patience: PatienceState
    ema: dict[str, torch.Tensor]
    weights: dict[str, torch.Tensor] | None
    """None, as is ``optimizer``, if only the EMA weights were kept."""
    optimizer: list[list[list[torch.Tensor]]] | None


class CheckpointFile(NamedTuple):
    checkpoint: Checkpoint
    config: TrainConfig
    run: str
    """The run's fingerprint."""

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to train."""
        return self.checkpoint.step == self.config.training.n_iters or self.checkpoint.patience.overfits

    def write(self, path: Path) -> None:
        losses, history = self.checkpoint.losses, self.checkpoint.history
        values = {
            **vars(self.checkpoint),
            "history": [dataclasses.asdict(evaluation) for evaluation in history],
            "losses": None if losses is None else torch.from_numpy(losses),
            "patience": dataclasses.asdict(self.checkpoint.patience),
            "format": FORMAT,
            "config": self.config.model_dump(mode="json", exclude_none=True),
            "fingerprint": self.run,
        }
        # Through Python's file: torch's own does not say why it failed when the disk is full.
        with path.open("wb") as file:
            torch.save(values, file)


def read_checkpoint(path: Path) -> CheckpointFile:
    """The content of a whole checkpoint file; raises `DataError` for anything else."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as records:
            return _content(_Records(records, os.fstat(file.fileno()).st_size))
    except _OtherFormat as error:
        raise DataError(f"{path}: {error}") from None
    except ConfigError as error:
        raise DataError(f"{path}: is not a whole checkpoint: {error.mistakes[0]}") from None
    # A damaged file can make zip and pickle raise nearly anything.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise DataError(f"{path}: is not a whole checkpoint: {reason[:160]}") from error


class _OtherFormat(Exception):
    """The checkpoint is of a format that this version does not read."""


class _Evaluation(Section):
    index: NaturalInt | None
    step: NaturalInt
    sequences: NaturalInt
    value: FiniteFloat
    progress: FiniteFloat
    seconds: FiniteFloat
    restored: bool = False


class _Patience(Section):
    training_loss: FiniteFloat | None
    worse: NaturalInt
    overfits: bool


_Tensors = dict[str, InstanceOf[Tensor]]
_Parameters = list[InstanceOf[Tensor]]
_Kept = Annotated[list[_Parameters], Field(max_length=3)]


class _Contents(Section):
    """What the pickle holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    step: NaturalInt
    seconds: FiniteFloat
    micro_batch: PositiveInt
    history: Annotated[list[_Evaluation], Field(max_length=1_000_000)]
    losses: InstanceOf[Tensor] | None
    patience: _Patience | None = None
    """Earlier versions had none."""
    ema: _Tensors
    weights: _Tensors | None
    optimizer: Annotated[list[_Kept], Field(max_length=2)] | None
    config: TrainConfig
    fingerprint: str


class _Records:
    """The records of the zip, none of which is larger than the file has bytes for it."""

    def __init__(self, records: zipfile.ZipFile, size: int) -> None:
        found = records.infolist()
        # torch.save compresses nothing: what is packed tighter is no work of its.
        packed = any(record.compress_type != zipfile.ZIP_STORED for record in found)
        if packed or sum(record.file_size for record in found) > size:
            raise ValueError("its records unpack to more than the file holds")
        self._records = records
        (pickled,) = (record.filename for record in found if record.filename.endswith("/data.pkl"))
        self._folder = pickled.removesuffix("data.pkl")
        self._left = size
        self._storages: dict[str, torch.Tensor] = {}

    def unpickled(self) -> object:
        name = f"{self._folder}data.pkl"
        if self._records.getinfo(name).file_size > MAX_PICKLE:
            raise ValueError(f"its pickle has more than {MAX_PICKLE >> 20} MiB")
        return _Unpickler(io.BytesIO(self._records.read(name))).load()

    def tensor(self, place: Tensor) -> torch.Tensor:
        """The numbers at a place that the pickle names."""
        storage, start, shape, strides = place.storage, place.start, place.shape, place.strides
        if not (isinstance(storage, Storage) and _are_sizes((start,)) and _are_sizes(shape) and _are_sizes(strides)):
            raise ValueError("it holds a tensor without place or size")
        count = math.prod(shape)
        last = start + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
        self._left -= count * ITEM_BYTES
        # Many tensors of one storage, or one that repeats its numbers, would become as many numbers in memory.
        if (count and last >= storage.num_elements) or count > storage.num_elements or self._left < 0:
            raise ValueError("its tensors are larger than the file")
        return self._numbers(storage).as_strided(shape, strides, start)

    def _numbers(self, storage: Storage) -> torch.Tensor:
        if storage.key not in self._storages:
            content = self._records.read(f"{self._folder}data/{storage.key}")
            if len(content) != storage.num_elements * ITEM_BYTES:
                raise ValueError(f"its record {storage.key} does not have the size that its pickle names")
            numbers = torch.frombuffer(bytearray(content), dtype=torch.float32) if content else torch.empty(0)
            self._storages[storage.key] = numbers
        return self._storages[storage.key]


def _are_sizes(values: object) -> TypeGuard[tuple[int, ...]]:
    return isinstance(values, tuple) and all(type(value) is int and value >= 0 for value in values)


def _content(records: _Records) -> CheckpointFile:
    values = records.unpickled()
    if not isinstance(values, dict) or "format" not in values:
        raise ValueError("it has no format")
    if values["format"] != FORMAT:
        raise _OtherFormat(f"is a checkpoint of format {values['format']!r}; this version reads format {FORMAT}")
    found = validate(_Contents, values, "checkpoint")
    if found.step > found.config.training.n_iters:
        raise ValueError(f"it is at step {found.step} of {found.config.training.n_iters}")
    parts = [one for one in (found.ema, found.weights, found.optimizer) if one is not None]
    if [_shapes(one) for one in parts] != _expected(found)[: len(parts)]:
        raise ValueError("its weights do not fit its config")
    losses = found.losses
    checkpoint = Checkpoint(
        step=found.step,
        seconds=found.seconds,
        micro_batch=found.micro_batch,
        history=[Evaluation(**{**evaluation.model_dump(), "restored": True}) for evaluation in found.history],
        losses=None if losses is None else records.tensor(losses).flatten().numpy(),
        patience=PatienceState() if found.patience is None else PatienceState(**found.patience.model_dump()),
        ema=_each(records.tensor, found.ema),
        weights=_each(records.tensor, found.weights),
        optimizer=_each(records.tensor, found.optimizer),
    )
    return CheckpointFile(checkpoint, found.config, found.fingerprint)


def _expected(found: _Contents) -> list[Any]:
    """The shapes of the EMA weights, the weights and the optimiser's state that belong to the config."""
    model = found.config.model
    # First: to name the weights of as many blocks as a number can count takes for ever.
    if model.n_blocks > len(found.ema) or (found.weights is None) != (found.optimizer is None):
        return []
    shapes = weight_shapes(model)
    # As the optimiser groups them: those of linear layers, and the rest.
    linear = {name for name, shape in shapes.items() if len(shape) == 2 and name != "embedding.weight"}
    groups = [[shape for name, shape in shapes.items() if (name in linear) == first] for first in (True, False)]
    return [shapes, shapes, [[group, group, [()] * len(group)] for group in groups]]


def _shapes(tensors: Any) -> Any:
    return _each(lambda tensor: tensor.shape, tensors)


def _each(function: Callable[[Any], Any], tensors: Any) -> Any:
    """The same containers with the function's result for each tensor."""
    match tensors:
        case Mapping():
            return {name: _each(function, tensor) for name, tensor in tensors.items()}
        case list():
            return [_each(function, tensor) for tensor in tensors]
        case None:
            return None
    return function(tensors)


def _place(storage: object, start: object, shape: object, strides: object, *_: object) -> Tensor:
    return Tensor(storage, start, shape, strides, "f4")


class _Unpickler(pickle._Unpickler):
    """Makes containers, numbers, texts and places of tensors; nothing grows beyond a multiple of the pickle.

    The one in Python, since the one in C makes room for whatever index of its memo a pickle names, up to 34 GB.
    """

    dispatch: ClassVar = {
        code: load for code, load in pickle._Unpickler.dispatch.items() if code != pickle.BYTEARRAY8[0]
    }

    def find_class(self, module: str, name: str) -> object:
        known = {
            "torch.FloatStorage": "f4",
            "torch._utils._rebuild_tensor_v2": Call(_place),
            # It is filled afterwards: what it would be made of could be copied again and again.
            "collections.OrderedDict": Call(lambda *_: Table()),
        }
        if (found := known.get(f"{module}.{name}")) is None:
            raise ValueError(f"its pickle wants {module[:80]}.{name[:80]}; nothing of it was run")
        return found

    def persistent_load(self, identifier: object) -> Storage:
        match identifier:
            case ("storage", "f4", str(key), _, int(count)):
                return Storage("f4", key, count)
        raise ValueError("its pickle refers to what is no storage of float32")
