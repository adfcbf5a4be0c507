"""The report of a study as one HTML file that needs no network: verdict, ranking, figures, costs, provenance."""

from __future__ import annotations

import json
from pathlib import Path

from markupsafe import Markup, escape

from optsweep.plain import Plain
from optsweep.results import words
from optsweep.results.costs import worker_times
from optsweep.results.records import StudySnapshot
from optsweep.study.shareable import shareable
from optsweep.trust.trust import Trust
from optsweep.views import fidelity, report_tables
from optsweep.views.drawings import drawings
from optsweep.views.export import write_output
from optsweep.views.figures import DARK
from optsweep.views.full_run import full_run_lines
from optsweep.views.ranking import legend
from optsweep.views.summary import winner_run

REPORT_NAME = "report.html"


def write_report(snapshot: StudySnapshot, directory: Path, trust: Trust) -> Path:
    """Write report.html into ``directory`` (made if it is missing) and return its path."""
    return write_output(directory / REPORT_NAME, report_html(snapshot, trust).encode())


def report_html(snapshot: StudySnapshot, trust: Trust) -> str:
    """The whole page, with what has been measured of the ranking; everything that a study holds is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    folder = Path(__file__).parent
    pages = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    pages.filters |= {"shown": _shown, "summary": words.summary_words}
    pages.policies["json.dumps_kwargs"] = {"allow_nan": False}
    times, full_run, best = worker_times(snapshot), trust.verdict.full_run, winner_run(snapshot, trust)
    return pages.get_template("report.html.jinja").render(
        snapshot=snapshot,
        style=(folder / "report.css").read_text(),
        script=(folder / "report.js").read_text(),
        plotly=get_plotlyjs(),
        dark=DARK,
        synthetic_note=words.SYNTHETIC_NOTE,
        as_of=words.moment(snapshot.now),
        counts=words.counts_words(snapshot),
        verdict=trust.verdict,
        long=report_tables.HOW_IT_ENDED,
        columns=report_tables.page_columns(snapshot, trust),
        legend=legend(trust.ranking),
        noise=[fidelity.noise_words(trust.noise), *fidelity.tie_words(trust.ties)],
        fidelity=[
            (found.setting, fidelity.fidelity_lines(found), fidelity.fidelity_table(found)) for found in trust.fidelity
        ],
        against=[fidelity.equal_cost_lines(found) for found in trust.against],
        confirmation=fidelity.confirmation_lines(trust.confirmation) if trust.confirmation else [],
        best=best,
        best_settings=words.configuration_lines(best) if best else [],
        drawings={drawing.slug: drawing for drawing in drawings(snapshot)},
        full_run=full_run_lines(full_run, snapshot.study) if full_run else [],
        full_run_rows=report_tables.full_run_rows(full_run) if full_run else [],
        workers=report_tables.worker_rows(times),
        presets=report_tables.preset_rows(snapshot),
        cost=report_tables.cost_lines(snapshot, trust),
        provenance=report_tables.provenance(snapshot, times),
        manifest=None if snapshot.data is None else json.dumps(snapshot.data.manifest, indent=2, default=str),
        definition=json.dumps(shareable(snapshot.definition.model_dump(mode="json")), indent=2),
    )


def _shown(value: Plain) -> Markup:
    """A text on one line; what stands between backticks as code."""
    parts = (words.ABSENT if value is None else words.one_line(str(value))).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )
