"""The pickle inside a .pt file that torch.load(weights_only=True) opens, written without torch."""

from __future__ import annotations

import struct
from typing import Any

from optsweep.data._pickle import STORAGE_DTYPES, StorageReference, TensorReference

_STORAGE_NAMES = {dtype: name for name, dtype in STORAGE_DTYPES.items()}


def dump(value: Any) -> bytes:
    """A protocol 2 pickle of plain values and `TensorReference`; raises `TypeError` for anything else."""
    return b"\x80\x02" + b"".join(_opcodes(value)) + b"."


def _opcodes(value: Any) -> list[bytes]:
    match value:
        case None:
            return [b"N"]
        case bool():
            return [b"\x88" if value else b"\x89"]
        case int():
            content = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            return [b"\x8a", bytes([len(content)]), content]
        case float():
            return [b"G", struct.pack(">d", value)]
        case str():
            content = value.encode("utf-8")
            return [b"X", struct.pack("<I", len(content)), content]
        case TensorReference(storage, start, shape, strides):
            persistent = ("storage", storage, storage.key, "cpu", storage.num_elements)
            hooks = [b"ccollections\nOrderedDict\n)R"]
            arguments = [*_opcodes(persistent), b"Q", *_opcodes(start), *_opcodes(shape), *_opcodes(strides)]
            return [b"ctorch._utils\n_rebuild_tensor_v2\n(", *arguments, b"\x89", *hooks, b"tR"]
        case StorageReference(_, dtype, _):
            return [f"ctorch\n{_STORAGE_NAMES[dtype]}\n".encode()]
        case dict():
            return [b"}(", *(part for pair in value.items() for item in pair for part in _opcodes(item)), b"u"]
        case list() | tuple():
            inside = [part for item in value for part in _opcodes(item)]
            return [b"](", *inside, b"e"] if isinstance(value, list) else [b"(", *inside, b"t"]
    raise TypeError(f"a manifest holds plain values, not {type(value).__name__}")
