"""The report of a study as one HTML file that needs no network: tables, figures, costs, provenance."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from html import escape
from importlib.metadata import version
from pathlib import Path

from optsweep.plain import Plain
from optsweep.results import words
from optsweep.results.costs import device_seconds, saved_seconds, wall_seconds, worker_times
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.presets import Preset
from optsweep.trust.trust import NOT_MEASURED, Trust
from optsweep.views.drawings import Drawing, drawings
from optsweep.views.fidelity import (
    budget_words,
    confirmation_lines,
    fidelity_lines,
    fidelity_table,
    noise_words,
    risk_words,
    tie_words,
)
from optsweep.views.output import write_output

REPORT_NAME = "report.html"
LENGTHS = ("iterations", "warmup", "preschool")

# Nothing may be fetched; Plotly compiles its WebGL shaders' wrappers, hence unsafe-eval.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; "
    "worker-src blob:; font-src data:"
)


def write_report(snapshot: StudySnapshot, directory: Path, trust: Trust = NOT_MEASURED) -> Path:
    """Write report.html into ``directory`` (made if it is missing) and return its path."""
    return write_output(directory / REPORT_NAME, report_html(snapshot, trust).encode())


def report_html(snapshot: StudySnapshot, trust: Trust = NOT_MEASURED) -> str:
    """The whole page, with what has been measured of the ranking; everything that a study holds is escaped."""
    from plotly.offline import get_plotlyjs

    title = escape(f"optsweep: {snapshot.study}")
    style = Path(__file__).with_name("report.css").read_text()
    sections = [
        _head(snapshot),
        _section("Ranking", _ranking(snapshot, trust)),
        _section("How far to trust the ranking", _trust(trust)),
        _section("Best configuration", _best(snapshot)),
        *(_section(drawing.title, _figure(drawing)) for drawing in drawings(snapshot)),
        _section("Busy and idle workers", _workers(snapshot)),
        _section("Budget per preset", _preset_budgets(snapshot)),
        _section("Cost", _cost(snapshot, trust)),
        _section("Provenance", _provenance(snapshot)),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<style>\n{style}</style>\n<script>{get_plotlyjs()}</script></head>\n"
        f"<body>\n{''.join(sections)}</body></html>\n"
    )


def _head(snapshot: StudySnapshot) -> str:
    lines = [words.counts_words(snapshot), *words.reference_lines(snapshot)]
    if snapshot.stopped:
        lines.append(f"Stopped: {snapshot.stopped}")
    note = f'<p class="note">{escape(words.SYNTHETIC_NOTE)}</p>' if snapshot.data.synthetic else ""
    values = snapshot.trainer.quantity
    state = f"As of {words.moment(snapshot.now)}; values are {values}, lower is better."
    return f"<h1>Study {escape(snapshot.study)}</h1>\n{note}<p>{escape(state)}</p>{_bullets(lines)}"


def _ranking(snapshot: StudySnapshot, trust: Trust) -> str:
    unit = words.seconds_unit(snapshot.runs)
    head = ["rank", "run", "value", "last value", "source", "sequences", unit, "done", "state"]
    rows = [
        [
            rank,
            run.run,
            words.nats(run.value),
            words.nats(run.last_value),
            words.source_words(run),
            f"{run.sequences:,}",
            f"{words.finite(run.seconds) or 0:.0f}",
            words.percent(run.progress),
            words.state_words(run),
        ]
        for rank, run in trust.ranked(snapshot)
    ]
    note = "<p>Only complete runs are ranked; a pruned run was cut short.</p>"
    return note + _table(head, rows, numbers={0, 2, 3, 5, 6, 7}) + _bullets(tie_words(trust.ties))


def _trust(trust: Trust) -> str:
    parts = [_bullets([noise_words(trust.noise)])]
    for found in trust.fidelity:
        parts.append(_bullets(fidelity_lines(found)))
        head = ["run", "rank in the sweep", "value", f"rank at {found.setting}", "value"]
        parts.append(_table(head, fidelity_table(found), numbers={1, 2, 3, 4}))
    if not trust.fidelity:
        parts.append("<p>Fidelity to a larger setting: not measured (optsweep fidelity).</p>")
    if trust.confirmation is not None:
        parts.append(_bullets(confirmation_lines(trust.confirmation)))
    return "".join(parts)


def _best(snapshot: StudySnapshot) -> str:
    best = snapshot.best
    if best is None:
        return "<p>No run is complete yet.</p>"
    rows = words.configuration_lines(best)
    value = f"<p>{escape(best.run)}: {words.nats(best.value)} {escape(snapshot.trainer.unit)}</p>"
    return value + _table(["section", "settings"], rows)


def _figure(drawing: Drawing) -> str:
    if drawing.figure is None:
        return f"<p>{escape(drawing.caption)}</p>"
    name = f"figure-{drawing.slug}"
    data, layout = _script_json(drawing.figure["data"]), _script_json(drawing.figure["layout"])
    return (
        f'<figure><div id="{name}"></div><figcaption>{escape(drawing.caption)}</figcaption></figure>\n'
        f'<script>Plotly.newPlot("{name}", {data}, {layout}, {{responsive: true, displaylogo: false}});</script>\n'
    )


def _script_json(value: Plain) -> str:
    # "</script>" inside a string would end the script.
    return json.dumps(value, allow_nan=False).replace("<", "\\u003c")


def _preset_budgets(snapshot: StudySnapshot) -> str:
    """Both columns of each preset and, measured on the sweep's column, how long the full one would take."""
    known = snapshot.trainer.lengths
    if known is None:
        return "<p>Only the study's script knows how long its runs are.</p>"
    runs = {run.preset: run for run in snapshot.runs if run.preset}
    rows = [_preset_row(preset, runs.get(preset.name)) for preset in known.presets]
    if not rows:
        return "<p>The study has no presets.</p>"
    lengths = [head for name in LENGTHS for head in (f"{name} full", "in the sweep")]
    head = ["preset", *lengths, "sweep took", "full would take about"]
    note = "<p>Full columns as in the study file; the sweep's are what its runs were given.</p>"
    return note + _table(head, rows, numbers=set(range(1, 9)))


def _preset_row(preset: Preset, run: RunRecord | None) -> list[str]:
    full, swept = dict(preset.full), dict(preset.sweep)
    if run is not None and run.config is not None:
        config = run.train_config
        swept = {
            "iterations": config.training.n_iters,
            "warmup": config.optim.warmup,
            "preschool": config.curriculum.preschool_time if config.curriculum.enabled else 0,
        }
    took = full_time = words.ABSENT
    if run is not None and run.state == "complete":
        took = words.duration(run.seconds)
        full_time = words.duration(run.seconds * full["iterations"] / swept["iterations"])
    lengths = (f"{column[name]:,}" for name in LENGTHS for column in (full, swept))
    return [preset.name, *lengths, took, full_time]


def _workers(snapshot: StudySnapshot) -> str:
    rows = [
        [
            times.worker,
            times.runs,
            words.duration(times.busy),
            words.duration(times.idle),
            words.percent(times.idle / (times.total or 1)),
        ]
        for times in worker_times(snapshot)
    ]
    if not rows:
        return "<p>No run has been started yet.</p>"
    note = "<p>From the study's first start to its last end; between two sweep commands workers are idle too.</p>"
    return note + _table(["worker", "runs", "busy", "idle", "idle share"], rows, numbers={1, 2, 3, 4})


def _cost(snapshot: StudySnapshot, trust: Trust) -> str:
    cut = sum(run.cut for run in snapshot.runs)
    spent, saved = device_seconds(snapshot), saved_seconds(snapshot)
    hours = words.hours_unit(snapshot.runs)
    return _bullets(
        [
            f"Spent: {spent / 3600:.2f} {hours} ({words.duration(spent)})",
            f"Saved by pruning {cut} runs: about {saved / 3600:.2f} {hours} "
            "(an estimate: as if each cut run had gone on to its end at its own speed)",
            *risk_words(trust.risk),
            *budget_words(snapshot),
            f"Wall time from the first start to the last end: {words.duration(wall_seconds(snapshot))}",
        ]
    )


def _provenance(snapshot: StudySnapshot) -> str:
    rows = [
        ("study", snapshot.study),
        ("created", words.moment(snapshot.attributes.created)),
        ("begun by", shlex.join(snapshot.attributes.command)),
        *((f"{package}, when it began", number) for package, number in snapshot.attributes.versions.items()),
        ("optsweep, this report", version("optsweep")),
        ("workers", ", ".join(times.worker for times in worker_times(snapshot))),
        *snapshot.data.model_dump(exclude={"manifest", "reference", "weights"}, exclude_unset=True).items(),
    ]
    manifest, definition = (
        json.dumps(value, indent=2, default=str)
        for value in (snapshot.data.manifest, snapshot.definition.model_dump(mode="json"))
    )
    return (
        _table(["what", "value"], rows)
        + f"<h3>Data manifest</h3><pre>{escape(manifest)}</pre>"
        + f"<h3>Study definition</h3><pre>{escape(definition)}</pre>"
    )


def _section(title: str, content: str) -> str:
    """A section around ``content``, which is markup already."""
    return f"<section><h2>{escape(title)}</h2>\n{content}</section>\n"


def _bullets(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(words.one_line(line))}</li>" for line in lines) + "</ul>\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> str:
    """A table whose columns ``numbers`` are set flush right; None is shown as absent."""
    numeric = set(numbers)

    def cell(place: int, value: object) -> str:
        shown = words.ABSENT if value is None else words.one_line(str(value))
        return f'<td class="number">{escape(shown)}</td>' if place in numeric else f"<td>{escape(shown)}</td>"

    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(cell(place, value) for place, value in enumerate(row))}</tr>\n" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>\n{body}</tbody></table></div>\n'
