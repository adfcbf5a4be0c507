"""Small commands on a study that exists: enqueue, skip, doctor."""

from __future__ import annotations

from optuna.trial import TrialState

from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_run, read_snapshot
from optsweep.database.urls import masked
from optsweep.errors import ConfigError, StorageError
from optsweep.machine.devices import list_gpus
from optsweep.machine.process import identify
from optsweep.planning.plan import enqueue
from optsweep.study.space import parse_assignments


def enqueue_assignments(study: Study, assignments: list[str]) -> str:
    """Queue ``KEY=VALUE...`` as a run of the user's; raises `ConfigError` with every mistake."""
    space = study.definition.space
    parameters = parse_assignments(assignments, space.kinds)
    mistakes = space.check(parameters, partial=True)
    if mistakes:
        raise ConfigError("enqueue", mistakes)
    return enqueue(study.storage, study.name, parameters)


def skip_run(study: Study, run: str) -> str:
    """Leave out a waiting run, or end a running one at its next iteration; raises `StorageError`."""
    record = read_run(study, run)
    lease = study.queue.take(run, "the user", identify())
    if lease is not None:
        # A pruned trial without parameters would empty the space that TPE works in; Optuna's FAIL is invisible to it.
        study.queue.finish(lease, TrialState.FAIL, None, outcome="skipped", reason="skipped by the user")
        return f"{run} is skipped"
    if study.queue.order(run, "skip"):
        return f"{run} will end at its next iteration"
    raise StorageError(f"run {run!r} of study {study.name!r} has ended: it is {record.state}")


def doctor_lines(study: Study) -> list[str]:
    """How the study is; hands back the runs of dead workers."""
    reclaimed = study.queue.reclaim_dead(identify())
    snapshot = read_snapshot(study)
    counts = ", ".join(f"{count} {state}" for state, count in snapshot.counts.items())
    gpus = ", ".join(f"{gpu.label} ({gpu.name})" for gpu in list_gpus()) or "the driver lists none"
    return [
        f"Study {study.name} in {masked(study.storage.url)}: {counts}; target {snapshot.target}",
        f"Handed back from dead workers: {', '.join(reclaimed) or 'none'}",
        f"Stopped: {snapshot.stopped or 'no'}",
        f"GPUs: {gpus}",
    ]
