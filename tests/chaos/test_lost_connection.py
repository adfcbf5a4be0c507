"""The server dies in the middle of a transaction of Optuna's."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from optuna.study import StudyDirection

from optsweep.database.connection import open_storage
from optsweep.database.patience import patiently
from optsweep.database.urls import storage_url
from tests.servers import PrivateServer, private_server


class DiesAtQuery:
    """Restarts the server just before the first query of a table."""

    def __init__(self, server: PrivateServer, engine: sa.Engine, table: str) -> None:
        self._server = server
        self._table = table
        self.died = False
        sa.event.listen(engine, "before_cursor_execute", self._before)

    def _before(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not self.died and f"FROM {self._table}" in statement:
            self.died = True
            self._server.restart()


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_reading_the_trials_is_repeated_where_the_server_dies_between_its_queries(kind: str) -> None:
    with private_server(kind) as server:
        storage = open_storage(storage_url(server.url), create=True)
        study_id = storage.backend.create_new_study([StudyDirection.MINIMIZE], "study")
        storage.backend.create_new_trial(study_id)
        accident = DiesAtQuery(server, storage.engine, "trials")
        assert len(patiently(storage.backend.get_all_trials, study_id)) == 1
        assert accident.died
        storage.close()
