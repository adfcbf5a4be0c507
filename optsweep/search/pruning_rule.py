"""Which runs are cut early, and why in plain words.

A kind of pruner is one class and its line in `KINDS`. The median and the percentile decide as Optuna's pruners do, but
for what is compared: a run's best so far with the others' best so far, where Optuna takes the others' values at the
point. A run that repeats its data overfits in the end, and beside such values nothing is poor. The rules are ours
for that reason, because the words must come from the decision itself, because presets are never cut, and because
Optuna's take 12 ms if there are 10,000 trials: curves of finished runs do not change and can be remembered.
"""

from __future__ import annotations

import bisect
import itertools
import math
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from optsweep.results.attributes import PREFIX, is_repeat
from optsweep.study.definition import StudyDefinition
from optsweep.study.direction import Direction, Summary
from optsweep.study.sections import PrunerKind, PrunerSection

if TYPE_CHECKING:
    # A replay of recorded runs, which people look at, needs no optimiser.
    import optuna
    from optuna.trial import FrozenTrial

HALVING_FACTOR = 2


class Kind(ABC):
    """One kind of pruner with a study's settings."""

    compares_cut = False
    """Whether runs are compared with those that were cut too, not only with complete ones."""
    variants: Sequence[Mapping[str, float]] = ({},)
    """What a replay of recorded runs tries of the settings that only this kind has."""

    def __init__(self, settings: PrunerSection, warmup: int, direction: Direction) -> None:
        self.settings = settings
        self._direction = direction
        self.warmup = warmup
        """The last grid point at which nothing is cut."""

    @property
    def label(self) -> str:
        """The kind and its own settings in words."""
        return self.settings.kind

    @abstractmethod
    def limit(self, step: int, best: float, others: list[float]) -> tuple[float, str] | None:
        """The cost beyond which a run is cut at grid point ``step`` where its least cost so far is ``best``.

        With it, what it is, in words in which {} stands for it; None where nothing is cut. ``others`` is what other
        runs are compared by there, ascending costs.
        """

    def words(self, best: float, limit: float, words: str) -> str:
        """ "2.91 > median 2.84 of 5 runs"."""
        value, other = told_apart(self._direction.cost(best), self._direction.cost(limit))
        return f"{value} {'<' if self._direction is Direction.MAXIMIZE else '>'} " + words.format(other)


class Median(Kind):
    def limit(self, step: int, best: float, others: list[float]) -> tuple[float, str] | None:
        return _percentile_of(others, 50.0), f"median {{}} of {len(others)} runs"


class Halving(Kind):
    """Successive halving: at each rung, every one twice as far as the last, the better half goes on."""

    compares_cut = True

    def limit(self, step: int, best: float, others: list[float]) -> tuple[float, str] | None:
        rung = self.warmup + 1
        while rung < step:
            rung *= HALVING_FACTOR
        if rung != step:
            return None
        contest = sorted([*others, best])
        limit = contest[max(1, len(contest) // HALVING_FACTOR) - 1]
        return limit, f"{{}}, the limit of the better half of {len(contest)} runs"


class Percentile(Kind):
    variants = ({"percentile": 25.0}, {"percentile": 75.0})

    @property
    def label(self) -> str:
        return f"percentile {self.settings.percentile:g}"

    def limit(self, step: int, best: float, others: list[float]) -> tuple[float, str] | None:
        percentile = self.settings.percentile
        return _percentile_of(others, percentile), f"{{}}, the limit of the best {percentile:g} % of {len(others)} runs"


class NoPruner(Kind):
    variants = ()

    def limit(self, step: int, best: float, others: list[float]) -> tuple[float, str] | None:
        return None


KINDS: dict[PrunerKind, type[Kind]] = {
    "median": Median,
    "halving": Halving,
    "percentile": Percentile,
    "none": NoPruner,
}


class PruningRule:
    """The curves that runs are compared with, and the pruner that compares.

    `optsweep fidelity --pruner` replays recorded studies with it, so that what it recommends is what sweeps do.
    It compares costs (lower is better), and tells values of ``direction``.
    """

    def __init__(
        self, settings: PrunerSection, num_evaluations: int, direction: Direction = Direction.MINIMIZE
    ) -> None:
        warmup = math.floor(settings.warmup_fraction * num_evaluations)
        self._kind = KINDS[settings.kind](settings, warmup, direction)
        self._num_evaluations = num_evaluations
        self._num_complete = 0
        self._values: defaultdict[int, list[float]] = defaultdict(list)
        """Grid point -> what others are compared by there, ascending."""

    def add(self, curve: Mapping[int, float], *, complete: bool) -> None:
        """Take the curve (of costs) of a run that has ended: that is complete, or was cut."""
        self._num_complete += complete
        if complete or self._kind.compares_cut:
            for step, value in comparable(curve, self._kind.settings).items():
                bisect.insort(self._values[step], value)

    @classmethod
    def of(cls, definition: StudyDefinition) -> PruningRule:
        """The rule of a study."""
        settings = definition.pruner
        if definition.summary != "best":
            # A run is compared by what it would be worth if it ended there, and so are the others.
            settings = settings.model_copy(update={"others_best": False})
        return cls(settings, definition.budget.num_evaluations, definition.direction)

    @property
    def warmup(self) -> int:
        """The last grid point at which nothing is cut."""
        return self._kind.warmup

    def limit(self, step: int, best: float) -> tuple[float, str] | None:
        """As `Kind.limit`, by what has been added."""
        settings, others = self._kind.settings, self._values[step]
        if step <= self.warmup or self._num_complete < settings.startup or len(others) < settings.minimum:
            return None
        return self._kind.limit(step, best, others)

    def reason(self, step: int, best: float) -> str | None:
        """Why a run whose least cost so far is ``best`` is to be cut at grid point ``step``, or None."""
        found = self.limit(step, best)
        if found is None or best <= found[0]:
            return None
        return f"pruned at {round(100 * step / self._num_evaluations)} %: {self._kind.words(best, *found)}"


class CurvePruner:
    """Compares a run's evaluations with what finished runs had at the same point of the evaluation grid.

    For one study; it remembers the finished runs that it has seen.
    """

    def __init__(self, definition: StudyDefinition) -> None:
        self._summary, self._rule = definition.summary, PruningRule.of(definition)
        self._cost = definition.stored_direction.cost
        self._num_seen = 0
        self._unfinished: list[int] = []

    def reason(self, study: optuna.Study, trial: FrozenTrial) -> str | None:
        """Why the run is to be cut after its last evaluation ("pruned at 40 %: 2.91 > median ..."), or None."""
        attributes = trial.user_attrs
        if attributes.get(f"{PREFIX}preset") is not None or is_repeat(attributes) or trial.last_step is None:
            return None
        self._remember(study)
        return self._rule.reason(trial.last_step, standing(self._costs(trial), self._summary))

    def _remember(self, study: optuna.Study) -> None:
        # Trials come in the order of their numbers, which have no gaps.
        trials = study.get_trials(deepcopy=False)
        looked_at = [*self._unfinished, *range(self._num_seen, len(trials))]
        self._unfinished, self._num_seen = [], len(trials)
        for number in looked_at:
            trial = trials[number]
            if not trial.state.is_finished():
                self._unfinished.append(number)
            elif trial.state.name != "FAIL" and not is_repeat(trial.user_attrs):
                self._rule.add(self._costs(trial), complete=trial.state.name == "COMPLETE")

    def _costs(self, trial: FrozenTrial) -> dict[int, float]:
        return judged(trial.intermediate_values, self._cost, self._summary)


def judged(curve: Mapping[int, float], cost: Callable[[float], float], summary: Summary) -> dict[int, float]:
    """Grid point -> the cost that a run is judged by there, for a study whose values are such a summary."""
    costs = {step: cost(value) for step, value in sorted(curve.items())}
    return costs if isinstance(summary, str) else dict(trailing_means(costs, *summary.values()))


def standing(costs: Mapping[int, float], summary: Summary) -> float:
    """What a run with these costs, in the order of the grid, has come to."""
    return min(costs.values()) if summary == "best" else costs[max(costs)]


def comparable(curve: Mapping[int, float], settings: PrunerSection) -> Mapping[int, float]:
    """Grid point -> what a run with this curve is compared by there."""
    if not settings.others_best:
        return curve
    steps = sorted(curve)
    return dict(zip(steps, itertools.accumulate((curve[step] for step in steps), min), strict=True))


def trailing_means(curve: Mapping[int, float], number: int) -> Iterator[tuple[int, float]]:
    """Grid point -> the mean of the last evaluations, ``number`` of them, up to there.

    One that passes several points, and has the same value at each, counts once.
    """
    evaluations: list[float] = []
    for step, value in curve.items():
        if not evaluations or evaluations[-1] != value:
            evaluations.append(value)
        yield step, fmean(evaluations[-number:])


def pruner_name(settings: PrunerSection) -> str:
    """A pruner in words, with all settings that matter to its kind."""
    kind = KINDS[settings.kind](settings, 0, Direction.MINIMIZE)
    common = f", warmup {settings.warmup_fraction:g}, startup {settings.startup}, minimum {settings.minimum}"
    return kind.label + (common if kind.variants else "")


def told_apart(value: float, other: float) -> tuple[str, str]:
    """Two values with as many decimals as tell them apart; very small ones with as many digits."""
    for digits in range(2, 9):
        if (one := f"{value:.{digits}f}") != (two := f"{other:.{digits}f}"):
            return one, two
    digits = next((digits for digits in range(2, 17) if f"{value:.{digits}g}" != f"{other:.{digits}g}"), 17)
    return f"{value:.{digits}g}", f"{other:.{digits}g}"


def _percentile_of(ascending: list[float], percentile: float) -> float:
    """numpy's percentile (linear interpolation) of a sorted list, a hundred times faster on the few runs of a study."""
    place = percentile / 100 * (len(ascending) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (place - below) * (ascending[above] - ascending[below])
