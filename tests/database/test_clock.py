"""The database's clock is the one clock that all hosts share: it never jumps, whatever zone its server is in."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from optsweep.database.connection import open_storage
from optsweep.database.urls import storage_url
from tests.servers import private_server

BEFORE, AFTER = 1_729_989_000, 1_729_992_600
"""2024-10-27, 00:30 and 01:30 in UTC: in Berlin both are 02:30, since clocks were set back at 03:00."""


@pytest.mark.heavy
def test_r10_the_hour_that_comes_twice_is_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    # Written out, so that it needs no table of zones.
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    with private_server("mariadb") as server:
        monkeypatch.undo()
        storage = open_storage(storage_url(server.url), create=True)
        with storage.engine.begin() as connection:
            told = []
            for moment in (BEFORE, AFTER):
                connection.execute(sa.text(f"SET timestamp = {moment}.25"))
                assert str(connection.execute(sa.text("SELECT now()")).scalar()) == "2024-10-27 02:30:00"
                told.append(storage.now(connection))
            assert told == [BEFORE + 0.25, AFTER + 0.25]
            connection.execute(sa.text("SET timestamp = DEFAULT"))
            assert storage.now(connection) == pytest.approx(time.time(), abs=5)
        storage.close()
