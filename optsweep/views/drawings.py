"""The figures of a report in their order, each with its caption; also as picture files, for slides and papers.

Picture files are drawn by kaleido, which needs Chrome.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optsweep.errors import UserError
from optsweep.results.records import FEWEST_RUNS, StudySnapshot
from optsweep.views import figures, parameter_figures
from optsweep.views.export import write_output
from optsweep.views.figures import Figure

TOO_FEW = "There are too few runs for this figure."
WIDTH, SCALE = 1100, 2
"""CSS pixels, and how many pixels of the file each of them gets."""


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


def require_kaleido() -> None:
    """Raise `UserError` if kaleido is not installed."""
    if importlib.util.find_spec("kaleido") is None:
        raise UserError("--png needs kaleido, which is not installed: pip install 'optsweep[png]'")


def write_pictures(snapshot: StudySnapshot, directory: Path) -> Iterator[Path]:
    """Write every figure that has something to show as a PNG file and yield its path.

    Raises `UserError` if kaleido or a browser is missing.
    """
    require_kaleido()
    import kaleido
    from choreographer.errors import BrowserClosedError, BrowserDepsError, BrowserFailedError, ChromeNotFoundError

    # One browser for all figures, not one for each.
    kaleido.start_sync_server(silence_warnings=True)
    try:
        for drawing in drawings(snapshot):
            if drawing.figure is not None:
                picture = kaleido.calc_fig_sync(_titled(drawing), opts={"format": "png", "scale": SCALE})
                yield write_output(directory / f"{drawing.slug}.png", picture)
    except (BrowserClosedError, BrowserDepsError, BrowserFailedError, ChromeNotFoundError):
        raise UserError(
            "--png needs Chrome or Chromium, and kaleido finds none that starts; to get one: kaleido_get_chrome"
        ) from None
    finally:
        kaleido.stop_sync_server(silence_warnings=True)


def _titled(drawing: Drawing) -> Figure:
    """The figure outside of the page: with a title, and a width of its own."""
    assert drawing.figure is not None
    layout = {**drawing.figure["layout"], "width": WIDTH, "title": {"text": drawing.title}}
    return {"data": drawing.figure["data"], "layout": layout}
