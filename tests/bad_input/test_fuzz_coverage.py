"""Twenty seconds of coverage-guided fuzzing for each reader: no crash, no hang, under 1 GB, no code run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data.test_fuzz import WHOLE

from .fastas import GOOD, PACKED
from .outcome import REPOSITORY

SECONDS = 20
SEEDS = {"fasta": [GOOD[:1000], PACKED[:1000]], "packed": WHOLE[::3], "legacy": [*WHOLE[1:3], WHOLE[4]]}


@pytest.mark.heavy
@pytest.mark.parametrize("target", SEEDS)
def test_coverage_guided(target: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="there is no atheris for this machine")
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number, seed in enumerate(SEEDS[target]):
        (seeds / str(number)).write_bytes(seed)
    limits = [f"-max_total_time={SECONDS}", "-rss_limit_mb=1024", "-timeout=10", "-max_len=20000"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bad_input.fuzz_targets", target, *limits, str(seeds)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done " in done.stderr, done.stderr[-3000:]
    found = sorted(path.name for path in tmp_path.iterdir())
    assert not [name for name in found if name.startswith(("crash-", "timeout-", "oom-"))], found
