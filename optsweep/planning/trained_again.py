"""Which runs are trained again, and with which configs: repeats at the sweep's own setting, and the larger one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optsweep.config import TrainConfig
from optsweep.errors import ConfigError
from optsweep.planning.full_config import full_config
from optsweep.planning.linked import RunAgain
from optsweep.results.records import COMPLETED, RunRecord, StudySnapshot
from optsweep.trainers.builtin import lengthened

DENSITY = 1.7
"""Ranks are chosen at (i / (k - 1)) ** DENSITY of the ranking: half of the runs come from its best third."""
REPEATED = 5
"""How many of the best configurations are repeated with other seeds."""
FEWEST_RUNS = 4
MOST_TIMES = 10_000


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
        length = "the full length" if self.times == "full" else f"{self.times:.3g} times the sweep's length"
        data = "the whole corpus" if self.sequences is None else f"{self.sequences:,} sequences"
        return f"{length} on {data}"


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
    return snapshot.ranking + sorted(cut, key=lambda run: (-run.progress, run.value or 0.0))


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


def with_seed(snapshot: StudySnapshot, run: RunRecord, number: int, purpose: str = "repeat") -> RunAgain:
    """The run with the training seed that belongs to ``number`` and ``purpose``; the evaluation stays the same."""
    config = run.train_config
    seed = snapshot.definition.seed_for(run.index, purpose, number)
    training = config.training.model_copy(update={"seed": seed})
    return RunAgain(f"{run.run}-seed-{number}", run, config.model_copy(update={"training": training}))


def larger(snapshot: StudySnapshot, chosen: list[RunRecord], setting: Setting) -> list[RunAgain]:
    """The chosen runs at ``setting``, with the seeds of the sweep."""
    return [RunAgain(f"{run.run}-large", run, _larger(snapshot, run, setting)) for run in chosen]


def _larger(snapshot: StudySnapshot, run: RunRecord, setting: Setting) -> TrainConfig:
    config = full_config(snapshot, run) if setting.times == "full" else lengthened(run.train_config, setting.times)
    data = config.data.model_copy(update={"num_sequences": setting.sequences})
    return config.model_copy(update={"data": data})
