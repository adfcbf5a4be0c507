"""What the drill strikes with does what it says, on real servers."""

from __future__ import annotations

from contextlib import closing

import pytest
import sqlalchemy as sa

from optsweep.database.urls import storage_url
from tests.chaos.proxy import Proxy
from tests.servers import private_server


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_commit_whose_answer_is_lost_has_happened_and_a_database_goes_back(kind: str) -> None:
    with private_server(kind) as server, closing(Proxy(server.port)) as proxy:
        direct = storage_url(server.url)
        near = sa.create_engine(direct.set(port=proxy.port), poolclass=sa.NullPool)
        table = sa.Table("numbers", sa.MetaData(), sa.Column("number", sa.Integer))
        table.create(near)

        def numbers() -> list[int]:
            with near.begin() as connection:
                return list(connection.execute(sa.select(table.c.number)).scalars())

        def add(number: int) -> None:
            with near.begin() as connection:
                connection.execute(sa.insert(table).values(number=number))

        add(1)
        server.keep()
        proxy.lose(1)
        assert numbers() == [1], "what only reads is let alone"
        with pytest.raises(sa.exc.OperationalError):
            add(2)
        assert numbers() == [1, 2]
        add(3)
        server.go_back()
        assert numbers() == [1]
