"""The report of a study as one HTML file that needs no network: tables, figures, costs, provenance."""

from __future__ import annotations

import json
import shlex
from importlib.metadata import version
from pathlib import Path

from optsweep.plain import Plain
from optsweep.results import words
from optsweep.results.attributes import StudyData
from optsweep.results.costs import WorkerTimes, device_seconds, saved_seconds, wall_seconds, worker_times
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.builtin.preset import Preset
from optsweep.study.shareable import shareable
from optsweep.trust.trust import Trust
from optsweep.views import fidelity
from optsweep.views.drawings import drawings
from optsweep.views.export import write_output

REPORT_NAME = "report.html"
LENGTHS = ("iterations", "warmup", "preschool")


def write_report(snapshot: StudySnapshot, directory: Path, trust: Trust) -> Path:
    """Write report.html into ``directory`` (made if it is missing) and return its path."""
    return write_output(directory / REPORT_NAME, report_html(snapshot, trust).encode())


def report_html(snapshot: StudySnapshot, trust: Trust) -> str:
    """The whole page, with what has been measured of the ranking; everything that a study holds is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    folder = Path(__file__).parent
    pages = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    pages.filters |= {"shown": _shown, "value_words": words.value_words, "summary": words.summary_words}
    pages.policies["json.dumps_kwargs"] = {"allow_nan": False}
    best, times = snapshot.best, worker_times(snapshot)
    stopped = [f"Stopped: {snapshot.stopped}"] if snapshot.stopped else []
    lengths, trained = snapshot.trainer.lengths, {run.preset: run for run in snapshot.runs if run.preset}
    return pages.get_template("report.html.jinja").render(
        snapshot=snapshot,
        style=(folder / "report.css").read_text(),
        plotly=get_plotlyjs(),
        synthetic_note=words.SYNTHETIC_NOTE,
        as_of=words.moment(snapshot.now),
        state=[words.counts_words(snapshot), *words.reference_lines(snapshot), *stopped],
        ranking=[_ranking_row(one.rank, one.run, snapshot.data) for one in trust.ranking],
        ties=fidelity.tie_words(trust.ties),
        noise=fidelity.noise_words(trust.noise),
        fidelity=[
            (found.setting, fidelity.fidelity_lines(found), fidelity.fidelity_table(found)) for found in trust.fidelity
        ],
        against=[fidelity.equal_cost_lines(found) for found in trust.against],
        confirmation=fidelity.confirmation_lines(trust.confirmation) if trust.confirmation else [],
        best_settings=words.configuration_lines(best) if best else [],
        drawings=drawings(snapshot),
        workers=[_worker_row(one) for one in times],
        presets=[_preset_row(preset, trained.get(preset.name)) for preset in lengths.presets] if lengths else [],
        cost=_cost_lines(snapshot, trust),
        provenance=_provenance(snapshot, times),
        ranking_heads=_ranking_heads(snapshot),
        manifest=None if snapshot.data is None else json.dumps(snapshot.data.manifest, indent=2, default=str),
        definition=json.dumps(shareable(snapshot.definition.model_dump(mode="json")), indent=2),
    )


def _shown(value: Plain) -> str:
    return words.ABSENT if value is None else words.one_line(str(value))


def _ranking_heads(snapshot: StudySnapshot) -> list[str]:
    sequences = [] if snapshot.data is None else ["sequences"]
    head = ["rank", "run", "value", "last value", "source"]
    return [*head, *sequences, words.seconds_unit(snapshot.runs), "done", "state"]


def _ranking_row(rank: str | None, run: RunRecord, data: StudyData | None) -> list[str | None]:
    return [
        rank,
        run.run,
        words.value_words(run.value),
        words.value_words(run.last_value),
        words.source_words(run),
        *([] if data is None else [f"{run.sequences:,}"]),
        f"{words.finite(run.seconds) or 0:.0f}",
        words.percent(run.progress),
        words.state_words(run),
    ]


def _worker_row(times: WorkerTimes) -> list[str]:
    idle = words.percent(times.idle / (times.total or 1))
    return [times.worker, str(times.runs), words.duration(times.busy), words.duration(times.idle), idle]


def _preset_row(preset: Preset, run: RunRecord | None) -> list[str]:
    """Both columns of a preset and, measured on the sweep's column, how long the full one would take."""
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


def _cost_lines(snapshot: StudySnapshot, trust: Trust) -> list[str]:
    cut = sum(run.cut for run in snapshot.runs)
    spent, saved = device_seconds(snapshot), saved_seconds(snapshot)
    hours = words.hours_unit(snapshot.runs)
    return [
        f"Spent: {spent / 3600:.2f} {hours} ({words.duration(spent)})",
        f"Saved by pruning {cut} runs: about {saved / 3600:.2f} {hours} "
        "(an estimate: as if each cut run had gone on to its end at its own speed)",
        *fidelity.risk_words(trust.risk),
        *fidelity.budget_words(snapshot),
        f"Wall time from the first start to the last end: {words.duration(wall_seconds(snapshot))}",
    ]


def _provenance(snapshot: StudySnapshot, times: list[WorkerTimes]) -> list[tuple[str, Plain]]:
    return [
        ("study", snapshot.study),
        ("created", words.moment(snapshot.attributes.created)),
        ("begun by", shlex.join(snapshot.attributes.command)),
        *((f"{package}, when it began", number) for package, number in snapshot.attributes.versions.items()),
        ("optsweep, this report", version("optsweep")),
        ("workers", ", ".join(one.worker for one in times)),
        *_data_provenance(snapshot.data),
    ]


def _data_provenance(data: StudyData | None) -> list[tuple[str, Plain]]:
    if data is None:
        return []
    return list(data.model_dump(exclude={"manifest", "reference", "weights"}, exclude_unset=True).items())
