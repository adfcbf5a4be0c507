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
from optsweep.results.words import counted
from optsweep.views import curves, parameter_figures, slices
from optsweep.views.export import write_output
from optsweep.views.figures import Figure
from optsweep.views.timeline import worker_timeline

TOO_FEW = "There are too few runs for this figure."
WIDTH, SCALE = 1100, 2
"""CSS pixels, and how many pixels of the file each of them gets."""


@dataclass(frozen=True)
class Drawing:
    """A figure and its words; ``figure`` is None if there is too little to draw, and ``caption`` says so then."""

    slug: str
    title: str
    figure: Figure | None
    caption: str


def drawings(snapshot: StudySnapshot) -> list[Drawing]:
    """All figures of the report."""
    bars = (
        "One bar for each run, from its first start to its last end. Gaps are idle time; hatching tells how it ended."
    )
    return [
        _learning_curves(snapshot),
        _importance(snapshot),
        _slices(snapshot),
        _parallel_coordinates(snapshot),
        _drawing("timeline", "Timeline", worker_timeline(snapshot), bars),
    ]


def _learning_curves(snapshot: StudySnapshot) -> Drawing:
    caption = (
        f"Values are {snapshot.trainer.quantity}, {snapshot.definition.direction.words}. Enlarged below: the end of "
        "the best complete runs. A cross: the run was cut there; the short bar beside it: what the "
        "pruner compared it with then."
    )
    return _drawing("learning-curves", "Learning curves", curves.learning_curves(snapshot), caption)


def _importance(snapshot: StudySnapshot) -> Drawing:
    # Not at the top: it loads Optuna.
    from optsweep.search.importance import importance

    complete = snapshot.counts["complete"]
    few = f"With fewer than {FEWEST_RUNS} complete runs this is mostly chance. " if complete < FEWEST_RUNS else ""
    caption = (
        f"{few}The share of each parameter in what makes a run one of the best tenth (PED-ANOVA), of "
        f"{counted(complete, 'complete run')}, presets and further seeds among them, without the cut ones; the "
        "dashboard shows the same shares. Lines span 90 % of resampled studies: where two overlap widely, do not "
        "order them."
    )
    bars = parameter_figures.importance_bars(importance(snapshot), complete)
    return _drawing("importance", "Parameter importance", bars, caption)


def _slices(snapshot: StudySnapshot) -> Drawing:
    caption = (
        f"Values are {snapshot.trainer.quantity}, {snapshot.definition.direction.words}; each axis is the study's own "
        "space. Runs that were cut short are crosses in the grey band, since their values cannot be compared. At most "
        f"{slices.MOST_POINTS} runs are drawn."
    )
    return _drawing("slices", "Value over each parameter", slices.slices(snapshot), caption)


def _parallel_coordinates(snapshot: StudySnapshot) -> Drawing:
    caption = (
        "One line for each complete run through the parameters that vary, the best ones in orange, at most the best "
        f"{parameter_figures.MOST_COORDINATES}; drag along an axis to select some."
    )
    figure = parameter_figures.parallel_coordinates(snapshot)
    return _drawing("parallel-coordinates", "All parameters together", figure, caption)


def _drawing(slug: str, title: str, figure: Figure | None, caption: str) -> Drawing:
    return Drawing(slug, title, figure, TOO_FEW if figure is None else caption)


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
