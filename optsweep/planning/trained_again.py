"""Runs of a study trained again: with other seeds, to their end, at a larger setting or full length, for the last word.

They are the runs of a linked study, in the same database and with the same queue, workers and commands; only its runs
come with their configs, and its name is the origin's with the purpose after it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from optuna.trial import FrozenTrial, TrialState, create_trial

from optsweep.database.change import Change, change
from optsweep.database.linked import linked_name
from optsweep.database.open_study import Study
from optsweep.errors import ConfigError, StorageError
from optsweep.planning.plan import describe_new, existing_runs, find_or_create
from optsweep.results.attributes import Link, Purpose, RunIdentity, StudyAttributes
from optsweep.results.records import COMPLETED, RunRecord, StudySnapshot
from optsweep.search.sampling import distributions_for
from optsweep.study import run_config
from optsweep.study.definition import StudyDefinition
from optsweep.study.parameter import Parameter
from optsweep.study.run_config import RunConfig
from optsweep.study.scalar import Parameters
from optsweep.trainers.builtin import lengthened
from optsweep.trust.full_run import full_config

DENSITY = 1.7
"""Ranks are chosen at (i / (k - 1)) ** DENSITY of the ranking: half of the runs come from its best third."""
REPEATED = 5
"""How many of the best configurations are repeated with other seeds."""
FEWEST_RUNS = 4
MOST_TIMES = 10_000
NO_CHANGE: Mapping[str, Parameter] = {}
AS_IT_IS: Mapping[str, str | bool] = {}


@dataclass(frozen=True)
class Setting:
    """The larger setting: a factor of the sweep's length, or the full length, and the number of sequences."""

    times: float | Literal["full"]
    sequences: int | None
    """None for the whole corpus."""

    @property
    def suffix(self) -> str:
        """What the linked study's name ends in; empty for the full training."""
        length = "" if self.times == "full" else f"-x{self.times:g}"
        return length + ("" if self.sequences is None else f"-n{self.sequences}")

    @property
    def words(self) -> str:
        if self.times == "full":
            length = "the full length"
        else:
            length = "the sweep's length" if self.times == 1 else f"{self.times:.3g} times the sweep's length"
        data = "the whole corpus" if self.sequences is None else f"{self.sequences:,} sequences"
        return f"{length} on {data}"


@dataclass(frozen=True)
class RunAgain:
    """A run of the origin that is to be trained again."""

    run: str
    origin: RunRecord
    config: RunConfig
    varied: Parameters = field(default_factory=dict)
    """What it has in place of the origin's parameters."""


def factor(text: str) -> float | Literal["full"]:
    """The value of ``--length``; raises `ConfigError`."""
    if text == "full":
        return "full"
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number <= MOST_TIMES:
        raise ConfigError("--length", [f"{text}: must be a factor above 0, at most {MOST_TIMES}, or full"])
    return number


def finished_ranking(snapshot: StudySnapshot) -> list[RunRecord]:
    """Complete runs by value, then those that the pruner cut, the latest cut first."""
    cut = [run for run in snapshot.runs if run.cut]
    cost = snapshot.definition.direction.cost
    return snapshot.ranking + sorted(cut, key=lambda run: (-run.progress, cost(run.value or 0.0)))


def spread(ranking: list[RunRecord], count: int) -> list[RunRecord]:
    """``count`` runs over the whole ranking, denser at its top; raises `ConfigError` if too few have finished."""
    if len(ranking) < FEWEST_RUNS:
        raise ConfigError(
            "fidelity", [f"{len(ranking)} runs have finished; rank agreement needs at least {FEWEST_RUNS}"]
        )
    count = min(count, len(ranking))
    places = np.round((np.arange(count) / (count - 1)) ** DENSITY * (len(ranking) - 1)).astype(int)
    # Near the top several fall on one rank: each moves on to the next free one.
    for i in range(1, count):
        places[i] = max(places[i], places[i - 1] + 1)
    for i in range(count - 1, -1, -1):
        places[i] = min(places[i], len(ranking) - count + i)
    return [ranking[place] for place in places]


def repeats(snapshot: StudySnapshot, chosen: list[RunRecord], seeds: int) -> list[RunAgain]:
    """Pruned runs of ``chosen`` to their end, and its best ones with ``seeds`` - 1 further seeds, on the subset."""
    completed = [RunAgain(f"{run.run}{COMPLETED}", run, run.train_config) for run in chosen if run.state == "pruned"]
    return completed + [with_seed(snapshot, run, number) for number in range(2, seeds + 1) for run in chosen[:REPEATED]]


def with_seed(snapshot: StudySnapshot, run: RunRecord, number: int, purpose: Purpose = "repeats") -> RunAgain:
    """The run with the training seed that belongs to ``number`` and ``purpose``; the evaluation stays the same.

    The seeds are others than those of the repeats inside the sweep.
    """
    assert run.config is not None, "it has ended"
    config = run_config.with_seed(run.config, snapshot.definition.seed_for(run.index, purpose, number))
    return RunAgain(f"{run.run}-seed-{number}", run, config)


def larger(snapshot: StudySnapshot, chosen: list[RunRecord], setting: Setting) -> list[RunAgain]:
    """The chosen runs at ``setting``, with the seeds of the sweep."""
    again = []
    for run in chosen:
        config = full_config(snapshot, run) if setting.times == "full" else lengthened(run.train_config, setting.times)
        data = config.data.model_copy(update={"num_sequences": setting.sequences})
        again.append(RunAgain(f"{run.run}-large", run, config.model_copy(update={"data": data})))
    return again


def plan_linked(
    origin: Study,
    purpose: Purpose,
    again: list[RunAgain],
    *,
    suffix: str = "",
    space: Mapping[str, Parameter] = NO_CHANGE,
    data: Mapping[str, str | bool] = AS_IT_IS,
) -> Study:
    """Make the linked study if it is missing and queue those of ``again`` that it lacks; safe to repeat.

    ``space`` and ``data`` are what differs from the origin's search space and `StudyData`. Raises `StorageError` if a
    study of the user's has the name.
    """
    name = linked_name(origin, purpose, suffix)
    link = Link(origin=origin.name, purpose=purpose)

    with origin.storage.planning(name):
        study = find_or_create(origin.storage, name, origin.definition)
        definition = origin.definition.with_overrides(pruner="none")
        described = None if origin.data is None else origin.data.model_copy(update=data)
        definition = definition.model_copy(update={"space": definition.space.model_copy(update=space)})

        def write(plan: Change) -> None:
            attributes = plan.attributes()
            if attributes.model_fields_set and attributes.linked != link:
                raise StorageError(f"study {name!r} is there and was not made from {origin.name!r}")
            plan.store(StudyAttributes(linked=link, stop=None))
            if attributes.definition is None:
                describe_new(plan, definition, described, ["optsweep", link.command])
            existing = {one.run for one in existing_runs(plan, definition)}
            new = [run for run in again if run.run not in existing]
            plan.add([(_waiting(name, definition, run, index), index) for index, run in enumerate(new, len(existing))])
            plan.store(StudyAttributes(target=len(existing) + len(new)))

        change(study, write)
    return study


def _waiting(study: str, definition: StudyDefinition, again: RunAgain, index: int) -> FrozenTrial:
    parameters = {**again.origin.parameters, **again.varied}
    swept = again.origin.config
    before = {**(swept.provenance if swept else {}), **again.config.provenance}
    provenance = {**before, "study": study, "run": again.run, "of": again.origin.run}
    config = again.config.model_copy(update={"provenance": provenance})
    identity = RunIdentity(
        run=again.run,
        index=index,
        source="linked",
        preset=None,
        fixed=parameters,
        of=again.origin.run,
        config=config.model_dump(mode="json"),
    )
    return create_trial(
        state=TrialState.WAITING,
        params=dict(parameters),
        distributions=distributions_for(definition, parameters),
        user_attrs=identity.stored(),
    )
