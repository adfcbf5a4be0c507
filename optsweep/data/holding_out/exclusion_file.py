"""Which sequences of a full corpus are not trained on, kept beside its subset so that nobody searches twice."""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from optsweep.data.corpus import Corpus
from optsweep.data.fingerprint import describe_file
from optsweep.data.holding_out.rule_choice import recorded_rule
from optsweep.data.sequences import digest
from optsweep.files import atomic_path

Rows = npt.NDArray[np.int64]

_FOLDER = Path("data")
"""Where it goes if the subset's folder is read-only."""
_DAMAGE = (OSError, ValueError, LookupError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error)
"""What numpy raises for a damaged file."""


def exclusion_key(corpus: Corpus, subset: Corpus) -> str:
    """What the excluded sequences depend on: the corpus, the held-out sequences and the rule."""
    described = describe_file(corpus.path)
    parts = [subset.take(part) for part in (subset.validation, subset.confirmation) if part is not None]
    content = {
        "version": 1,
        "corpus": [described.size, described.fingerprint],
        "held_out": digest(*parts),
        "rule": recorded_rule(subset).values,
    }
    return json.dumps(content, sort_keys=True)


def places(subset: Path) -> list[Path]:
    """Where the exclusion of a subset may be kept; the first is where it is written."""
    name = f"{subset.stem}.excluded.npz"
    beside, in_data = subset.with_name(name), _FOLDER / name
    return [beside, in_data] if os.access(subset.parent, os.W_OK) else [in_data, beside]


def read_exclusion(subset: Path, key: str) -> tuple[Rows, Path] | None:
    """The kept rows and their file, if one is there, whole, and of the same key."""
    for path in places(subset):
        # A damaged file is as good as none.
        with contextlib.suppress(*_DAMAGE), path.open("rb") as file:
            kept = np.load(file, allow_pickle=False)
            rows = kept["rows"]
            if str(kept["key"]) == key and rows.dtype == np.int64 and rows.ndim == 1:
                return rows, path
    return None


def write_exclusion(subset: Path, key: str, rows: Rows) -> Path | None:
    """Keep the rows; None if nothing can be written: they are searched for again then."""
    path = places(subset)[0]
    with contextlib.suppress(OSError):
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.savez(file, key=np.array(key), rows=rows)
        return path
    return None
