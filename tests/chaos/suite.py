"""A drill of optsweep on one kind of database, from an empty folder to its verdict."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from optsweep.data.demo import ensure_demo
from optsweep.data.subset import ensure_subset
from tests.chaos import script
from tests.chaos.drill import Drill, DrilledSweeps
from tests.chaos.proxy import Proxy
from tests.chaos.strikes import PROCESSES, SCRIPTS, SERVERS, draw_strikes
from tests.chaos.verdict import Verdict, judge
from tests.servers import PrivateServer, private_server
from tests.sweeps import no_process_left

ITERATION_SECONDS = 0.02


def chaos(
    kind: str, seed: int, strikes: int, folder: Path, iteration_seconds: float = ITERATION_SECONDS
) -> tuple[Verdict, list[str]]:
    """Run one drill in ``folder``; the verdict, and what else nobody should ever see."""
    return _drill(kind, "demo", seed, strikes, folder, iteration_seconds)


def chaos_of_scripts(
    kind: str, seed: int, strikes: int, folder: Path, iteration_seconds: float = ITERATION_SECONDS
) -> tuple[Verdict, list[str]]:
    """The same where runs are those of a script."""
    (folder / "script.toml").write_text(script.STUDY)
    return _drill(kind, str(folder / "script.toml"), seed, strikes, folder, iteration_seconds)


def _drill(
    kind: str, study: str, seed: int, strikes: int, folder: Path, iteration_seconds: float
) -> tuple[Verdict, list[str]]:
    place = workplace(folder, f"{kind}-{Path(study).stem}-{seed}")
    with database(kind, place) as (url, server), _wire(url, server) as (near, proxy):
        sweeps = DrilledSweeps(place, near, iteration_seconds=iteration_seconds)
        drill = Drill(sweeps, study, seed, server, proxy)
        targets = PROCESSES | (SERVERS if server else {}) | (SCRIPTS if study != "demo" else {})
        began = time.monotonic()
        with no_process_left(sweeps):
            drill.run(draw_strikes(seed, strikes, targets))
        return judge(kind if study == "demo" else f"{kind}, script", drill, time.monotonic() - began), drill.problems


@contextmanager
def _wire(url: str, server: PrivateServer | None) -> Iterator[tuple[str, Proxy | None]]:
    """The URL by which the sweep reaches its database, over a wire that can be cut if there is one."""
    if server is None:
        yield url, None
        return
    with closing(Proxy(server.port)) as proxy:
        yield sa.make_url(url).set(port=proxy.port).render_as_string(hide_password=False), proxy


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
