from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import pytest

from optsweep.results.costs import worker_times
from optsweep.results.records import StudySnapshot
from optsweep.search.importance import importance
from optsweep.study.file import load_study
from optsweep.views import figures, parameter_figures
from optsweep.views.drawings import drawings
from optsweep.views.html import report_html, write_report
from tests.browser import headless_chromium
from tests.snapshots import make_data, make_run, make_snapshot, troubled_snapshots

LENGTHS = {"full": {"iterations": 50000, "warmup": 5000, "preschool": 0}, "sweep": {"iterations": 1, "warmup": 0}}


def make_study(num_sampled: int) -> StudySnapshot:
    """A finished study with every parameter: two presets, sampled runs of which every third was pruned."""
    study_file = load_study("uniref50")
    runs = [
        make_run(preset.name, "complete", parameters=preset.parameters, started=1000.0 + 600 * place, ended=1600.0)
        for place, preset in enumerate(study_file.presets[:2])
    ]
    for number in range(num_sampled):
        parameters = study_file.space.draw(study_file.space.generators(str(number)), {})
        curve = {step: 3.0 + 1 / step + number / 1e4 for step in range(1, 8 if number % 3 == 0 else 21)}
        values: dict[str, Any] = {"parameters": parameters, "curve": curve}
        values |= {"value": min(curve.values()) + parameters["lr"] * 1000}
        values |= {"worker": f"physical GPU {number % 2}", "started": 2200.0 + 300 * number}
        state = "complete" if number % 3 else "pruned"
        runs.append(make_run(f"tpe-{number:03d}", state, ended=2400.0 + 300 * number, **values))
    return make_snapshot(runs, definition=study_file)


def scripts(page: str) -> list[str]:
    return re.findall(r"Plotly\.newPlot\(.*\);", page)


def test_the_page_holds_tables_and_every_figure_drawn_by_its_own_call(tmp_path: Path) -> None:
    path = write_report(make_study(12), tmp_path / "reports")
    page = path.read_text()
    assert path == tmp_path / "reports" / "report.html"
    assert page.count("* plotly.js v") == 1
    assert len(scripts(page)) == len(drawings(make_study(12))) == 5
    assert '<td class="number">1</td><td>' in page
    assert "pruned at 40 %: 2.91 &gt; median 2.84 of 5 runs" in page


def test_presets_stand_with_both_columns_and_what_the_full_one_would_take() -> None:
    page = report_html(make_study(3))
    # 25,000 iterations took 10 minutes; the full column has twice as many.
    cells = ["50,000", "25,000", "5,000", "2,500", "0", "0", "10 min 00 s", "20 min 00 s"]
    section = page.split("Budget per preset")[1].split("</section>")[0]
    assert re.findall(r'<td class="number">(.*?)</td>', section)[:8] == cells


def test_what_a_study_holds_cannot_become_markup() -> None:
    evil = "</script><script>alert(1)</script>"
    runs = [replace(run, run=evil, worker=evil, reason=evil) for run in make_study(3).runs]
    page = report_html(make_snapshot(runs, study=evil, data=make_data(subset=evil, manifest={"name": evil})))
    assert evil not in page
    assert page.count("<script>") == page.count("</script>") == 1 + len(scripts(page))


def test_troubled_studies_have_a_page_too() -> None:
    for snapshot in troubled_snapshots():
        assert "<h2>Ranking</h2>" in report_html(snapshot)


def test_synthetic_data_is_labelled(busy: StudySnapshot) -> None:
    assert "synthetic data" in report_html(replace(busy, data=make_data(synthetic=True)))
    assert "synthetic data" not in report_html(busy)


def test_every_figure_is_strict_json_and_tells_runs_apart_without_colours() -> None:
    study = make_study(12)
    for drawing in drawings(study):
        assert drawing.figure is not None
        json.dumps(drawing.figure, allow_nan=False)
    curves = figures.learning_curves(study)
    assert curves is not None
    lines = {trace["line"]["dash"] for trace in curves["data"] if "dash" in trace.get("line", {})}
    assert lines == {"solid", "dash"}
    assert curves["data"][-1]["name"] == "pruned here"


def test_importance_is_told_with_its_interval_and_not_of_few_runs() -> None:
    study = make_study(100)
    shares = importance(study)
    assert shares[0].parameter == "lr"
    assert all(0 <= one.low <= one.share <= one.high <= 1 for one in shares)
    figure = parameter_figures.importance_bars(shares)
    assert figure is not None
    assert figure["data"][0]["y"][-1] == "lr"
    assert f"of {len(study.ranking)} complete runs" in report_html(study)
    assert importance(make_study(9)) == []
    assert "Importance is shown from 10 complete runs on." in report_html(make_study(9))


def test_idle_time_of_a_worker_is_what_no_run_fills() -> None:
    runs = [
        make_run("a", "complete", started=0.0, ended=100.0),
        make_run("b", "complete", started=50.0, ended=120.0),
        make_run("c", "complete", started=150.0, ended=200.0, worker="physical GPU 1"),
        make_run("d"),
    ]
    times = {one.worker: (one.runs, one.busy, one.idle) for one in worker_times(make_snapshot(runs))}
    assert times == {"physical GPU 0": (2, 120.0, 80.0), "physical GPU 1": (1, 50.0, 150.0)}
    assert "<td>physical GPU 1</td>" in report_html(make_snapshot(runs))


def test_provenance_names_the_command_and_the_versions() -> None:
    snapshot = make_snapshot([], command=["optsweep", "sweep", "--name", "a b"], versions={"torch": "2.13.0"})
    page = report_html(snapshot)
    assert "optsweep sweep --name 'a b'" in unescape(page)
    assert "2.13.0" in page


def test_a_parameter_that_a_run_does_not_have_has_a_tick_of_its_own() -> None:
    figure = parameter_figures.parallel_coordinates(make_study(12))
    assert figure is not None
    dimension = next(axis for axis in figure["data"][0]["dimensions"] if axis["label"] == "preschool_fraction")
    assert dimension["ticktext"][0] == "absent"


def test_two_thousand_runs_are_written_without_quadratic_work() -> None:
    study = make_study(2000)
    start = process_time()
    report_html(study)
    assert process_time() - start < 15


@pytest.mark.heavy
def test_a_browser_without_network_draws_every_figure_of_two_thousand_runs(tmp_path: Path) -> None:
    path = write_report(make_study(2000), tmp_path)
    with headless_chromium() as chromium:
        _look(chromium.new_context(offline=True).new_page(), path)


def _look(page: Any, path: Path) -> None:
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    start = perf_counter()
    page.goto(path.as_uri())
    assert page.locator(".js-plotly-plot .main-svg").count() >= 5
    # A machine that is busy with something else says nothing about the page.
    assert perf_counter() - start < 30  # a guard against hanging; the machine may be busy
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
