"""The lock under which studies are planned."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from optsweep.database.connection import Storage, open_storage
from optsweep.database.patience import outage
from optsweep.database.urls import storage_url
from tests.databases import fresh_database

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"


def plan(storage: Storage) -> None:
    with storage.lock("plan study"):
        pass


@pytest.mark.heavy
def test_a_connection_that_is_lost_while_it_waits_for_the_lock_is_no_other_process_that_holds_it(
    tmp_path: Path,
) -> None:
    with fresh_database("postgresql", tmp_path) as url:
        holder, waiter = open_storage(storage_url(url), create=True), open_storage(storage_url(url))
        with ThreadPoolExecutor(1) as pool, holder.lock("plan study"):
            planning = pool.submit(plan, waiter)
            deadline = time.monotonic() + 30
            with holder.engine.connect() as connection:
                while (pid := connection.scalar(sa.text(WAITING))) is None:
                    assert time.monotonic() < deadline, "nobody waits for the lock"
                connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            error = planning.exception()
        assert isinstance(error, Exception)
        assert "no answer from the database" in str(outage(error))
        for storage in (holder, waiter):
            storage.close()
