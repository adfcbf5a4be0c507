"""The ladder: a few runs at two lengths or more around a finalist, from which the full run's lr and batch are read.

All else is the finalist's. The runs train on the whole corpus, without what is held out: as long as it is, they see no
sequence twice, which is how the full run learns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.planning.trained_again import RunAgain
from optsweep.results.attributes import LADDER_SEQUENCES
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.choices import Choices
from optsweep.study.lengths import whole_batch
from optsweep.study.parameter import Parameter
from optsweep.study.ranges import Range
from optsweep.train.learning_rate import decay
from optsweep.trainers.builtin import lengthened

OCTAVES = 2.0
"""To each side of the finalist's lr and batch: what is tried."""
STEP = 0.5
"""Octaves between two batches."""
FEWEST_ITERATIONS = 20
"""A run of fewer says nothing of a batch."""
FEWEST_RUNS = 8
WIDE = 1e4


@dataclass(frozen=True)
class Rungs:
    """The runs of one ladder."""

    finalist: RunRecord
    sequences: list[int]
    """What a run of each length sees, the shortest first."""
    runs: list[RunAgain]
    space: dict[str, Parameter]
    """Where their lr and batch lie."""

    @property
    def words(self) -> str:
        return f"{', '.join(f'{seen:,}' for seen in self.sequences)} sequences of the whole corpus"


def lengths_of(text: str) -> list[float]:
    """The value of ``--lengths``: ``0.25,1``, the shortest first; raises `ConfigError`."""
    found = []
    for part in text.split(","):
        try:
            number = float(part)
        except ValueError:
            number = math.nan
        if not 0 < number <= 100:
            raise ConfigError(
                "--lengths", [f"{part.strip() or 'nothing'}: must be a share of the sweep's length, 0.25"]
            )
        found.append(number)
    if len(set(found)) < 2:
        raise ConfigError("--lengths", [f"{text}: two lengths or more are needed, as in 0.25,1"])
    return sorted(set(found))


def rungs(snapshot: StudySnapshot, finalist: RunRecord, lengths: list[float], count: int) -> Rungs:
    """So many runs, spread over the lengths in turn; more of them, or a further length, keep those that there are.

    Raises `ConfigError` if there are too few runs, or if the shortest length is too short for the finalist's batch.
    """
    if count < FEWEST_RUNS:
        raise ConfigError("--runs", [f"{count}: a ladder needs at least {FEWEST_RUNS} runs"])
    config = finalist.train_config
    budget = snapshot.lengths("ladder").sampled_sequences
    sequences = [round(length * budget) for length in lengths]
    batches = _batches(config.training.effective_batch)
    possible = _possible(config.training.effective_batch, batches, sequences[0])
    lr = config.optim.lr
    runs = []
    for place, (length, seen) in enumerate(zip(lengths, sequences, strict=True)):
        number_of_runs = len(range(place, count, len(lengths)))
        points = _points(snapshot.definition.seed_for("ladder", finalist.run, f"{length:g}"), number_of_runs)
        for number, (across, along) in enumerate(points, start=1):
            found = lr * 2.0 ** (OCTAVES * (2 * across - 1))
            chosen = float(f"{found:.3g}"), possible[min(int(along * len(possible)), len(possible) - 1)]
            runs.append(_rung(snapshot, finalist, f"{length:g}", number, seen, *chosen))
    return Rungs(finalist, sequences, runs, _space(snapshot, finalist, batches))


def _points(seed: int, count: int) -> list[tuple[float, float]]:
    """Points of the unit square that fill it evenly, however many are taken: the first ones of a Sobol sequence."""
    # scipy.stats takes a second to load, which a command that refuses its input must not spend.
    from scipy.stats import qmc

    drawn = qmc.Sobol(2, rng=np.random.default_rng(seed)).random(2 ** math.ceil(math.log2(max(count, 2))))
    return [(float(across), float(along)) for across, along in drawn[:count]]


def _batches(found: int) -> list[int]:
    """In half octaves around the finalist's."""
    steps = np.arange(-OCTAVES, OCTAVES + STEP, STEP)
    return sorted({found, *(whole_batch(found * 2.0**step) for step in steps if step)})


def _possible(found: int, batches: list[int], shortest: int) -> list[int]:
    """Those of which the shortest run has enough steps; raises `ConfigError` if the finalist's is not among them."""
    possible = [batch for batch in batches if shortest / batch >= FEWEST_ITERATIONS]
    if found not in possible:
        steps = f"the shortest run has {shortest // found} steps of the finalist's batch {found}"
        raise ConfigError("--lengths", [f"{steps}; at least {FEWEST_ITERATIONS} are needed"])
    return possible


def _rung(
    snapshot: StudySnapshot, finalist: RunRecord, length: str, number: int, sequences: int, lr: float, batch: int
) -> RunAgain:
    swept, name = finalist.train_config, f"{finalist.run}-x{length}-{number:03}"
    config = lengthened(swept, sequences / swept.total_sequences, lr=lr, batch=batch)
    seed = snapshot.definition.seed_for(finalist.run, "ladder", length, number)
    provenance: dict[str, Plain] = {**config.provenance, LADDER_SEQUENCES: sequences}
    config = config.model_copy(
        update={
            "training": config.training.model_copy(update={"seed": seed, "patience": False}),
            "data": config.data.model_copy(update={"num_sequences": None}),
            "provenance": provenance,
        }
    )
    varied: dict[str, float] = {"lr": lr, "effective_batch": batch}
    if "decay" in finalist.parameters:
        varied["decay"] = float(f"{decay(config):.9g}")
    return RunAgain(name, finalist, config, varied)


def _space(snapshot: StudySnapshot, finalist: RunRecord, batches: list[int]) -> dict[str, Parameter]:
    """Ranges that do not depend on how many runs there are: Optuna lets none change within a study."""
    lr = finalist.train_config.optim.lr
    space: dict[str, Parameter] = {
        "lr": Range(low=lr * 2.0**-OCTAVES * 0.99, high=lr * 2.0**OCTAVES * 1.01, log=True),
        "effective_batch": Choices(choices=batches),
    }
    if "decay" in snapshot.definition.space.names():
        found = decay(finalist.train_config)
        space["decay"] = Range(low=found / WIDE, high=found * WIDE, log=True) if found else Range(low=0.0, high=1.0)
    return space
