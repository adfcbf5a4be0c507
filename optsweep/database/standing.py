"""How complete runs stand: the seeds of each configuration, the best configuration first. For what is kept of them."""

from __future__ import annotations

import sqlalchemy as sa

from optsweep.database.connection import transaction
from optsweep.database.open_study import Study
from optsweep.database.repeats import CLAIMED_PRIORITY, bare_records
from optsweep.database.tables import current, runs
from optsweep.results.attributes import seed_number
from optsweep.results.configurations import ranked
from optsweep.study.direction import Direction


@transaction
def seeds_by_rank(study: Study, connection: sa.Connection, number: int) -> list[list[str]]:
    """The complete seeds of configurations, the best configuration first, the first seed first.

    All configurations are there that were repeated, and of the others, whose order stays, the best ``number``.
    """
    complete = [
        runs.c.study_id == study.study_id,
        runs.c.outcome == "complete",
        runs.c.best_value.is_not(None),
        current,
    ]
    direction = study.definition.stored_direction
    repeats = sa.select(runs.c.run).where(*complete, runs.c.priority >= CLAIMED_PRIORITY)
    if connection.execute(repeats.limit(1)).first() is None:
        # Of 5,000 runs all records take a third of a second, which is nothing beside a repeat, but much after each run.
        value = runs.c.best_value if direction is Direction.MINIMIZE else -runs.c.best_value
        best = sa.select(runs.c.run).where(*complete).order_by(value, runs.c.trial_id).limit(number)
        return [[run] for run in connection.execute(best).scalars()]
    records = [record for record in bare_records(connection, study.study_id).values() if record.state == "complete"]
    seeds: dict[str, list[str]] = {record.run: [record.run] for record in ranked(records, direction)}
    for record in records:
        if record.repeat_of in seeds:
            seeds[record.repeat_of].append(record.run)
    once = [run for run, own in seeds.items() if len(own) == 1]
    for run in once[number:]:
        del seeds[run]
    return [[first, *sorted(further, key=seed_number)] for first, *further in seeds.values()]
