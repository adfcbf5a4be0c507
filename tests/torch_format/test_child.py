"""The child that reads .pt files: whatever a pickle says, nothing of it runs, and every end of it is one line."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from optsweep.data.corpus import open_corpus
from optsweep.data.vocabulary import decode
from optsweep.errors import DataError
from optsweep.torch_format import unpickling

from .one_child import one_child

REPOSITORY = Path(__file__).parents[2]


def text(value: str) -> bytes:
    encoded = value.encode()
    return b"X" + len(encoded).to_bytes(4, "little") + encoded


def write_zip(path: Path, pickled: bytes, **members: bytes) -> Path:
    """A file as torch.save writes it, with this pickle."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {"data.pkl": pickled, "byteorder": b"little", **members}.items():
            archive.writestr(f"archive/{name}", content)
    return path


def refusal(path: Path) -> str:
    """The one line that a file is refused with."""
    with pytest.raises(DataError) as caught:
        open_corpus(path)
    assert len(caught.value.lines) == 1
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


TOUCH = text("touch fired")
CALLS = {
    "GLOBAL, REDUCE": b"cposix\nsystem\n(%btR." % TOUCH,
    "STACK_GLOBAL": b"%b%b\x93(%btR." % (text("posix"), text("system"), TOUCH),
    "INST": b"(%biposix\nsystem\n." % TOUCH,
    "OBJ": b"(cposix\nsystem\n%bo." % TOUCH,
    "NEWOBJ": b"cposix\nsystem\n(%bt\x81." % TOUCH,
    "NEWOBJ_EX": b"cposix\nsystem\n(%bt}\x92." % TOUCH,
    "named twice": b"ctorch\nSize\ncposix\nsystem\n(%btR." % TOUCH,
    "a part of a name": b"%b%b\x93(%btR." % (text("torch"), text("os.system"), TOUCH),
    "inside of an allowed one": b"ccopyreg\n_reconstructor\n(cposix\nsystem\nNNtR.",
    "in a tensor": b"ctorch._utils\n_rebuild_tensor_v2\n(cposix\nsystem\n%btR." % TOUCH,
    "by a name with line ends": b"%b%b\x93)R." % (text("po\nsix"), text("sys\r\u2028tem")),
    "as a key": b"}cposix\nsystem\nNs.",
    "after the end of a good one": b"](}(%b%bue0cposix\nsystem\n(%btR." % (text("protein_seq"), text("MKV"), TOUCH),
}
"""Each way of a pickle to call os.system."""


@pytest.mark.parametrize("name", CALLS)
def test_no_opcode_calls_what_is_not_allowed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for start in (b"", b"\x80\x02", b"\x80\x04"):
        assert "nothing of it was run" in refusal(write_zip(tmp_path / "evil.pt", start + CALLS[name]))
    assert not (tmp_path / "fired").exists()


NAMES = """os.system os.popen os._exit posix.execv nt.system subprocess.Popen subprocess.check_output builtins.eval
builtins.exec builtins.compile builtins.getattr builtins.setattr builtins.__import__ builtins.open builtins.input
builtins.breakpoint builtins.globals builtins.type builtins.map builtins.filter builtins.memoryview __builtin__.apply
__builtin__.eval __builtin__.file operator.attrgetter operator.methodcaller operator.itemgetter functools.partial
functools.reduce itertools.starmap importlib.import_module pkgutil.resolve_name runpy.run_path code.InteractiveConsole
pty.spawn pdb.run bdb.Bdb timeit.timeit cProfile.run webbrowser.open ctypes.CDLL types.FunctionType types.CodeType
marshal.loads pickle.loads _pickle.loads shelve.open sys.exit sys.modules signal.raise_signal socket.create_connection
urllib.request.urlopen shutil.rmtree pathlib.Path.unlink pathlib.Path.write_text tempfile.mkstemp logging.config.listen
copyreg.add_extension copyreg.__newobj__ copyreg.constructor torch.load torch.save torch.hub.load torch.compile
torch._utils._rebuild_device_tensor_from_numpy torch.storage._load_from_bytes torch.jit.load torch.ops.load_library
torch.utils.cpp_extension.load torch.serialization.load torch.os.system numpy.load numpy.save numpy.os.system
numpy.testing._private.utils.runstring numpy.core.multiarray.fromfile collections.abc.Callable collections.namedtuple
datetime.sys uuid.os decimal.getcontext optsweep.torch_format.child.main __main__.Mine"""


def test_names_outside_of_the_list_are_refused_by_name(tmp_path: Path) -> None:
    with one_child():
        for name in NAMES.split():
            module, _, attribute = name.rpartition(".")
            path = write_zip(tmp_path / "evil.pt", b"c%b\n%b\n." % (module.encode(), attribute.encode()))
            assert f"its pickle wants {name}, which a corpus has no need of" in refusal(path)


def test_what_a_pickle_may_name_is_text_or_a_class_of_the_reader() -> None:
    assert len(unpickling._GLOBALS) > 100
    for value in unpickling._GLOBALS.values():
        assert type(value) in (str, unpickling.Call) or value in (
            unpickling.Inert,
            unpickling.Table,
            unpickling.NumpyType,
        )


@pytest.mark.heavy
def test_nothing_that_is_allowed_is_harmful_whatever_is_done_to_it(tmp_path: Path) -> None:
    """Everything allowed, called and changed in every way, before a good list of rows: it is read, or refused."""
    uses = [b"0", b")R0", b")\x81b0", b")\x81}b0", b")\x81NNs0", b"N\x85R0", b"}b0", b"(NNu0", b"(Ne0", b"Na0"]
    uses += [b"}%b}%bNssb0" % (text("__dict__"), text("_function")), b"(%bo0" % TOUCH, b"%b\x85}\x92}b0" % TOUCH]
    uses += [
        b"N}%bNs\x86b0" % text(name) for name in ("_function", "__call__", "__setstate__", "__class__", "__code__")
    ]
    rows = b"](}(%b%bue." % (text("protein_seq"), text("MKV"))
    evil = tmp_path / "evil.pt"
    with one_child() as child:
        for module, name in unpickling._GLOBALS:
            for use in uses:
                write_zip(evil, b"\x80\x04c%b\n%b\n%b" % (module.encode(), name.encode(), use) + rows)
                with contextlib.suppress(DataError):
                    open_corpus(evil)
        assert child.num_deaths == 0
        # The child is what it was.
        torch.save([{"protein_seq": "MKV", "x": torch.ones(3), "y": torch.Size([1])}], tmp_path / "good.pt")
        assert decode(open_corpus(tmp_path / "good.pt").sequences[0]) == "MKV"


@pytest.mark.parametrize(
    ("pickled", "words"),
    [
        (b"\x82\x01.", "damaged"),
        (b"\x83\x01\x00.", "damaged"),
        (b"\x84\x01\x00\x00\x00.", "damaged"),
        (b"Pstorage\n.", "refers to what is no storage"),
        (b"NQ.", "refers to what is no storage"),
        (b")Q.", "refers to what is no storage"),
        (b"(%bNNNNtQ." % text("storage"), "refers to what is no storage"),
        (b"(%bctorch\nSize\n%bNK\x05tQ." % (text("storage"), text("0")), "refers to what is no storage"),
        (b"(%bctorch\nLongStorage\n%bNNtQ." % (text("storage"), text("0")), "refers to what is no storage"),
        (b"(%bctorch\nLongStorage\n%bNK\x05K\x05tQ." % (text("storage"), text("0")), "refers to what is no storage"),
        (b"(%bctorch\nnn\n%bNK\x05tQ." % (text("module"), text("0")), "wants torch.nn"),
        (b"\x97.", "damaged"),
        (b"", "damaged"),
        (b"\x80\x02]", "damaged"),
        (b"\x80\x63].", "damaged"),
        (b"nonsense", "damaged"),
        (b"]r\xff\xff\xff\x7f.", "more memory than a corpus of its size needs"),
        (b"]p99999999999999999\n.", "more memory than a corpus of its size needs"),
        (b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x3f.", "more memory"),
        (b"\x80\x04\x8d\x00\x00\x00\x00\x04\x00\x00\x00abc.", "more memory"),
        (b"\x80\x04\x8e\x00\x00\x00\x00\x04\x00\x00\x00abc.", "more memory"),
        (b"\x80\x05\x96\x00\x00\x00\x00\x04\x00\x00\x00abc.", "more memory"),
        (b"(" + b"}" * 10_000_000 + b"l.", "more memory"),
        (b"]" + b")" + b"\x85" * 300_000 + b"}" + b"N" + b"s.", "damaged"),
        (b"}" + b")" + b"\x85" * 1_000_000 + b"Ns.", "the process that reads it ended by SIGSEGV"),
        (b"\x80\x04(" + b")" + b"\x85" * 1_000_000 + b"\x91.", "the process that reads it ended by SIGSEGV"),
    ],
    ids=range(26),
)
def test_each_hostile_pickle_ends_in_one_line(pickled: bytes, words: str, tmp_path: Path) -> None:
    assert words in refusal(write_zip(tmp_path / "evil.pt", pickled))


def test_what_is_nested_deeply_or_named_often_is_read_in_the_memory_that_it_needs(tmp_path: Path) -> None:
    deep = b"]" + b"]" * 500_000 + b"a" * 500_000
    rows = b"](}(%b%b%b%bue." % (text("protein_seq"), text("MKV"), text("more"), deep)
    assert open_corpus(write_zip(tmp_path / "deep.pt", rows)).num_sequences == 1
    often = b"](}(%b%bu\x94" % (text("protein_seq"), text("MKV")) + b"h\x00" * 100_000 + b"e."
    assert open_corpus(write_zip(tmp_path / "often.pt", often)).num_residues == 300_003


def colliding(count: int) -> bytes:
    """A dict whose keys have the same hash: the time to make it grows with the square of their number."""
    keys = (number * (2**61 - 1) for number in range(1, count + 1))
    return b"}(" + b"".join(pickle.dumps(key, 2)[2:-1] + b"N" for key in keys) + b"u."


def slow(path: Path) -> Path:
    return write_zip(path, colliding(300_000))


def child_of(pid: int) -> int:
    """The pid of the child of a process that reads a file, as soon as it has read its program."""
    while True:
        # Other tests in this process may have left children of other kinds.
        for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with contextlib.suppress(OSError):
                if "torch_format" in Path(f"/proc/{found}/cmdline").read_text():
                    return int(found)
        time.sleep(0.01)


def test_a_child_that_is_killed_is_one_line(tmp_path: Path) -> None:
    def kill() -> None:
        pid = child_of(os.getpid())
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert "the process that reads it ended by SIGKILL" in refusal(slow(tmp_path / "slow.pt"))
    killer.join()


def start_opening(path: Path) -> subprocess.Popen[bytes]:
    code = f"from pathlib import Path; from optsweep.data.corpus import open_corpus; open_corpus(Path({str(path)!r}))"
    return subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, stderr=subprocess.PIPE)


def is_gone(pid: int) -> bool:
    for _ in range(100):
        with contextlib.suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.05)
                continue
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_child_does_not_outlive_its_parent(number: int, tmp_path: Path) -> None:
    parent = start_opening(slow(tmp_path / "slow.pt"))
    child = child_of(parent.pid)
    time.sleep(0.3)
    parent.send_signal(number)
    parent.communicate(timeout=5)
    assert is_gone(child)


@pytest.mark.heavy
def test_a_pickle_that_takes_for_ever_is_given_up(tmp_path: Path) -> None:
    assert "the process that reads it ended by SIGXCPU" in refusal(slow(tmp_path / "slow.pt"))


def test_keys_of_one_hash_are_only_slow(tmp_path: Path) -> None:
    assert "has no tokens" in refusal(write_zip(tmp_path / "slow.pt", colliding(5_000)))


def test_the_child_imports_the_standard_library_only() -> None:
    code = f"""
import sys
sys.path.append({str(REPOSITORY)!r})
import optsweep.torch_format.child
print(*{{name.split(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names))
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"optsweep", "__main__"}


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_every_protocol_are_read(protocol: int, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"protein_seq": "MKV", "length": 3, "x": [1.5, None, True, (1, 2), {3}, b"x", 10**20, "ü"]} for _ in range(3)
    ]
    corpus = open_corpus(write_zip(tmp_path / "rows.pt", pickle.dumps(rows, protocol)))
    assert [decode(corpus.sequences[index]) for index in range(3)] == ["MKV"] * 3


def good() -> bytes:
    buffer = io.BytesIO()
    torch.save([{"protein_seq": "MKV", "x": torch.ones(3)}], buffer)
    return buffer.getvalue()


def repacked(change: Callable[[zipfile.ZipInfo, bytes], tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            changed, content = change(info, old.read(info))
            new.writestr(changed, content, changed.compress_type)
    return buffer.getvalue()


def compressed(info: zipfile.ZipInfo, content: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    info.compress_type = zipfile.ZIP_DEFLATED
    return info, content * 1_000_000


def big_endian(info: zipfile.ZipInfo, content: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    return info, b"big" if info.filename.endswith("byteorder") else content


def twice() -> bytes:
    buffer = io.BytesIO(good())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(archive.namelist()[0], b"]")
    return buffer.getvalue()


def directory_changed(offset: int, value: bytes) -> bytes:
    """One field of the first directory entry replaced. Source: APPNOTE.TXT 6.3."""
    content = bytearray(good())
    place = content.index(b"PK\x01\x02") + offset
    content[place : place + len(value)] = value
    return bytes(content)


def end_changed(offset: int, value: bytes) -> bytes:
    """One field of the end record replaced, in a file that has no zip64 record besides."""
    content = bytearray(repacked(lambda info, content: (info, content)))
    place = content.rindex(b"PK\x05\x06") + offset
    content[place : place + len(value)] = value
    return bytes(content)


def flipped() -> bytes:
    content = good()
    place = content.index(b"MKV")
    return content[:place] + b"MKL" + content[place + 3 :]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: repacked(compressed), "data.pkl' is compressed"),
        (lambda: repacked(big_endian), "big-endian"),
        (twice, "stands there twice"),
        (lambda: directory_changed(20, b"\xfe\xff\xff\x7f" * 2), "lies outside the file"),
        (lambda: directory_changed(24, b"\xfe\xff\xff\x7f"), "is compressed"),
        (lambda: directory_changed(42, b"\xfe\xff\xff\x7f"), "lies outside the file"),
        (lambda: directory_changed(8, b"\x01"), "encrypted"),
        (lambda: end_changed(12, b"\xfe\xff\xff\x7f"), "no whole .pt file"),
        (lambda: end_changed(16, b"\xfe\xff\xff\x7f"), "no whole .pt file"),
        (flipped, "Bad CRC-32"),
        (lambda: good()[:-30], "its end is missing"),
    ],
    ids=range(11),
)
def test_zip_files_that_lie(make: Callable[[], bytes], words: str, tmp_path: Path) -> None:
    (tmp_path / "corpus.pt").write_bytes(make())
    assert words in refusal(tmp_path / "corpus.pt")


@pytest.mark.parametrize("kind", [torch.uint16, torch.uint64, torch.float8_e5m2, torch.bfloat16, torch.bool])
def test_packed_tensors_of_newer_types_are_refused_by_type(kind: torch.dtype, tmp_path: Path) -> None:
    torch.save({"tokens": torch.ones(3).to(kind), "offsets": torch.tensor([0, 3])}, tmp_path / "corpus.pt")
    assert "uint8 is right" in refusal(tmp_path / "corpus.pt")
