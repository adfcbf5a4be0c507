"""The figures of a report in their order, each with its caption; the page and the picture files show the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from optsweep.results.records import FEWEST_RUNS, StudySnapshot
from optsweep.views import figures, parameter_figures

TOO_FEW = "There are too few runs for this figure."


@dataclass(frozen=True)
class Drawing:
    """A figure and its words; ``figure`` is None if there is too little to draw, and ``caption`` says so then."""

    slug: str
    title: str
    figure: figures.Figure | None
    caption: str


def drawings(snapshot: StudySnapshot) -> list[Drawing]:
    """All figures of the report."""
    # Not at the top: it loads Optuna.
    from optsweep.search.importance import importance

    share = (
        f"Share of each parameter in what makes a run one of the best tenth, of {len(snapshot.ranking)} complete runs "
        "(PED-ANOVA). The lines span 90 % of the resampled studies: where two overlap widely, do not order them."
    )
    bars = parameter_figures.importance_bars(importance(snapshot))
    too_few = f"Importance is shown from {FEWEST_RUNS} complete runs on."
    lines = f"Complete runs, at most the best {parameter_figures.MOST_COORDINATES}; drag along an axis to select some."
    circles = f"Circles are complete runs, crosses pruned ones; at most {parameter_figures.MOST_POINTS} are drawn."
    gaps = "Gaps are idle time; hatching tells how a run ended."
    return [
        _drawing("learning-curves", "Learning curves", figures.learning_curves(snapshot), "A cross: pruned there."),
        _drawing("importance", "Parameter importance", bars, share, too_few),
        _drawing(
            "parallel-coordinates", "Parameters and value", parameter_figures.parallel_coordinates(snapshot), lines
        ),
        _drawing("slices", "Value over each parameter", parameter_figures.slices(snapshot), circles),
        _drawing("timeline", "Workers over time", figures.worker_timeline(snapshot), gaps),
    ]


def _drawing(slug: str, title: str, figure: figures.Figure | None, caption: str, too_few: str = TOO_FEW) -> Drawing:
    return Drawing(slug, title, figure, too_few if figure is None else caption)
