"""Names of sequences as 64-bit hashes: enough to find a sequence that a cluster file names, in 8 bytes each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


def hash_names(names: Iterable[bytes]) -> npt.NDArray[np.int64]:
    """int64[n]; the same in every process and on every machine."""
    digests = b"".join(hashlib.blake2b(name, digest_size=8).digest() for name in names)
    return np.frombuffer(digests, "<i8")
