"""A study as its tables say by plain SQL, without the program's own readers, and what must hold in them at any time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from optsweep.machine.process import ProcessIdentity

ENDS = {"complete": "COMPLETE", "pruned": "PRUNED", "diverged": "PRUNED", "out_of_memory": "PRUNED", "failed": "FAIL"}


def ending_of(outcome: str, value: float | None) -> str:
    """The state of the trial of a run that ended so; a skipped one without a value is FAIL."""
    return ENDS.get(outcome) or ("FAIL" if value is None else "PRUNED")


@dataclass(frozen=True)
class Run:
    """A run by its newest trial."""

    priority: int
    state: str = "WAITING"
    earlier: int = 0
    """How many trials it had before, each of which failed."""
    holder: ProcessIdentity | None = None
    attempts: int = 0
    faults: int = 0
    interruptions: int = 0
    checkpoint_step: int = 0
    counted_step: int = 0
    best_value: float | None = None
    last_value: float | None = None
    outcome: str | None = None
    order: str | None = None
    after_choice: bool = False
    curve: tuple[tuple[int, float], ...] = ()
    values: tuple[float, ...] = ()

    @property
    def ended(self) -> bool:
        return self.state not in ("WAITING", "RUNNING")

    @property
    def stray(self) -> bool:
        """Whether another program has taken its trial."""
        return self.state == "RUNNING" and self.holder is None


@dataclass(frozen=True)
class Observed:
    study_id: int | None
    target: int | None
    """None while the study is not planned."""
    runs: Mapping[str, Run]
    tokens: Mapping[str, str]
    """Run -> token of its lease."""
    trial_ids: Mapping[str, int]
    """Run -> its newest trial."""
    problems: tuple[str, ...]
    """Broken invariants."""


def observe(connection: sa.Connection, name: str) -> Observed:
    study_id = connection.scalar(sa.text("SELECT study_id FROM studies WHERE study_name = :name"), {"name": name})
    if study_id is None:
        return Observed(None, None, {}, {}, {}, ())
    of = {"study": study_id}
    rows = connection.execute(sa.text(ROWS), of).mappings().all()
    curves: dict[int, list[tuple[int, float]]] = {}
    for trial_id, step, value in connection.execute(sa.text(CURVES), of):
        curves.setdefault(trial_id, []).append((step, value))
    values: dict[int, list[float]] = {}
    for trial_id, value in connection.execute(sa.text(VALUES), of):
        values.setdefault(trial_id, []).append(value)
    target = connection.scalar(sa.text(TARGET), of)
    runs: dict[str, Run] = {}
    tokens: dict[str, str] = {}
    trial_ids: dict[str, int] = {}
    problems: list[str] = []
    for row in rows:
        run, trial_id = row["run"], row["trial_id"]
        if run is None or row["named"] is None or json.loads(row["named"]) != run:
            problems.append(f"trial {trial_id} is of {row['named']}, its row of {run}")
            continue
        if run in runs and runs[run].outcome != "failed":
            problems.append(f"{run} has a newer trial though the one before is {runs[run].state}")
        held = row["token"] is not None
        runs[run] = Run(
            row["priority"],
            row["state"],
            runs[run].earlier + 1 if run in runs else 0,
            ProcessIdentity(row["host"], row["boot_id"], row["pid"], row["pid_started"]) if held else None,
            *(row[column] for column in COUNTERS),
            after_choice=row["after_choice"] == "true",
            curve=tuple(curves.get(trial_id, ())),
            values=tuple(values.get(trial_id, ())),
        )
        trial_ids[run] = trial_id
        tokens.pop(run, None)
        if held:
            tokens[run] = row["token"]
        problems += [f"{run}: {problem}" for problem in _problems(runs[run])]
    if target is not None and int(target) != len(runs):
        problems.append(f"the target is {target}, there are {len(runs)} runs")
    twice = [holder for holder, number in Counter(run.holder for run in runs.values()).items() if holder and number > 1]
    problems += [f"{holder} holds more than one run" for holder in twice]
    return Observed(study_id, None if target is None else int(target), runs, tokens, trial_ids, tuple(problems))


def _problems(run: Run) -> list[str]:
    found = []
    # A waiting run that a command has just taken has a holder; one that another program has taken has none. The model
    # knows which.
    if run.ended and run.holder is not None:
        found.append(f"{run.state} with the token of {run.holder}")
    if run.outcome is not None:
        if run.state != ending_of(run.outcome, run.values[0] if run.values else None):
            found.append(f"{run.state} with the outcome {run.outcome}")
    elif run.ended:
        found.append(f"{run.state} without an outcome")
    if run.state == "COMPLETE" and run.values != (run.best_value,):
        found.append(f"complete with {run.best_value} in its row, {run.values} in its trial")
    if run.values and not run.ended:
        found.append(f"{run.state} with the final value {run.values}")
    return found


COUNTERS = (
    "attempts", "faults", "interruptions", "checkpoint_step", "counted_step", "best_value", "last_value", "outcome",
    "order_given",
)  # fmt: skip
ROWS = f"""
    SELECT trials.trial_id, trials.state, run, priority, token, host, boot_id, pid, pid_started, {", ".join(COUNTERS)},
        (SELECT value_json FROM trial_user_attributes a
         WHERE a.trial_id = trials.trial_id AND a.key = 'optsweep:run') AS named,
        (SELECT value_json FROM trial_user_attributes a
         WHERE a.trial_id = trials.trial_id AND a.key = 'optsweep:after_choice') AS after_choice
    FROM trials LEFT JOIN optsweep_runs ON optsweep_runs.trial_id = trials.trial_id
        AND optsweep_runs.study_id = trials.study_id
    WHERE trials.study_id = :study ORDER BY trials.trial_id
"""
CURVES = """
    SELECT p.trial_id, p.step, p.intermediate_value FROM trial_intermediate_values p
    JOIN trials ON trials.trial_id = p.trial_id WHERE trials.study_id = :study ORDER BY p.trial_id, p.step
"""
VALUES = """
    SELECT v.trial_id, v.value FROM trial_values v
    JOIN trials ON trials.trial_id = v.trial_id WHERE trials.study_id = :study ORDER BY v.trial_id, v.objective
"""
TARGET = "SELECT value_json FROM study_user_attributes WHERE study_id = :study AND key = 'optsweep:target'"


def left_behind(connection: sa.Connection, study_id: int | None) -> list[str]:
    """What a study that has just been planned finds of an earlier one that had its id."""
    found = []
    for table, more in (("runs", "attempts > 0"), ("run_events", "what != 'planned'"), ("losses", "0 = 0")):
        query = f"SELECT count(*) FROM optsweep_{table} WHERE study_id = :study AND {more}"
        if number := connection.scalar(sa.text(query), {"study": study_id}):
            found.append(f"{number} rows of optsweep_{table}")
    return found


def ends_and_attempts(connection: sa.Connection, study_id: int | None) -> list[str]:
    """Runs whose history tells of two ends, or not of each attempt."""
    told: dict[int, Counter[str]] = {}
    events = "SELECT trial_id, what FROM optsweep_run_events WHERE study_id = :study"
    for trial_id, what in connection.execute(sa.text(events), {"study": study_id}):
        told.setdefault(trial_id, Counter())[what] += 1
    wrong = []
    for row in connection.execute(sa.text(ROWS), {"study": study_id}).mappings():
        counts = told.get(row["trial_id"], Counter())
        ends = sum(counts[outcome] for outcome in (*ENDS, "skipped"))
        if ends != 1 or counts["claimed"] != row["attempts"]:
            wrong.append(f"{row['run']}: {row['attempts']} attempts, but its history has {dict(counts)}")
    return wrong
