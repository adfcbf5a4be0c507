"""The report's figures as picture files, for slides and papers; drawn by kaleido, which needs Chrome."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from optsweep.errors import UserError
from optsweep.results.records import StudySnapshot
from optsweep.views.drawings import Drawing, drawings
from optsweep.views.figures import Figure
from optsweep.views.output import write_output

WIDTH, SCALE = 1100, 2
"""CSS pixels, and how many pixels of the file each of them gets."""


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
