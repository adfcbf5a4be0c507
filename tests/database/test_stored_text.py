"""What scripts and hosts say can be stored in every kind of database, whatever its character set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from optsweep.database.open_study import Study
from optsweep.database.stored_text import storable
from optsweep.database.tables import runs
from tests.databases import fresh_database
from tests.planned import make_study

WORDS = "RuntimeError: bad header \0\1 grün ≥ \U0001f525 \udce9\x1b[0m"
STORED = {
    "all": "RuntimeError: bad header  grün ≥ \U0001f525 \\udce9",
    "utf8mb3": "RuntimeError: bad header  grün ≥ \\U0001f525 \\udce9",
    "latin1": "RuntimeError: bad header  grün \\u2265 \\U0001f525 \\udce9",
    "ascii": "RuntimeError: bad header  gr\\xfcn \\u2265 \\U0001f525 \\udce9",
}
DATABASES = [
    ("sqlite", "", "all"),
    ("postgresql", "UTF8", "all"),
    ("postgresql", "LATIN1", "latin1"),
    ("mariadb", "utf8mb4", "all"),
    ("mariadb", "utf8mb3", "utf8mb3"),
    ("mariadb", "latin1", "latin1"),
    ("mariadb", "greek", "ascii"),
]


@pytest.fixture(
    params=[
        pytest.param(entry, id=" ".join(entry[:2]).strip(), marks=[] if entry[0] == "sqlite" else pytest.mark.heavy)
        for entry in DATABASES
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Study, str]]:
    """A study in such a database, and which letters that one holds."""
    kind, character_set, holds = request.param
    with fresh_database(kind, tmp_path, character_set) as url:
        study = make_study(url, sampled=0)
        yield study, holds
        study.storage.close()


def test_r5_what_a_script_says_is_stored_in_any_character_set(place: tuple[Study, str]) -> None:
    study, holds = place
    with study.storage.engine.begin() as connection:
        run = connection.execute(sa.select(runs.c.run)).scalars().first()
        words = {
            "reason": storable(connection, WORDS),
            "host": storable(connection, "hôst\0\U0001f525" * 60, 200),
            "worker": storable(connection, "wörker \u2265" * 60, 128),
        }
        connection.execute(sa.update(runs).where(runs.c.run == run).values(words))
        row = connection.execute(sa.select(runs).where(runs.c.run == run)).one()
        assert row.reason == STORED[holds]
        assert (row.host, row.worker) == (words["host"], words["worker"])
        long = storable(connection, "\U0001f525" * 70_000)
        connection.execute(sa.update(runs).where(runs.c.run == run).values(reason=long))
        assert connection.execute(sa.select(runs.c.reason).where(runs.c.run == run)).scalar_one() == long
        assert storable(connection, None) is None
