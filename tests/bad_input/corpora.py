"""Wrong .pt files: damaged, foreign, lying, hostile."""

from __future__ import annotations

import functools
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .outcome import Case

FIRED = "the-code-of-a-pickle-ran"


class Attack:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {FIRED}",)


def packed(**changes: Any) -> dict[str, Any]:
    """What a packed corpus holds, 20 sequences; None leaves a key out."""
    import torch

    values = {
        "tokens": (torch.arange(20 * 60) * 7 % 20 + 5).to(torch.uint8),
        "offsets": torch.arange(0, 20 * 60 + 1, 60),
        "manifest": {},
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def row(text: str = "MKVLAAGGDE" * 6) -> dict[str, Any]:
    import torch

    from optsweep.data.vocabulary import encode

    tokens = torch.ones(512, dtype=torch.int64)
    ids = [0, *encode(text)[:510].tolist(), 2]
    tokens[: len(ids)] = torch.tensor(ids)
    return {"protein_seq": text, "prot_tokens": tokens, "length": len(text)}


def saved(make: Callable[[], Any], **options: Any) -> Callable[[Path], None]:
    """Writes what ``make`` gives as torch.save does; torch is loaded only when a case is run."""

    def write(path: Path) -> None:
        import torch

        torch.save(make(), path, **options)

    return write


def packed_with(**changes: Callable[[], Any]) -> Callable[[Path], None]:
    return saved(lambda: packed(**{name: make() for name, make in changes.items()}))


def tensor(*values: int, dtype: str = "int64") -> Any:
    import torch

    return torch.tensor(values, dtype=getattr(torch, dtype))


def lying_tokens() -> Any:
    tokens = packed()["tokens"]
    tokens[130] = 77
    return tokens


def lying_offsets() -> Any:
    offsets = packed()["offsets"]
    offsets[10] = 10**15
    return offsets


def nested(depth: int) -> list[Any]:
    return functools.reduce(lambda inner, _: [inner], range(depth), [])


def cut(share: float) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        saved(packed)(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])

    return write


def zipped(**members: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(f"archive/{name}.pkl", content)

    return write


NOTHING_RUN = "nothing of it was run"
MORE_MEMORY = "asks for more memory than a corpus of its size needs"

CONTENTS: list[tuple[str, bytes | Callable[[Path], None], list[str]]] = [
    ("empty", b"", ["is empty", "a corpus (.pt) is expected"]),
    ("FASTA", b">protein\nMKVLAAGG\n", ["looks like FASTA", "optsweep data import corpus.pt"]),
    ("gzip", b"\x1f\x8b\x08\0\0\0\0\0", ["looks like FASTA", "optsweep data import"]),
    ("HTML", b"<html>404</html>", ["HTML page", "a corpus (.pt) is expected"]),
    ("text", b"hello", ["not a .pt file", "a corpus (.pt) or FASTA"]),
    ("a plain pickle", pickle.dumps([1, 2]), ["not a .pt file", "a corpus (.pt) or FASTA"]),
    ("cut to a half", cut(0.5), ["no whole .pt file", "end is missing"]),
    ("cut to a tenth", cut(0.1), ["no whole .pt file", "end is missing"]),
    ("a zip of something else", zipped(other=b"x"), ["no whole .pt file", "data.pkl"]),
    ("a zip of no pickle", zipped(data=b"nonsense"), ["not a corpus", "pickle is damaged"]),
    ("a zip of 16 GB in 20 bytes", zipped(data=b"\x80\x04\x8d" + (1 << 34).to_bytes(8, "little")), [MORE_MEMORY]),
    ("a memo of 34 GB", zipped(data=b"\x80\x02]r\xff\xff\xff\x7f."), [MORE_MEMORY]),
    ("keys that overflow the stack", zipped(data=b"})" + b"\x85" * 1_000_000 + b"Ns."), ["the process that reads it"]),
    ("code, packed", packed_with(manifest=Attack), ["posix.system", NOTHING_RUN]),
    ("code, legacy", saved(lambda: [row(), Attack()]), ["posix.system", NOTHING_RUN]),
    ("code, protocol 4", saved(lambda: [Attack()], pickle_protocol=4), ["posix.system", NOTHING_RUN]),
    ("code, old format", saved(Attack, _use_new_zipfile_serialization=False), ["posix.system", NOTHING_RUN]),
    (
        "a model",
        saved(lambda: {"weight": tensor(1, 2, dtype="float32")}),
        ["has no tokens", "tokens, offsets and manifest"],
    ),
    ("a tensor", saved(lambda: tensor(1, 2)), ["holds a tensor", "a dict or a list of dicts"]),
    ("an empty dict", saved(dict), ["has no tokens", "tokens, offsets and manifest"]),
    ("an empty list", saved(list), ["holds no sequences"]),
    ("without tokens", packed_with(tokens=lambda: None), ["has no tokens"]),
    ("without offsets", packed_with(offsets=lambda: None), ["has no offsets"]),
    ("tokens of another type", packed_with(tokens=lambda: tensor(5, 6)), ["tokens has type int64", "uint8 is right"]),
    ("tokens in a list", packed_with(tokens=lambda: [5, 6]), ["tokens is a list", "a tensor of uint8"]),
    ("offsets that lie", packed_with(offsets=lying_offsets), ["offsets fall at sequence 10"]),
    ("offsets beyond the tokens", packed_with(offsets=lambda: tensor(0, 10**15)), ["offsets do not run from 0 to"]),
    ("offsets from 5", packed_with(offsets=lambda: tensor(5, 1200)), ["offsets do not run from 0 to the 1200"]),
    ("a split beyond the end", packed_with(validation=lambda: tensor(20)), ["sequences outside 0..19"]),
    ("a split that overlaps", packed_with(validation=lambda: tensor(1), confirmation=lambda: tensor(1)), ["twice"]),
    ("manifest of numbers", packed_with(manifest=lambda: [1]), ["manifest is not a dict"]),
    ("manifest not a number", packed_with(manifest=lambda: {"x": float("nan")}), ["manifest", "plain values"]),
    ("manifest 200 deep", packed_with(manifest=lambda: {"x": nested(200)}), ["manifest", "plain values"]),
    ("manifest of 50 GB", packed_with(manifest=lambda: {"x": ["x" * 1_000_000] * 50_000}), ["manifest", "plain"]),
    (
        "rows of 5 GB",
        saved(lambda: [row("A" * 2_000_000)] * 2_500),
        ["rows share their sequences", "longer than the file"],
    ),
    ("a row of text", saved(lambda: [row(), "MKV"]), ["row 1 is a str", "a dict with protein_seq"]),
    ("a row without a sequence", saved(lambda: [row(), {"length": 5}]), ["row 1 lacks protein_seq"]),
    ("a row of numbers", saved(lambda: [row() | {"protein_seq": 5}]), ["row 0", "protein_seq: str"]),
]

ROWS_USED: list[tuple[str, Callable[[Path], None], list[str]]] = [
    ("tokens out of range", packed_with(tokens=lying_tokens), ["sequence 2 holds token 77", "3 and 5..24"]),
    ("nothing but unknown", packed_with(tokens=lambda: tensor(*[3] * 1200, dtype="uint8")), ["its 20 sequences"]),
]
"""What is found when the rows are used: not by `data info`, which only looks."""

CASES = [
    *(
        Case(
            f"{' '.join(command)} .pt: {id}",
            [*command, "corpus.pt"],
            ["corpus.pt", *says],
            files={"corpus.pt": content},
        )
        for contents, commands in (
            (CONTENTS, (["data", "info"], ["sweep", "--data"])),
            (ROWS_USED, (["data", "subset"], ["sweep", "--data"])),
        )
        for id, content, says in contents
        for command in commands
    ),
    Case(
        "verify .pt: tokens out of range",
        ["data", "info", "--verify", "corpus.pt"],
        ["corpus.pt: sequence 2 holds token 77"],
        files={"corpus.pt": packed_with(tokens=lying_tokens)},
    ),
    Case(
        "sweep .pt: a subset of somebody else's",
        ["sweep", "--data", "mine.pt"],
        ["mine_sweep.pt: is there already", "move it away"],
        files={"mine.pt": saved(lambda: [row()] * 20), "mine_sweep.pt": saved(packed)},
    ),
    Case(
        "info .pt: a pipe",
        ["data", "info", "pipe.pt"],
        ["pipe.pt", "is a pipe", "a file is expected"],
        files={"pipe.pt": os.mkfifo},
    ),
]
