"""Where runs end: cut by the pruner, early by themselves, or at their end; as shares of their iterations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optsweep.results.attributes import NEVER_CUT
from optsweep.results.records import StudySnapshot
from optsweep.study.sections import PrunerSection

Shares = npt.NDArray[np.float64]

PRIOR_RUNS = 4.0
"""How many runs the guess counts for of how many are cut."""


def expected_cuts(pruner: PrunerSection) -> float:
    """The share of sampled runs that a pruner can be expected to cut before any has told."""
    match pruner.kind:
        case "none":
            return 0.0
        case "percentile":
            return 1 - pruner.percentile / 100
        case _:
            return 0.5


@dataclass(frozen=True)
class Ends:
    """What is known of where a study's runs end."""

    cut: float
    """Runs that were cut, and those that were not, where they could have been; a guess counts as some of them."""
    spared: float
    places: Shares
    """Shares at which runs are cut, ascending."""
    complete: Shares
    """Shares at which the others end: 1, or before, if they end early by themselves."""
    safe: int
    """So many of the next runs are not cut, since too few are complete to compare them with."""

    @classmethod
    def of(cls, snapshot: StudySnapshot) -> Ends:
        pruner = snapshot.definition.pruner
        complete = [run for run in snapshot.runs if run.state == "complete"]
        moments = sorted(run.ended or 0.0 for run in complete)
        enough = max(pruner.startup, pruner.minimum, 1)
        since = moments[enough - 1] if len(moments) >= enough else float("inf")
        compared = [run for run in snapshot.runs if run.source not in NEVER_CUT and (run.started or 0.0) >= since]
        lost = [run for run in snapshot.runs if run.state in ("pruned", "failed") and run.source not in NEVER_CUT]
        # A run in training has been spared as far as it is: else those that are cut, which end first, count for more.
        spared = sum(run.progress for run in compared if run.state in ("complete", "running"))
        guess, warmup = expected_cuts(pruner), pruner.warmup_fraction
        places = [run.trained for run in lost] + [warmup, warmup, (1 + warmup) / 2]
        return cls(
            cut=len(lost) + PRIOR_RUNS * guess,
            spared=spared + PRIOR_RUNS * (1 - guess),
            places=np.sort(places),
            complete=np.sort([run.trained for run in complete] + [1.0]),
            safe=max(0, enough - len(complete)) if guess else 0,
        )

    def drawn(self, done: Shares, prunable: Sequence[bool], futures: int, rng: np.random.Generator) -> Shares:
        """Where runs (columns, in the order of their turns) that are ``done`` so far end in each future (a row)."""
        found = rng.choice(self.complete, (futures, len(done)))
        fresh, begun = done == 0, np.flatnonzero(done)
        for place in begun:
            ahead = self.complete[self.complete > done[place]]
            found[:, place] = rng.choice(ahead, futures) if len(ahead) else 1.0
        if not self.cut:
            return found
        shares = rng.beta(self.cut, max(self.spared, 0.1), futures)[:, None]
        may_be_cut = np.array(prunable, bool)
        may_be_cut[np.flatnonzero(may_be_cut)[: self.safe]] = False
        cut = rng.random(found.shape) < shares * (may_be_cut & fresh)
        places = rng.choice(self.places, found.shape)
        for place in begun[may_be_cut[begun]]:
            if len(ahead := self.places[self.places > done[place]]):
                # Who has passed places at which others were cut is less likely to be cut than they were.
                chance = shares * len(ahead) / len(self.places)
                cut[:, [place]] = rng.random(shares.shape) < chance / (chance + 1 - shares)
                places[:, place] = rng.choice(ahead, futures)
        return np.where(cut, places, found)
