"""A pickle machine that runs nothing: plain values and references to tensors, whatever the bytes say.

Knows the opcodes that torch.save uses for dicts, lists, tuples, plain values and tensors. A global outside the
allow-list is refused before anything is called, and nothing of the file's is ever called at all: tensors become
`TensorReference`, storages `StorageReference`. Written out because pickle.Unpickler can be made to allocate 64 GB with
one opcode and to overflow the C stack. Opcodes: CPython's pickletools.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

_MAX_STACK = 1 << 17
"""torch and CPython flush lists and dicts every 1,000 items; a deeper stack is an attack on our memory."""

STORAGE_DTYPES = {
    "ByteStorage": np.dtype("u1"),
    "CharStorage": np.dtype("i1"),
    "ShortStorage": np.dtype("<i2"),
    "IntStorage": np.dtype("<i4"),
    "LongStorage": np.dtype("<i8"),
}
_REBUILD_TENSOR = ("torch._utils", "_rebuild_tensor_v2")
_ORDERED_DICT = ("collections", "OrderedDict")
_GLOBALS: dict[tuple[str, str], object] = {
    _REBUILD_TENSOR: _REBUILD_TENSOR,
    _ORDERED_DICT: _ORDERED_DICT,
    **{("torch", name): dtype for name, dtype in STORAGE_DTYPES.items()},
}


class PickleError(Exception):
    """The pickle is damaged, or wants more than a corpus needs; the message says what, without the path."""


class StorageReference(NamedTuple):
    key: str
    dtype: np.dtype[Any]
    num_elements: int


class TensorReference(NamedTuple):
    """A tensor's place: which elements of which storage. Numbers are as the file gives them, unchecked."""

    storage: StorageReference
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Mark:
    """Stands on the stack where a MARK opcode was."""


_MARK = _Mark()


class Loaded(NamedTuple):
    value: Any
    end: int
    """Where the pickle ended."""
    storages: dict[str, StorageReference]


def load(data: bytes | mmap.mmap, start: int, end: int) -> Loaded:
    """Read the pickle that begins at ``start`` and nothing at or behind ``end``; raises `PickleError`."""
    machine = _Machine(data, start, end)
    try:
        return Loaded(machine.run(), machine.position, machine.storages)
    except (IndexError, KeyError, ValueError, TypeError, struct.error) as error:
        raise PickleError(f"its pickle is damaged at byte {machine.position - start}") from error


class _Machine:
    def __init__(self, data: bytes | mmap.mmap, start: int, end: int) -> None:
        self.data = data
        self.position = start
        self.end = end
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: list[Any] = []
        self.shared: dict[Any, Any] = {}
        self.storages: dict[str, StorageReference] = {}

    def run(self) -> Any:
        data, end, actions = self.data, self.end, _ACTIONS
        while self.position < end:
            opcode = data[self.position]
            self.position += 1
            if opcode == _STOP:
                (value,) = self.stack
                return value
            action = actions[opcode]
            if action is None:
                raise PickleError(f"its pickle uses opcode {bytes([opcode])!r}, which no corpus needs")
            action(self)
        raise PickleError("its pickle is cut short")

    def read(self, size: int) -> bytes:
        start = self.position
        self.position = stop = start + size
        if stop > self.end:
            raise PickleError("its pickle is cut short")
        return self.data[start:stop]

    def push(self, value: Any) -> None:
        if len(self.stack) >= _MAX_STACK:
            raise PickleError(f"its pickle stacks more than {_MAX_STACK} values")
        self.stack.append(value)

    def pop_to_mark(self) -> list[Any]:
        mark = self.marks.pop()
        items = self.stack[mark + 1 :]
        del self.stack[mark:]
        return items

    def mark(self) -> None:
        self.marks.append(len(self.stack))
        self.push(_MARK)

    def proto(self) -> None:
        if self.read(1)[0] > 5:
            raise PickleError("its pickle has a protocol above 5")

    def frame(self) -> None:
        self.read(8)

    # Memo indices count up from 0 in every pickle that CPython or torch writes, so that a list can hold them:
    # the index of a damaged file would make us allocate as much as it likes.
    def put(self, index: int) -> None:
        if index > len(self.memo):
            raise PickleError(f"its pickle skips memo numbers (to {index})")
        if index == len(self.memo):
            self.memo.append(self.stack[-1])
        else:
            self.memo[index] = self.stack[-1]

    def binput(self) -> None:
        self.put(self.read(1)[0])

    def long_binput(self) -> None:
        self.put(int.from_bytes(self.read(4), "little"))

    def memoize(self) -> None:
        self.memo.append(self.stack[-1])

    def binget(self) -> None:
        self.push(self.memo[self.read(1)[0]])

    def long_binget(self) -> None:
        self.push(self.memo[int.from_bytes(self.read(4), "little")])

    def text(self, width: int) -> None:
        size = int.from_bytes(self.read(width), "little")
        self.push(self.read(size).decode("utf-8"))

    def number(self, width: int, signed: bool = False) -> None:
        self.push(int.from_bytes(self.read(width), "little", signed=signed))

    def long1(self) -> None:
        self.number(self.read(1)[0], signed=True)

    def binfloat(self) -> None:
        self.push(struct.unpack(">d", self.read(8))[0])

    def tuple_of(self, size: int) -> None:
        floor = self.marks[-1] + 1 if self.marks else 0
        if len(self.stack) - size < floor:
            raise PickleError("its pickle takes what is not there")
        items = tuple(self.stack[-size:])
        del self.stack[-size:]
        # Shapes and strides are the same for every row: one object for all of them.
        if size == 1 and type(items[0]) is int:
            items = self.shared.setdefault(items, items)
        self.stack.append(items)

    def tuple_to_mark(self) -> None:
        self.push(tuple(self.pop_to_mark()))

    def append(self) -> None:
        value = self.stack.pop()
        self._list().append(value)

    def appends(self) -> None:
        items = self.pop_to_mark()
        self._list().extend(items)

    def setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._set([key, value])

    def setitems(self) -> None:
        self._set(self.pop_to_mark())

    def _list(self) -> list[Any]:
        target = self.stack[-1]
        if type(target) is not list:
            raise PickleError("its pickle appends to what is no list")
        return target

    def _set(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not dict or len(items) % 2:
            raise PickleError("its pickle sets items of what is no dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            # Hashing a deeply nested tuple would overflow the C stack.
            if type(key) is not str and type(key) is not int:
                raise PickleError(f"its pickle has a dict key of type {type(key).__name__}")
            target[key] = value

    def global_(self) -> None:
        names = []
        for _ in range(2):
            stop = self.data.find(b"\n", self.position, min(self.end, self.position + 200))
            if stop < 0:
                raise PickleError("its pickle is damaged (a global without a name)")
            names.append(self.read(stop - self.position).decode("utf-8"))
            self.position += 1
        self._push_global(*names)

    def stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if type(name) is not str or type(module) is not str:
            raise PickleError("its pickle is damaged (a global without a name)")
        self._push_global(module[:200], name[:200])

    def _push_global(self, module: str, name: str) -> None:
        if (module, name) not in _GLOBALS:
            raise PickleError(f"its pickle wants {module}.{name}, which a corpus has no need of; nothing of it was run")
        self.push(_GLOBALS[module, name])

    def reduce(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if type(arguments) is not tuple:
            raise PickleError("its pickle is damaged (a call without arguments)")
        if function is _ORDERED_DICT and not arguments:
            self.push(())
        elif function is _REBUILD_TENSOR and len(arguments) in (6, 7) and type(arguments[0]) is StorageReference:
            self.push(TensorReference(*arguments[:4]))
        else:
            raise PickleError("its pickle makes a call that a corpus has no need of; nothing of it was run")

    def persistent_id(self) -> None:
        kind, dtype, key, _, num_elements, *_ = self.stack.pop()
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise PickleError("its pickle refers to what is no storage of numbers")
        if type(key) is not str or type(num_elements) is not int:
            raise PickleError("its pickle has a damaged storage")
        storage = StorageReference(key, dtype, num_elements)
        if self.storages.setdefault(key, storage) != storage:
            raise PickleError(f"its pickle describes storage {key!r} in two ways")
        self.push(self.storages[key])


_STOP = ord(".")
_ACTIONS: list[Callable[[_Machine], None] | None] = [None] * 256
for _opcode, _action in {
    b"\x80": _Machine.proto,
    b"\x95": _Machine.frame,
    b"(": _Machine.mark,
    b"q": _Machine.binput,
    b"r": _Machine.long_binput,
    b"\x94": _Machine.memoize,
    b"h": _Machine.binget,
    b"j": _Machine.long_binget,
    b"X": lambda machine: machine.text(4),
    b"\x8c": lambda machine: machine.text(1),
    b"\x8d": lambda machine: machine.text(8),
    b"K": lambda machine: machine.number(1),
    b"M": lambda machine: machine.number(2),
    b"J": lambda machine: machine.number(4, signed=True),
    b"\x8a": _Machine.long1,
    b"G": _Machine.binfloat,
    b"N": lambda machine: machine.push(None),
    b"\x88": lambda machine: machine.push(True),
    b"\x89": lambda machine: machine.push(False),
    b"]": lambda machine: machine.push([]),
    b"}": lambda machine: machine.push({}),
    b")": lambda machine: machine.push(()),
    b"\x85": lambda machine: machine.tuple_of(1),
    b"\x86": lambda machine: machine.tuple_of(2),
    b"\x87": lambda machine: machine.tuple_of(3),
    b"t": _Machine.tuple_to_mark,
    b"a": _Machine.append,
    b"e": _Machine.appends,
    b"s": _Machine.setitem,
    b"u": _Machine.setitems,
    b"c": _Machine.global_,
    b"\x93": _Machine.stack_global,
    b"R": _Machine.reduce,
    b"Q": _Machine.persistent_id,
}.items():
    _ACTIONS[_opcode[0]] = _action
