"""Run histories of the state machine on one kind of database."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from optuna.storages import RDBStorage

from tests.databases import fresh_database
from tests.model import expected
from tests.model.machine import Machine
from tests.model.world import World

KINDS = ("sqlite", "postgresql")
STEPS = 40
IN_MEMORY = Path("/dev/shm")


@contextlib.contextmanager
def machine(kind: str) -> Iterator[type[Machine]]:
    """The state machine on an empty database, which waits for no disk: power cuts are not what it asks about."""
    with contextlib.ExitStack() as stack:
        memory = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="optsweep-model-", dir=memory))
        url = sa.make_url(stack.enter_context(fresh_database(kind, Path(folder))))
        looking = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        stack.callback(looking.dispose)
        connection = stack.enter_context(looking.connect())
        if kind == "postgresql":
            connection.execute(sa.text(f"ALTER DATABASE {url.database} SET synchronous_commit = off"))
        world = World.open(url)
        stack.callback(world.close)
        plain = RDBStorage(url.render_as_string(hide_password=False))
        stack.callback(plain.engine.dispose)
        stack.enter_context(world.simulated())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("MAX_FAULTS", "MAX_INTERRUPTIONS"):
            patch.setattr(f"optsweep.database.leases.{name}", getattr(expected, name))
        # Each lost answer would be told.
        logging.disable(logging.WARNING)
        stack.callback(logging.disable, logging.NOTSET)
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        yield type("Machine", (Machine,), {"world": world, "plain": plain, "looking": connection})


def run_histories(machine: type[Machine], number: int, histories: int, *, shorten: bool = True) -> None:
    """Run so many histories, drawn from the seed ``number``; raises the first that breaks an invariant, shortened."""
    run_state_machine_as_test(
        seed(number)(machine),
        settings=settings(
            max_examples=histories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink] if shorten else [Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
