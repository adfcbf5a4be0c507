"""A drill of optsweep on one kind of database, from an empty folder to its verdict."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optsweep.data.demo import ensure_demo
from optsweep.data.subset import ensure_subset
from tests.chaos.drill import Drill
from tests.chaos.strikes import PROCESSES, SERVERS, draw_strikes
from tests.chaos.verdict import Verdict, judge
from tests.servers import PrivateServer, private_server
from tests.sweeps import Sweeps, no_process_left

ITERATION_SECONDS = 0.02


def chaos(
    kind: str, seed: int, kills: int, folder: Path, iteration_seconds: float = ITERATION_SECONDS
) -> tuple[Verdict, list[str]]:
    """Run one drill in ``folder``; the verdict, and what else nobody should ever see."""
    place = workplace(folder, f"{kind}-{seed}")
    with database(kind, place) as (url, server):
        sweeps = Sweeps(place, url, iteration_seconds=iteration_seconds)
        drill = Drill(sweeps, server, seed)
        targets = PROCESSES if server is None else {**PROCESSES, **SERVERS}
        began = time.monotonic()
        with no_process_left(sweeps):
            drill.run(draw_strikes(seed, kills, targets))
        return judge(kind, drill, time.monotonic() - began), drill.problems


def workplace(folder: Path, name: str) -> Path:
    """An empty folder with the demo corpus, which is made once."""
    corpus = ensure_demo(folder / "corpus" / "demo.pt")
    ensure_subset(corpus)
    place = folder / name
    place.mkdir()
    (place / "data").symlink_to(corpus.parent)
    return place


@contextmanager
def database(kind: str, place: Path) -> Iterator[tuple[str, PrivateServer | None]]:
    """The URL of an empty database, and the server that may be killed."""
    if kind == "sqlite":
        yield f"sqlite:///{place / 'study.db'}", None
        return
    with private_server(kind) as server:
        yield server.url, server
