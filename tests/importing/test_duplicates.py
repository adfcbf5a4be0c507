from __future__ import annotations

import tracemalloc

import numpy as np

from optsweep.importing.duplicates import SeenFingerprints


def test_fingerprints_are_told_apart_while_the_runs_grow() -> None:
    rng = np.random.default_rng(0)
    seen: set[int] = set()
    fingerprints = SeenFingerprints()
    for size in [1, 0, 5, 100, 20_000, 3, 50_000, 1_000]:
        # 2 ** 16 values: each comes again, within a batch and in later ones.
        batch = rng.integers(0, 1 << 16, size).astype(np.uint64) << np.uint64(48)
        expected = []
        for value in batch.tolist():
            expected.append(value not in seen)
            seen.add(value)
        assert fingerprints.add(batch).tolist() == expected


def test_memory_stays_at_17_bytes_a_fingerprint() -> None:
    rng = np.random.default_rng(0)
    fingerprints = SeenFingerprints()
    batch, count = 50_000, 40
    tracemalloc.start()
    try:
        for _ in range(count):
            assert fingerprints.add(rng.integers(0, 1 << 64, batch, dtype=np.uint64)).all()
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    work = 50 * batch
    assert held < 8 * batch * count + work
    assert peak < 17 * batch * count + work
