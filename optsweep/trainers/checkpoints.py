"""The newest checkpoint that a script has left in its folder; one that a kill has cut short is passed over."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

ZIP = b"PK\x03\x04"
"""How the files of torch.save begin."""
NEVER_EMPTY = {".bin", ".ckpt", ".json", ".npz", ".pkl", ".pt", ".pth", ".safetensors"}
"""Of files in a checkpoint's folder; others, such as marks and locks, may hold nothing."""


def newest_checkpoint(folder: Path, pattern: str) -> Path | None:
    """The newest file or folder below ``folder`` that matches and is whole, absolute; None if there is none."""
    found = [(place.stat().st_mtime_ns, _by_number(place), place) for place in folder.glob(pattern) if place.exists()]
    whole = (place for _, _, place in sorted(found, reverse=True) if not is_torn(place))
    newest = next(whole, None)
    return None if newest is None else newest.absolute()


def is_torn(place: Path) -> bool:
    """Whether a writer was killed in the middle of it, as far as the file formats tell."""
    if not place.is_dir():
        return _is_empty(place) or _is_cut(place)
    files = [path for path in place.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    # Transformers' Trainer writes the second one last.
    unfinished = "training_args.bin" in names and "trainer_state.json" not in names
    cut = any(_is_cut(path) or (path.suffix in NEVER_EMPTY and _is_empty(path)) for path in files)
    return not files or unfinished or cut


def _is_empty(path: Path) -> bool:
    return path.stat().st_size == 0


def _is_cut(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(len(ZIP)) == ZIP:
            # The list of what it holds stands at a zip file's end.
            return not zipfile.is_zipfile(path)
    return path.suffix == ".safetensors" and _is_cut_safetensors(path)


def _is_cut_safetensors(path: Path) -> bool:
    """Whether it is shorter than its header says, which begins the file (eight bytes of length, then JSON)."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(min(length, path.stat().st_size))
    try:
        tensors = json.loads(header)
        ends = [one["data_offsets"][1] for name, one in tensors.items() if name != "__metadata__"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return True
    return path.stat().st_size < 8 + length + max(ends, default=0)


def _by_number(place: Path) -> list[tuple[int, str]]:
    """A key by which checkpoint-1000 comes after checkpoint-500; for those of one time."""
    parts = re.split(r"(\d+)", str(place))
    return [(int(part), "") if part.isascii() and part.isdigit() else (-1, part) for part in parts]
