"""Where a study's pruner looked and what it compared the runs with that it cut, played again from their curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.search.pruning_rule import PruningRule, judged, standing


@dataclass(frozen=True)
class Cuts:
    """What a study's pruner did."""

    warmup: int
    """The last grid point at which it cuts nothing."""
    limits: Mapping[str, float]
    """Cut run -> the value (the median, for example) that it was on the wrong side of."""


def cuts(snapshot: StudySnapshot) -> Cuts | None:
    """None if the study has no pruner."""
    definition = snapshot.definition
    if definition.pruner.kind == "none":
        return None
    rule, cost = PruningRule.of(definition), definition.direction.cost
    limits = {}
    for run in sorted(snapshot.runs, key=_end):
        costs = judged(run.curve, cost, definition.summary)
        if not run.finished or run.repeat_of is not None or not costs:
            continue
        if run.cut and (found := rule.limit(max(costs), standing(costs, definition.summary))) is not None:
            limits[run.run] = cost(found[0])
        rule.add(costs, complete=run.state == "complete")
    return Cuts(rule.warmup, limits)


def _end(run: RunRecord) -> float:
    return math.inf if run.ended is None else run.ended
