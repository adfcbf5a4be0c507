"""Simulated hosts with processes that come and go, one clock, and a real database that all of them share."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import optuna
import pytest
import sqlalchemy as sa
from optuna.storages._rdb import models

from optsweep.database import lease, patience
from optsweep.database.connection import Storage, open_storage
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study, open_study
from optsweep.database.tables import metadata
from optsweep.machine import process
from optsweep.machine.process import ProcessIdentity
from optsweep.planning import steering
from tests.model.faults import FaultyEngine, Stopped

PLACES = {"first": "a", "second": "a", "user": "a", "far": "b", "clone": "c"}
"""Where the simulated processes run: place -> machine."""
HOSTS = {"a": "host", "b": "other host", "c": "host"}
"""Machine -> host; the third is a clone of the first, and its pids mean nothing there."""
UPTIME = 100_000
MAX_PAUSES = 20
START = 1_800_000_000.0


@dataclass
class Process:
    """What runs at one place at a time; after its death another begins there, with nothing in its memory."""

    place: str
    engine: FaultyEngine
    storage: Storage
    identity: ProcessIdentity
    lease: Lease | None = None
    study: Study | None = None
    looked: bool = False
    """Whether it has looked for silent holders: who looks again after a long time gives them another chance."""


@dataclass
class World:
    url: sa.URL
    clock: float = START
    processes: dict[str, Process] = field(default_factory=dict)
    _boots: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Machine -> which boot of it, and when it was."""
    _current: Process | None = None
    _pause: Callable[[], None] = lambda: None
    _pauses: int = 0
    _alive: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _pids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    @classmethod
    def open(cls, url: sa.URL) -> World:
        world = cls(url)
        world._boots = dict.fromkeys(HOSTS, (0, START - UPTIME))
        for place in PLACES:
            storage = open_storage(url, create=True)
            engine = FaultyEngine(storage.engine)
            world.processes[place] = Process(place, engine, storage, world._identity(place))
        return world

    def close(self) -> None:
        for one in self.processes.values():
            one.engine.start()
            one.storage.close()

    def begin(self) -> None:
        """A new history: nothing is left of the processes of the last one."""
        self.clock, self._pids = START, itertools.count(1000)
        self._boots = dict.fromkeys(HOSTS, (0, START - UPTIME))
        self._alive.clear()
        for place in PLACES:
            self.restart(place)

    def restart(self, place: str) -> Process:
        """The place's process dies, if it has not, and another begins."""
        one = self.processes[place]
        self._alive.pop((one.identity.host, one.identity.boot_id, one.identity.pid), None)
        one.engine.start()
        one.identity, one.lease, one.study, one.looked = self._identity(place), None, None, False
        # A process has a cache of its own of the trials that have ended.
        one.storage = Storage(optuna.storages.get_storage(one.storage.backend), one.storage.backend)
        return one

    def reboot(self, machine: str) -> None:
        self._boots[machine] = self._boots[machine][0] + 1, self.clock
        for place, there in PLACES.items():
            if there == machine:
                self.restart(place)

    def uptime(self, one: Process) -> float:
        return self.clock - self._boots[PLACES[one.place]][1]

    def lives(self, identity: ProcessIdentity) -> bool:
        return self._alive.get((identity.host, identity.boot_id, identity.pid)) == identity.pid_started

    def study(self, one: Process, name: str) -> Study:
        """The study as that process knows it since it opened it."""
        if one.study is None:
            one.study = open_study(one.storage, name)
        return one.study

    def _identity(self, place: str) -> ProcessIdentity:
        machine = PLACES[place]
        host, boot = HOSTS[machine], f"boot {self._boots[machine][0]} of {machine}"
        pid = next(self._pids)
        identity = ProcessIdentity(host, boot, pid, pid * 100)
        self._alive[(host, boot, pid)] = identity.pid_started
        return identity

    @contextlib.contextmanager
    def as_seen_by(self, one: Process, pause: Callable[[], None]) -> Iterator[None]:
        """What ``one`` does within the block, it does on its own host; ``pause`` is done while it waits."""
        before = self._current, self._pause, self._pauses
        self._current, self._pause, self._pauses = one, pause, 0
        try:
            yield
        finally:
            self._current, self._pause, self._pauses = before

    def _me(self) -> ProcessIdentity:
        assert self._current is not None
        return self._current.identity

    def _start_ticks(self, pid: int) -> int | None:
        me = self._me()
        return self._alive.get((me.host, me.boot_id, me.pid if pid == os.getpid() else pid))

    def _uptime(self) -> float:
        assert self._current is not None
        return self.uptime(self._current)

    def _sleep(self, _: float) -> None:
        if self._current is not None and self._current.engine.stopped:
            raise Stopped
        self._pauses += 1
        assert self._pauses < MAX_PAUSES, "it asks for ever"
        self._pause()

    @contextlib.contextmanager
    def simulated(self) -> Iterator[None]:
        """Within the block the program finds these hosts, processes and this clock where it looks for real ones."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(process, "this_host", lambda: self._me().host)
            patch.setattr(process, "this_boot", lambda: self._me().boot_id)
            patch.setattr(process, "start_ticks", self._start_ticks)
            patch.setattr(process, "uptime", self._uptime)
            patch.setattr(steering, "identify", self._me)
            patch.setattr(Storage, "now", lambda *_: self.clock)
            for module in (patience, lease):
                patch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.clock, sleep=self._sleep))
            yield


def empty(engine: sa.Engine) -> None:
    """Remove all studies, and whatever was left of deleted ones."""
    tables = [*models.BaseModel.metadata.sorted_tables, *metadata.sorted_tables]
    with engine.begin() as connection:
        for table in reversed(tables):
            if table.name != "version_info":
                connection.execute(sa.delete(table))
