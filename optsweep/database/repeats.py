"""Repeats: slots that become a further seed of a configuration when they are claimed. Which one, and when.

A slot is a run like any other but that nobody knows yet what it is. Its states:

* **slot**: WAITING as ``repeat-001``, without parameters, with a priority from `SLOT_PRIORITY` on. It is claimed when
  no other run waits and `next_seed` names a seed; `skip` may end it, and it ends by itself, as failed, once every other
  run has ended and none is complete (a retry brings it back with them);
* **claimed**: in one transaction it takes the next number of its configuration's seeds and with it its name
  (``tpe-007-seed2``), the parameters of the first seed, its mark (``repeat_of``) and a priority from `CLAIMED_PRIORITY`
  on, and it is RUNNING under its worker's lease. From now on it is a run like any other: it goes back to the queue, is
  resumed, fails and is retried under this name, which it never loses.

The transaction locks the study's row: no two workers take the same number, and each counts what the others have taken.

The last slots, two of three or more and one of fewer, are seeds of the leader *after* the choice: they are claimed once
every other run has ended, are marked (``after_choice``), and have no part in who leads. What they say of the leader's
value is not flattered by the choice.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.identities import read_identities
from optsweep.database.optuna_rows import put_attribute, put_parameters, read_direction, user_attributes
from optsweep.database.optuna_storage import read_trials
from optsweep.database.tables import current, run_events, runs, trials
from optsweep.results.attributes import PREFIX, after_choice, seed_number, seed_run
from optsweep.results.configurations import configurations
from optsweep.results.records import RunRecord, RunState
from optsweep.results.seeds import leader, next_to_repeat

CLAIMED_PRIORITY, SLOT_PRIORITY = 3_000_000, 4_000_000
NOTHING_TO_REPEAT = "there is nothing to repeat: no run is complete"

STATES: dict[TrialState, RunState] = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "waiting",
}


@dataclass(frozen=True)
class NextSeed:
    """What the next slot becomes."""

    first: int
    """Trial of the configuration's first seed."""
    repeat_of: str
    run: str
    after_choice: bool


@dataclass(frozen=True)
class Slots:
    """The slots of a study that wait, and what is to be done with them now."""

    rows: Sequence[sa.Row[Any]]
    """Their rows, in the order in which they are claimed."""
    next_seed: NextSeed | None = None
    hopeless: bool = False
    """Whether nothing can come any more that they could repeat."""

    @property
    def ready(self) -> Sequence[sa.Row[Any]]:
        """The one that can be claimed, or all of them if they are to be ended."""
        return self.rows if self.hopeless else self.rows[:1] if self.next_seed is not None else []


def judged(connection: sa.Connection, study_id: int, slots: Sequence[sa.Row[Any]]) -> Slots:
    """What is to be done with the slots that wait, in the order of their claims."""
    if not slots:
        return Slots([])
    records, waiting = bare_records(connection, study_id), {row.trial_id for row in slots}
    others = [record for trial_id, record in records.items() if trial_id not in waiting and not record.after_choice]
    all_ended = all(record.over for record in others)
    known = configurations(others, read_direction(connection, study_id))
    # Slots that ended as such, skipped, are repeats no more.
    number = len(slots) + sum(record.repeat_of is not None for record in records.values())
    last = len(slots) <= after_choice(number)
    first = leader(known) if last else next_to_repeat(known)
    if first is None:
        return Slots(slots, hopeless=all_ended)
    if last and not all_ended:
        return Slots(slots)
    taken = [seed_number(record.run) for record in records.values() if record.repeat_of == first]
    trial_id = next(trial_id for trial_id, record in records.items() if record.run == first)
    return Slots(slots, NextSeed(trial_id, first, seed_run(first, max(taken, default=1) + 1), last))


def bare_records(connection: sa.Connection, study_id: int) -> dict[int, RunRecord]:
    """Trial id -> what matters here of its run, values as stored; of a run that was tried again, its newest trial.

    A run without a config, which another program has ended, is none that can be repeated.
    """
    query = (
        sa.select(runs.c.trial_id, runs.c.run, runs.c.best_value, trials.c.state)
        .join(trials, trials.c.trial_id == runs.c.trial_id)
        .where(runs.c.study_id == study_id, trials.c.study_id == study_id, current)
        .order_by(runs.c.trial_id)
    )
    with_config = (
        sa.select(user_attributes.c.trial_id)
        .join(runs, runs.c.trial_id == user_attributes.c.trial_id)
        .where(runs.c.study_id == study_id, user_attributes.c.key == f"{PREFIX}config")
    )
    identities, configured = read_identities(connection, study_id), set(connection.execute(with_config).scalars())
    newest: dict[str, tuple[int, RunRecord]] = {}
    for row in connection.execute(query):
        identity = identities[row.trial_id]
        record = RunRecord(
            run=row.run,
            trial=row.trial_id,
            source=identity.source,
            preset=identity.preset,
            index=identity.index,
            state=STATES[row.state],
            value=row.best_value if row.trial_id in configured else None,
            repeat_of=identity.repeat_of,
            after_choice=identity.after_choice,
        )
        newest[row.run] = row.trial_id, record
    return dict(newest.values())


def become(connection: sa.Connection, trial_id: int, seed: NextSeed) -> dict[str, Any]:
    """Make a slot that seed, in the transaction of its claim; returns what its row is to hold besides."""
    (first,) = read_trials(connection, trials.c.trial_id == seed.first)
    kinds = first.distributions
    put_parameters(
        connection,
        trial_id,
        {name: (kinds[name].to_internal_repr(value), kinds[name]) for name, value in first.params.items()},
    )
    own = _trials_of_its_run(connection, trial_id)
    for one, name in itertools.product(own, ("run", "repeat_of", "after_choice")):
        put_attribute(connection, one, PREFIX + name, getattr(seed, name))
    connection.execute(sa.update(run_events).where(run_events.c.trial_id.in_(own)).values(run=seed.run))
    connection.execute(sa.update(runs).where(runs.c.trial_id.in_(own)).values(run=seed.run))
    return {"priority": runs.c.priority - SLOT_PRIORITY + CLAIMED_PRIORITY}


def _trials_of_its_run(connection: sa.Connection, trial_id: int) -> list[int]:
    """That slot's trials: one that had ended as failed and was queued again has earlier ones."""
    slot = connection.execute(sa.select(runs.c.study_id, runs.c.run).where(runs.c.trial_id == trial_id)).one()
    same = sa.select(runs.c.trial_id).where(runs.c.study_id == slot.study_id, runs.c.run == slot.run, current)
    return list(connection.execute(same).scalars())
