"""What a drill did to its study, counted: nothing lost, nothing twice, nothing wrong; and the table that shows it."""

from __future__ import annotations

import contextlib
import math
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.connection import Storage, open_storage
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.tables import losses, run_events, runs, trials
from optsweep.database.urls import storage_url
from optsweep.results.records import RunRecord
from optsweep.search.sampling import RandomRuns
from optsweep.study.definition import StudyDefinition
from optsweep.study.script.config import ScriptConfig
from tests.chaos import script
from tests.chaos.dealing import Blow
from tests.chaos.drill import Drill
from tests.chaos.evidence import Stretch, overlaps, recovery_seconds, stretches
from tests.fakes.training import value_at


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One line of the table; the fields from ``lost`` to ``wrong`` must be 0, and ``most_again`` at most 1."""

    database: str
    seed: int
    kills: int
    finished: int
    target: int
    lost: int
    twice: int
    """Runs that finished twice, and times that two processes computed one run at once."""
    running: int
    """Trials left RUNNING, and leases that nobody holds."""
    failed: int
    wrong: int | None
    """Runs whose parameters or values are not those of an undisturbed sweep."""
    mean_again: float
    """Iterations computed again, per kill."""
    most_again: float
    """The most that one run lost by one kill, in evaluation intervals."""
    recovery: float
    """Median seconds from a kill until the run that it met is computed again."""
    seconds: float

    @property
    def holds(self) -> bool:
        broken = self.lost or self.twice or self.running or self.failed or self.wrong
        return not broken and self.finished == self.target and self.most_again <= 1


HEADER = [
    "database", "seed", "kills", "finished / target", "lost", "twice", "left RUNNING", "failed wrongly",
    "wrong values", "iterations again per kill", "most again (intervals)", "s to recover", "s in all",
]  # fmt: skip


def header() -> str:
    """The head of the table, in Markdown."""
    return _row(HEADER) + "\n" + _row(["---"] * len(HEADER))


def row(verdict: Verdict) -> str:
    """One line of the table."""
    values = [getattr(verdict, field.name) for field in fields(verdict)]
    cells = ["-" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value) for value in values]
    cells[3:5] = [f"{verdict.finished} / {verdict.target}"]
    return _row(cells)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def judge(database: str, drill: Drill, seconds: float) -> Verdict:
    """Read the study and what its workers left."""
    with contextlib.chdir(drill.sweeps.folder):
        storage = open_storage(storage_url(drill.sweeps.url))
        try:
            study = open_study(storage, drill.sweeps.name)
            snapshot = read_snapshot(study)
            rows = _finished_rows(study)
            held = _held(study)
            wrong = [run for run in snapshot.runs if is_wrong(run, study.definition)]
            drill.problems.extend(f"{run.run} is not as it should be: {run.parameters}, {run.curve}" for run in wrong)
            drill.problems.extend(_leaked(storage))
        finally:
            storage.close()
    histories = stretches(drill.runs)
    failed = snapshot.counts["failed"]
    return Verdict(
        database=database,
        seed=drill.seed,
        kills=len(drill.blows),
        finished=snapshot.finished_runs,
        target=snapshot.target,
        lost=snapshot.target - snapshot.finished_runs - failed,
        twice=sum(count - 1 for count in rows.values())
        + sum(overlaps(history, drill.stopped) for history in histories),
        running=held,
        failed=failed,
        wrong=len(wrong),
        seconds=seconds,
        **cost_of_kills(histories, {run.run: interval(run.stored_config) for run in snapshot.runs}, drill.blows),
    )


def cost_of_kills(histories: list[list[Stretch]], intervals: dict[str, int], blows: list[Blow]) -> dict[str, float]:
    """The verdict's ``mean_again``, ``most_again`` and ``recovery``; ``intervals``: iterations between evaluations."""
    again = [(stretch.again, intervals[stretch.run]) for history in histories for stretch in history]
    recoveries = [
        seconds
        for blow in blows
        for history in histories
        if (seconds := recovery_seconds(history, blow.pids, blow.time)) is not None
    ]
    return {
        "mean_again": sum(iterations for iterations, _ in again) / max(1, len(blows)),
        "most_again": max((iterations / interval for iterations, interval in again), default=0.0),
        "recovery": statistics.median(recoveries) if recoveries else 0.0,
    }


def interval(config: Mapping[str, Any]) -> int:
    """The most iterations between two evaluations: each is taken at the first step at or past its point."""
    if "trainer" in config:
        return script.EVERY
    every, batch = float(config["evaluation"]["every_sequences"]), int(config["training"]["effective_batch"])
    return math.ceil(every / batch)


def _leaked(storage: Storage) -> list[str]:
    """What is left in our tables of studies that are no more."""
    with storage.engine.connect() as connection:
        left = {
            table.name: connection.execute(
                sa.select(sa.func.count()).where(table.c.trial_id.not_in(sa.select(trials.c.trial_id)))
            ).scalar_one()
            for table in (runs, run_events, losses)
        }
    return [f"{number} rows of a deleted study in {name}" for name, number in left.items() if number]


def _finished_rows(study: Study) -> Counter[str]:
    trials = study.storage.backend.get_all_trials(
        study.study_id, deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED)
    )
    return Counter(trial.user_attrs["optsweep:run"] for trial in trials)


def _held(study: Study) -> int:
    running = study.storage.backend.get_n_trials(study.study_id, TrialState.RUNNING)
    leases = sa.select(sa.func.count()).where(runs.c.study_id == study.study_id, runs.c.token.is_not(None))
    with study.storage.engine.connect() as connection:
        return running + int(connection.execute(leases).scalar_one())


def is_wrong(run: RunRecord, definition: StudyDefinition) -> bool:
    """Whether the run's parameters or stored values differ from what an undisturbed sweep would have stored."""
    if run.source == "random" and run.parameters != RandomRuns(definition).parameters(
        run.index - len(definition.presets)
    ):
        return True
    expected = _curve(run)
    if run.state == "complete":
        return run.curve != expected
    return not run.curve or run.curve != {point: expected[point] for point in range(1, len(run.curve) + 1)}


def _curve(run: RunRecord) -> dict[int, float]:
    """What the run's evaluations are if nobody disturbs it."""
    if isinstance(run.config, ScriptConfig):
        steps = range(script.EVERY, script.STEPS + 1, script.EVERY)
        return {point: script.value_at(float(run.parameters["lr"]), step) for point, step in enumerate(steps, 1)}
    config = run.train_config
    iterations, batch = config.training.n_iters, config.training.effective_batch
    every = config.evaluation.every_sequences
    assert every is not None
    points = range(1, config.total_sequences // every + 1)
    return {point: value_at(config, -(-point * every // batch) / iterations) for point in points}
