from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from time import process_time
from typing import Any

import optuna
import pytest
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import create_trial

from optsweep.results.costs import worker_times
from optsweep.results.records import StudySnapshot
from optsweep.search.cuts import cuts
from optsweep.search.importance import importance
from optsweep.search.sampling import distributions_for
from optsweep.study.file import load_study, parse_study
from optsweep.views import parameter_figures
from optsweep.views.curves import learning_curves
from optsweep.views.drawings import drawings
from optsweep.views.html import report_html, write_report
from optsweep.views.slices import slices
from tests.snapshots import make_data, make_run, make_snapshot, troubled_snapshots, trust_of


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


def page_of(snapshot: StudySnapshot) -> str:
    return report_html(snapshot, trust_of(snapshot))


def scripts(page: str) -> list[str]:
    return re.findall(r"Plotly\.newPlot\(.*\);", page)


def figure_of(snapshot: StudySnapshot, slug: str) -> Any:
    return next(drawing.figure for drawing in drawings(snapshot) if drawing.slug == slug)


def section(page: str, name: str) -> str:
    return page.split(f'<section id="{name}">')[1].split("</section>")[0]


def test_the_page_holds_tables_and_every_figure_drawn_by_its_own_call(tmp_path: Path) -> None:
    study = make_study(12)
    path = write_report(study, tmp_path / "reports", trust_of(study))
    page = path.read_text()
    assert path == tmp_path / "reports" / "report.html"
    assert page.count("* plotly.js v") == 1
    assert len(scripts(page)) == len(drawings(study)) == 5
    assert re.search(r"<td[^>]*>1</td><td[^>]*>small_fast</td>", page)
    assert "pruned at 40 %: 2.91 &gt; median 2.84 of 5 runs" in page


def test_the_verdict_stands_first_with_one_next_command() -> None:
    study = make_study(12)
    lines = trust_of(study).verdict.lines
    words = unescape(re.sub(r"<[^>]+>", "", page_of(study).split('id="verdict"')[1].split("</section>")[0]))
    assert all(line in words for line in lines[:-1])
    assert words.count("Next: ") == 1
    page = page_of(study)
    order = ["verdict", "ranking", "learning-curves", "full-run", "importance", "slices", "cost", "trust", "provenance"]
    places = [page.index(f'id="{name}"') for name in order]
    assert places == sorted(places)


def test_the_ranking_shows_the_parameters_that_vary_and_says_no_number_twice() -> None:
    heads = re.findall(r"<button>(.*?)</button>", section(page_of(make_study(12)), "ranking"))
    assert heads[:3] == ["rank", "run", "value"]
    assert {"lr", "sequences", "GPU-seconds", "how it ended"} <= set(heads)
    assert not {"last value", "done"} & set(heads)


def test_no_markup_of_ours_is_left_in_the_words() -> None:
    page = page_of(make_study(12))
    assert "`" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "<code>optsweep fidelity</code>" in page


def test_presets_stand_with_both_columns_and_what_the_full_one_would_take() -> None:
    page = page_of(make_study(3))
    # 25,000 iterations took 10 minutes; the full column has twice as many.
    cells = ["50,000", "25,000", "5,000", "2,500", "0", "0", "10 min 00 s", "20 min 00 s"]
    budgets = page.split("Budget per preset")[1].split("</section>")[0]
    assert re.findall(r'<td class="number">(.*?)</td>', budgets)[:8] == cells


def test_what_a_study_holds_cannot_become_markup() -> None:
    evil = "</script><script>alert(1)</script>"
    runs = [replace(run, run=evil, worker=evil, reason=evil) for run in make_study(3).runs]
    data = make_data(subset=evil, manifest={"name": evil})
    page = page_of(make_snapshot(runs, study=evil, data=data, definition=load_study("uniref50")))
    assert evil not in page
    assert page.count("<script>") == page.count("</script>") == 2 + len(scripts(page))


def test_troubled_studies_have_a_page_too() -> None:
    for snapshot in troubled_snapshots():
        assert "<h2>Ranking</h2>" in page_of(snapshot)


def test_synthetic_data_is_labelled(busy: StudySnapshot) -> None:
    assert "synthetic data" in page_of(replace(busy, data=make_data(synthetic=True)))
    assert "synthetic data" not in page_of(busy)


def test_every_figure_is_strict_json_and_tells_runs_apart_without_colours() -> None:
    study = make_study(12)
    for drawing in drawings(study):
        assert drawing.figure is not None
        json.dumps(drawing.figure, allow_nan=False)
    curves = figure_of(study, "learning-curves")["data"]
    presets = {trace["name"]: trace["line"]["dash"] for trace in curves if trace.get("legendrank") is not None}
    assert len(presets) == len(set(presets.values())) == 3
    assert {trace["name"] for trace in curves} >= {"others", "cut runs", "cut here"}
    symbols = {trace["name"]: trace["marker"]["symbol"] for trace in figure_of(study, "slices")["data"]}
    assert len(set(symbols.values())) == 4


def test_curves_are_over_sequences_and_the_last_hundredth_can_be_told_apart() -> None:
    study = make_study(40)
    figure = learning_curves(study)
    assert figure is not None
    layout: Any = figure["layout"]
    assert layout["xaxis"]["title"]["text"] == "sequences seen"
    own = next(trace for trace in figure["data"] if trace["name"].startswith("small_fast"))
    assert own["x"] == [192_000, 384_000, 576_000]
    low, high = layout["yaxis2"]["range"]
    half = study.ranking[:10]
    assert low < half[0].value < half[-1].value <= high  # type: ignore[operator]
    scripted = parse_study(
        {
            "trainer": {
                "command": ["python", "{lr}"],
                "metrics": {"kind": "jsonl", "file": "log", "value": "loss", "total": 9},
            },
            "space": {"lr": {"low": 1e-4, "high": 1e-1}},
        },
        "script",
        "script.toml",
    )
    run = make_run("random-001", "complete", config={}, curve={10: 1.0, 20: 0.5})
    of_script: Any = learning_curves(make_snapshot([run], definition=scripted))
    assert of_script["layout"]["xaxis"]["title"]["text"] == "progress of the run, %"
    assert of_script["data"][0]["x"] == [50, 100]


def test_a_cut_is_shown_beside_the_median_that_it_was_compared_with() -> None:
    definition = load_study("uniref50")
    complete = [
        make_run(f"tpe-{n:03d}", "complete", curve=dict.fromkeys(range(1, 21), 3.0 + n / 10), ended=1000.0 + n)
        for n in range(5)
    ]
    late = make_run("tpe-008", "complete", curve=dict.fromkeys(range(1, 21), 9.0), ended=3000.0)
    cut = make_run("tpe-007", "pruned", curve=dict.fromkeys(range(1, 9), 3.5), ended=2000.0)
    study = make_snapshot([*complete, late, cut], definition=definition)
    found = cuts(study)
    assert found is not None
    # Of the five that had ended by then.
    assert found.limits == {"tpe-007": pytest.approx(3.2)}
    marks = next(
        trace for trace in figure_of(study, "learning-curves")["data"] if trace["name"] == "median that cut it"
    )
    assert marks["y"] == [pytest.approx(3.2)]
    assert cuts(make_snapshot([cut], definition=definition.with_overrides(pruner="none"))) is None


def test_slices_have_the_axes_of_the_space_however_few_the_runs_are() -> None:
    study = make_study(4)
    figure = slices(study)
    assert figure is not None
    layout: Any = figure["layout"]
    axes = {axis["title"]["text"]: axis for name, axis in layout.items() if name.startswith("xaxis")}
    assert axes["lr"]["type"] == "log"
    assert 10 ** axes["lr"]["range"][0] < 1e-5 < 1e-3 < 10 ** axes["lr"]["range"][1]
    assert axes["dropout"]["type"] == "linear"
    assert axes["hidden_size"]["type"] == "category"
    assert axes["hidden_size"]["categoryarray"] == ["512", "768", "1024"]


def test_cut_runs_have_a_band_of_their_own() -> None:
    figure: Any = slices(make_study(12))
    cut = [trace for trace in figure["data"] if trace["name"] == "cut short"]
    complete = [trace for trace in figure["data"] if trace["name"] == "complete"]
    assert min(cut[0]["y"]) > max(complete[0]["y"])
    assert len({height for trace in cut for height in trace["y"]}) == 1
    band = figure["layout"]["shapes"][0]
    assert band["y0"] < cut[0]["y"][0] < band["y1"]


def test_importance_is_what_optuna_says_of_all_complete_runs_with_an_interval() -> None:
    study = make_study(60)
    shares = importance(study)
    assert shares[0].parameter == "lr"
    assert all(0 <= one.low <= one.share <= one.high <= 1 for one in shares)
    # The dashboard asks Optuna in the same way.
    told = optuna.create_study()
    for run in study.runs:
        if run.state == "complete" and run.value is not None:
            kinds = distributions_for(study.definition, run.parameters)
            parameters = {name: run.parameters[name] for name in kinds}
            told.add_trial(create_trial(value=run.value, params=parameters, distributions=kinds))
    expected = get_param_importances(told, evaluator=PedAnovaImportanceEvaluator())
    assert {one.parameter: one.share for one in shares} == pytest.approx(expected)
    figure: Any = parameter_figures.importance_bars(shares, 60)
    assert figure["data"][0]["y"][-1] == "lr"


def test_importance_of_few_runs_says_that_it_is_chance() -> None:
    page = page_of(make_study(9))
    assert "With fewer than 10 complete runs this is mostly chance." in page
    assert "mostly chance" not in page_of(make_study(30))
    assert importance(make_study(0)) != []
    assert importance(make_snapshot([make_run("a", "complete", parameters={"lr": 1e-3})])) == []


def test_idle_time_of_a_worker_is_what_no_run_fills() -> None:
    runs = [
        make_run("a", "complete", started=0.0, ended=100.0),
        make_run("b", "complete", started=50.0, ended=120.0),
        make_run("c", "complete", started=150.0, ended=200.0, worker="physical GPU 1"),
        make_run("d"),
    ]
    times = {one.worker: (one.runs, one.busy, one.idle) for one in worker_times(make_snapshot(runs))}
    assert times == {"physical GPU 0": (2, 120.0, 80.0), "physical GPU 1": (1, 50.0, 150.0)}
    assert "<td>physical GPU 1</td>" in page_of(make_snapshot(runs))


def test_provenance_names_the_command_and_the_versions() -> None:
    snapshot = make_snapshot([], command=["optsweep", "sweep", "--name", "a b"], versions={"torch": "2.13.0"})
    page = page_of(snapshot)
    assert "optsweep sweep --name 'a b'" in unescape(page)
    assert "2.13.0" in page


def test_a_parameter_that_a_run_does_not_have_has_a_tick_of_its_own() -> None:
    figure: Any = parameter_figures.parallel_coordinates(make_study(12))
    dimension = next(axis for axis in figure["data"][0]["dimensions"] if axis["label"] == "preschool_fraction")
    assert dimension["ticktext"][0] == "absent"


def test_two_thousand_runs_are_written_without_quadratic_work() -> None:
    study = make_study(2000)
    start = process_time()
    page_of(study)
    assert process_time() - start < 15
