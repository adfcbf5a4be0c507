"""A pickle that runs nothing: plain values, places of tensors, and inert stand-ins for what nobody needs."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile


class Refused(Exception):
    """The file is no corpus; the message says why, without the path."""


class Inert:
    """Ignores what it is made of and whatever the pickle does to it."""

    __slots__ = ()

    def __init__(self, *_: object, **__: object) -> None: ...

    def __setstate__(*_: object) -> None: ...

    __setitem__ = append = extend = add = __setstate__


class Call(Inert):
    """A function of this module; not the function itself, whose attributes a pickle could set."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def __call__(self, *arguments: object) -> object:
        return self._function(*arguments)


class Table(dict[object, object]):
    """OrderedDict, Counter."""

    __slots__ = ()

    def __setstate__(*_: object) -> None: ...


class Storage(NamedTuple):
    type: str
    """Kind and bytes of an element, as numpy names them: u1, i8, f4, c16, b1 (e, q: unknown to numpy)."""
    key: str
    num_elements: int

    @property
    def item_size(self) -> int:
        return int(self.type[1:])


class Tensor(NamedTuple):
    """A tensor's place. The parts are as the file gives them, unchecked."""

    storage: object
    start: Any
    shape: object
    strides: object
    type: object


class NumpyType(str):
    """numpy.dtype: its name."""

    __slots__ = ()

    def __new__(cls, name: object = "", *_: object) -> NumpyType:
        return str.__new__(cls, name if isinstance(name, str) else "")

    def __setstate__(*_: object) -> None: ...


class NumpyArray(Inert):
    __slots__ = ("content", "type")

    def __init__(self, content: object = b"", type: object = "", *_: object) -> None:
        self.content, self.type = content, type

    def __setstate__(*values: object) -> None:
        match values:
            case (NumpyArray() as array, (_, _, type, _, content)):
                array.type, array.content = type, content


def _tensor(storage: object, start: object, shape: object, strides: object, *rest: object) -> Tensor:
    # Only _rebuild_tensor_v3 has a type of its own, for storages without one.
    own = rest[2] if len(rest) > 2 and isinstance(rest[2], str) else None
    return Tensor(storage, start, shape, strides, own or getattr(storage, "type", None))


def _numpy_scalar(type: object = "", content: object = b"", *_: object) -> object:
    if isinstance(type, NumpyType) and type.startswith("U") and isinstance(content, bytes):
        return content.decode("utf-32-le")
    return Inert()


_STORAGES = {
    f"{name}Storage": kind
    for kind, names in [
        *[("u1", "Byte"), ("i1", "Char"), ("i2", "Short"), ("i4", "Int"), ("i8", "Long"), ("b1", "Bool Untyped")],
        *[("f2", "Half"), ("f4", "Float"), ("f8", "Double"), ("c8", "ComplexFloat"), ("c16", "ComplexDouble")],
        *[("e2", "BFloat16"), ("q1", "QUInt8 QInt8 QUInt4x2 QUInt2x4"), ("q4", "QInt32")],
    ]
    for name in names.split()
}
_TYPES = frozenset(_STORAGES.values())
_BUILTINS = "set frozenset bytearray complex slice range bytes int float bool object str list tuple dict"
_PATHS = "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath"
_NUMBERS = "bool int8 int16 int32 int64 uint8 float16 float32 float64 complex64 complex128"
_INERT = {
    "torch": f"{_NUMBERS} bfloat16 complex32 quint8 qint8 qint32 quint4x2 quint2x4 float8_e4m3fn float8_e4m3fnuz "
    "float8_e5m2 float8_e5m2fnuz float8_e8m0fnu Size Tensor device per_tensor_affine per_channel_affine",
    "torch._utils": "_rebuild_qtensor _rebuild_sparse_tensor _rebuild_nested_tensor _rebuild_meta_tensor_no_storage",
    "torch._tensor": "_rebuild_from_type_v2",
    "torch.nn.parameter": "Parameter",
    "torch.serialization": "_get_layout",
    "numpy": f"{_NUMBERS} uint16 uint32 uint64 bool_ str_ bytes_ ndarray",
    "builtins": _BUILTINS,
    "__builtin__": f"{_BUILTINS} xrange long unicode",
    "collections": "deque",
    "copyreg": "_reconstructor",
    "copy_reg": "_reconstructor",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "pathlib": _PATHS,
    "pathlib._local": _PATHS,
    "uuid": "UUID",
}
# What a pickle can name leads to a text, or to a class or a function of this module, and these keep or ignore what
# they are given: nothing runs that the file chose. The list has what torch.save writes for tensors, and what rows hold
# in columns that nobody needs here. Everything else is refused by its name before anything is called: a file that
# wants it is an attack, or needs its writer's own classes.
_GLOBALS: dict[tuple[str, str], object] = {
    **{(module, name): Inert for module, names in _INERT.items() for name in names.split()},
    **{(module, name): kind for module in ("torch", "torch.storage") for name, kind in _STORAGES.items()},
    **{("torch", f"uint{8 * size}"): f"u{size}" for size in (2, 4, 8)},
    **{("torch._utils", f"_rebuild_tensor{version}"): Call(_tensor) for version in ("", "_v2", "_v3")},
    **{("torch._utils", f"_rebuild_parameter{kind}"): Call(lambda tensor, *_: tensor) for kind in ("", "_with_state")},
    ("collections", "OrderedDict"): Table,
    ("collections", "Counter"): Table,
    ("collections", "defaultdict"): Call(lambda *_: Table()),
    # How protocol 2 writes bytes.
    ("_codecs", "encode"): Call(lambda text, *_: text.encode("latin-1", "replace")),
    ("__builtin__", "bytes"): Call(lambda *_: b""),
    ("numpy", "dtype"): NumpyType,
    **{(f"numpy.{core}.multiarray", "scalar"): Call(_numpy_scalar) for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "_reconstruct"): Call(lambda *_: NumpyArray()) for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): Call(NumpyArray) for core in ("core", "_core")},
}


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: BinaryIO) -> None:
        # Python 2's text is UTF-8; its bytes, which are not, are not needed.
        super().__init__(stream, encoding="utf-8", errors="replace")
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> object:
        found = _GLOBALS.get((module, name))
        if found is None:
            wanted = f"{module}.{name}"[:200]
            raise Refused(f"its pickle wants {wanted}, which a corpus has no need of; nothing of it was run")
        return found

    def persistent_load(self, identifier: object) -> Storage:
        match identifier:
            case ("storage", str(type), str(key), _, int(count)) | (
                "storage",
                str(type),
                str(key),
                _,
                int(count),
                None,
            ):
                storage = Storage(type, key, count)
            case _:
                raise Refused("its pickle refers to what is no storage of numbers")
        if type not in _STORAGES.values():
            raise Refused("its pickle refers to what is no storage of numbers")
        if self.storages.setdefault(key, storage) != storage:
            raise Refused(f"its pickle describes storage {key[:200]!r} in two ways")
        return self.storages[key]


def kind_of(value: object) -> str:
    """The name of a value's kind, for messages."""
    if isinstance(value, Inert):
        return "foreign object"
    return "tensor" if isinstance(value, Tensor) else type(value).__name__


class Loaded(NamedTuple):
    value: Any
    storages: dict[str, Storage]


def load(stream: BinaryIO) -> Loaded:
    """Read the pickle that begins where the stream is; raises `Refused`, MemoryError, BadZipFile (a checksum)."""
    unpickler = _Unpickler(stream)
    try:
        return Loaded(unpickler.load(), unpickler.storages)
    except Refused as refused:
        raise Refused(f"is not a corpus: {refused}") from None
    except (MemoryError, BadZipFile):
        raise
    # A damaged pickle can call what it names with anything, and append anything to it.
    except Exception as error:
        raise Refused(f"is not a corpus: its pickle is damaged: {error}") from None
