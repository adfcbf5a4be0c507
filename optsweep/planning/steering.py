"""Small commands on a study that exists: enqueue, skip, retry, doctor."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace

from optuna.trial import FrozenTrial, TrialState, create_trial

from optsweep.database.change import Change, change
from optsweep.database.lease import RunProgress
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_run, read_snapshot
from optsweep.database.urls import masked
from optsweep.errors import ConfigError, StorageError
from optsweep.machine.driver import list_gpus
from optsweep.machine.process import identify
from optsweep.planning.plan import existing_runs, queue_runs
from optsweep.results.attributes import PREFIX, RunIdentity, StudyAttributes
from optsweep.results.words import standstill_words
from optsweep.study.assignments import parse_assignments


def enqueue(study: Study, assignments: list[str]) -> str:
    """Queue ``KEY=VALUE...`` as a run of the user's and raise the target by one; all other parameters will be sampled.

    Returns the run's id; raises `ConfigError` with every mistake.
    """
    definition = study.definition
    parameters = parse_assignments(assignments, definition.space.givable)
    if mistakes := definition.given_mistakes(parameters):
        raise ConfigError("enqueue", mistakes)
    token = uuid.uuid4().hex

    def write(plan: Change) -> str:
        if there := plan.added_by(token):
            return there[0]
        existing = existing_runs(plan, study.definition)
        run, index = f"user-{sum(one.source == 'user' for one in existing) + 1:03d}", len(existing)
        new = RunIdentity(run=run, index=index, source="user", preset=None, fixed=parameters)
        queue_runs(plan, study.definition, [new], token=token)
        plan.store(StudyAttributes(target=index + 1))
        return run

    with study.storage.planning(study.name):
        return change(study, write)


def skip(study: Study, run: str) -> str:
    """Leave out a waiting run, or end a running one at its next iteration; raises `StorageError`."""
    # Nobody would carry out an order to a dead holder, or to none (`optuna ask` took the run).
    study.queue.reclaim_dead()
    record = read_run(study, run)
    if study.queue.leave_out(run, "the user", identify(), "skipped by the user"):
        return f"{run} is skipped"
    if study.queue.order(run, "skip"):
        return f"{run} will end at its next iteration"
    raise StorageError(f"run {run!r} of study {study.name!r} has ended: it is {record.state}")


def retry_failed(study: Study, chosen: list[str] | None = None, *, fresh: bool = False) -> list[str]:
    """Queue failed runs again (all, or the chosen ones): same run, directory, parameters, and checkpoint.

    What is known of them stays until they come to new values. With ``fresh`` they do not go on from their checkpoints.
    Raises `StorageError` if a chosen run does not exist or did not fail.
    """
    token = uuid.uuid4().hex

    def write(plan: Change) -> list[str]:
        if there := plan.added_by(token):
            return there
        failed = {run: row for run, row in plan.newest_rows().items() if row.outcome == "failed"}
        again = chosen or list(failed)
        if wrong := [run for run in again if run not in failed]:
            names = ", ".join(failed) or "none"
            raise StorageError(f"study {study.name!r}: {', '.join(wrong)} did not fail; failed runs: {names}")
        rows = [failed[run] for run in again]
        new = [(_waiting_again(plan.trial(row.trial_id), RunProgress.of(row), fresh), row.priority) for row in rows]
        plan.add(new, what="queued again", token=token)
        return again

    study.queue.reclaim_dead()
    with study.storage.planning(study.name):
        return change(study, write)


def _waiting_again(old: FrozenTrial, known: RunProgress, fresh: bool) -> FrozenTrial:
    if fresh:
        known = replace(known, progress=0.0, sequences=0, seconds=0.0, checkpoint_step=0)
    return create_trial(
        state=TrialState.WAITING,
        params=old.params,
        distributions=old.distributions,
        intermediate_values=old.intermediate_values,
        user_attrs=old.user_attrs | {f"{PREFIX}standing": asdict(known), f"{PREFIX}anew": "asked" if fresh else ""},
        system_attrs=old.system_attrs,
    )


def doctor_lines(study: Study) -> list[str]:
    """How the study is; hands back the runs of dead workers."""
    reclaimed = study.queue.reclaim_dead()
    snapshot = read_snapshot(study)
    counts = ", ".join(f"{count} {state}" for state, count in snapshot.counts.items())
    gpus = ", ".join(f"{gpu.label} ({gpu.name})" for gpu in list_gpus()) or "the driver lists none"
    return [
        f"Study {study.name} in {masked(study.storage.url)}: {counts}; target {snapshot.target}",
        f"Handed back from dead workers: {', '.join(reclaimed) or 'none'}",
        f"Stopped: {standstill_words(snapshot) or 'no'}",
        f"GPUs: {gpus}",
    ]
