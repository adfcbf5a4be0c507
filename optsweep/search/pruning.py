"""Which runs are cut early, and why in plain words; the median and the percentile decide as Optuna's pruners do.

Ours because the words must come from the decision itself, because presets are never cut, and because Optuna's own
takes 12 ms where there are 10,000 trials: curves of finished runs do not change and can be remembered.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Mapping

import optuna
from optuna.pruners import BasePruner
from optuna.trial import FrozenTrial, TrialState

from optsweep.results.attributes import PREFIX
from optsweep.study.definition import PrunerSection, StudyDefinition

HALVING_FACTOR = 2


class PruningRule:
    """The curves that runs are compared with, and the pruner's rule; knows nothing of Optuna.

    `optsweep fidelity --pruner` replays recorded studies with it, so that what it recommends is what sweeps do.
    """

    def __init__(self, settings: PrunerSection, num_evaluations: int) -> None:
        self._settings = settings
        self._num_evaluations = num_evaluations
        self._warmup = math.floor(settings.warmup_fraction * num_evaluations)
        self._num_complete = 0
        self._values: defaultdict[int, list[float]] = defaultdict(list)
        """Grid point -> the values of others there, ascending."""

    def add(self, curve: Mapping[int, float], *, complete: bool) -> None:
        """Take the curve of a run that has ended: that is complete, or was cut."""
        self._num_complete += complete
        # In successive halving those that were cut at a rung are part of its contest.
        if complete or self._settings.kind == "halving":
            for step, value in curve.items():
                bisect.insort(self._values[step], value)

    def reason(self, step: int, best: float) -> str | None:
        """Why a run whose best value so far is ``best`` is to be cut at grid point ``step``, or None."""
        kind, others = self._settings.kind, self._values[step]
        if kind == "none" or step <= self._warmup:
            return None
        if self._num_complete < self._settings.startup or len(others) < self._settings.minimum:
            return None
        words = self._halving(step, best, others) if kind == "halving" else self._percentile(best, others)
        return words and f"pruned at {round(100 * step / self._num_evaluations)} %: {words}"

    def _percentile(self, best: float, others: list[float]) -> str | None:
        """The best value so far against the others' at this point, as in Optuna's MedianPruner and PercentilePruner."""
        is_median = self._settings.kind == "median"
        percentile = 50.0 if is_median else self._settings.percentile
        threshold = _percentile_of(others, percentile)
        if best <= threshold:
            return None
        ours, theirs = _told_apart(best, threshold)
        if is_median:
            return f"{ours} > median {theirs} of {len(others)} runs"
        return f"{ours} > {theirs}, the limit of the best {percentile:g} % of {len(others)} runs"

    def _halving(self, step: int, best: float, others: list[float]) -> str | None:
        """Successive halving: at each rung, every one twice as far as the last, the better half goes on."""
        rung = self._warmup + 1
        while rung < step:
            rung *= HALVING_FACTOR
        if rung != step:
            return None
        contest = sorted([*others, best])
        survivors = max(1, len(contest) // HALVING_FACTOR)
        if best <= contest[survivors - 1]:
            return None
        ours, theirs = _told_apart(best, contest[survivors - 1])
        return f"{ours} > {theirs}, the limit of the better half of {len(contest)} runs"


class CurvePruner(BasePruner):
    """Compares a run's evaluations with what finished runs had at the same point of the evaluation grid.

    For one study; it remembers the finished runs that it has seen.
    """

    def __init__(self, definition: StudyDefinition) -> None:
        self._contest = PruningRule(definition.pruner, definition.budget.num_evaluations)
        self._num_seen = 0
        self._unfinished: list[int] = []

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        return self.reason(study, trial) is not None

    def reason(self, study: optuna.Study, trial: FrozenTrial) -> str | None:
        """Why the run is to be cut after its last evaluation ("pruned at 40 %: 2.91 > median ..."), or None."""
        is_preset = trial.user_attrs.get(f"{PREFIX}preset") is not None
        if is_preset or trial.last_step is None:
            return None
        self._remember(study)
        return self._contest.reason(trial.last_step, min(trial.intermediate_values.values()))

    def _remember(self, study: optuna.Study) -> None:
        # Trials come in the order of their numbers, which have no gaps.
        trials = study.get_trials(deepcopy=False)
        unfinished = [number for number in self._unfinished if not self._counted(trials[number])]
        added = [number for number in range(self._num_seen, len(trials)) if not self._counted(trials[number])]
        self._unfinished, self._num_seen = unfinished + added, len(trials)

    def _counted(self, trial: FrozenTrial) -> bool:
        """Take the curve of a finished run; False where the run has not finished."""
        if trial.state in (TrialState.COMPLETE, TrialState.PRUNED):
            self._contest.add(trial.intermediate_values, complete=trial.state == TrialState.COMPLETE)
        return trial.state.is_finished()


def make_pruner(definition: StudyDefinition) -> CurvePruner:
    """The study's pruner, one for each process; runs are cut after the warmup, once enough have completed."""
    return CurvePruner(definition)


def should_prune(definition: StudyDefinition, study: optuna.Study, trial: FrozenTrial) -> str | None:
    """Why the run is to be cut now, or None.

    The first call makes our pruner the study object's own: what it remembers must outlive the call.
    """
    if not isinstance(study.pruner, CurvePruner):
        study.pruner = make_pruner(definition)
    return study.pruner.reason(study, trial)


def _percentile_of(ascending: list[float], percentile: float) -> float:
    """numpy's percentile (linear interpolation) of a sorted list, a hundred times faster on the few runs of a study."""
    place = percentile / 100 * (len(ascending) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (place - below) * (ascending[above] - ascending[below])


def _told_apart(first: float, second: float) -> tuple[str, str]:
    """Both numbers with two decimals, or with as many as show the difference."""
    digits = next((digits for digits in range(2, 9) if f"{first:.{digits}f}" != f"{second:.{digits}f}"), 9)
    return f"{first:.{digits}f}", f"{second:.{digits}f}"
