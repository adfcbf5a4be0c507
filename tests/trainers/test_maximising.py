"""A sweep of a script whose value is to be high: people and programs see the number that the script wrote."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
from rich.console import RenderableType

from optsweep.database.connection import open_existing
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.standing import seeds_by_rank
from optsweep.database.urls import storage_url
from optsweep.integrations.mirror import Mirror
from optsweep.integrations.notes import run_note, study_note
from optsweep.integrations.notify import Watcher
from optsweep.planning.trained_again import finished_ranking
from optsweep.results.records import StudySnapshot
from optsweep.views.drawings import drawings
from optsweep.views.export import export
from optsweep.views.html import report_html
from optsweep.views.status import status_document, status_table
from optsweep.views.summary import best_document, best_table, summary
from optsweep.workers.describe import describe_runs, describe_study
from tests.snapshots import render, trust_of
from tests.sweeps import Sweeps

SCRIPT = """
import os, sys
x, seed = float(sys.argv[1]), int(sys.argv[2])
os.chdir(sys.argv[3])
for step in range(1, 6):
    accuracy = (1 - (x - 0.7) ** 2) * (0.8 + 0.04 * min(step, 4)) - (step == 5) * 0.01 - seed % 7 * 1e-5
    with open("log.jsonl", "a") as log:
        log.write('{"step": %d, "val/acc": %r, "loss": %r}\\n' % (step, accuracy, 1 / step))
"""
STUDY = """
[study]
type = "tpe"
trials = 6
repeats = 1

[budget]
num_evaluations = 5

[pruner]
startup = 2
minimum = 2
warmup_fraction = 0.2

[trainer]
command = ["python", "-S", "SCORE", "{x}", "{seed}", "{dir}"]

[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "val/acc"
direction = "maximize"
train_loss = "loss"
total = 5

[space]
x = { low = 0.0, high = 1.0 }

[[preset]]
name = "good"
x = 0.7

[[preset]]
name = "poor"
x = 0.0
"""


pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Sweeps:
    folder = tmp_path_factory.mktemp("maximising")
    (folder / "score.py").write_text(SCRIPT)
    (folder / "mine.toml").write_text(STUDY.replace("SCORE", str(folder / "score.py")))
    sweeps = Sweeps(folder, f"sqlite:///{folder}/study.db", name="mine")
    code, output = sweeps.run("mine.toml", "--cpu-workers", "1")
    assert code == 0, output
    (folder / "output.txt").write_text(output)
    return sweeps


@pytest.fixture
def study(swept: Sweeps) -> Iterator[Study]:
    with contextlib.chdir(swept.folder):
        storage = open_existing(storage_url(swept.url))
        assert storage is not None
        yield open_study(storage, "mine")
        storage.close()


def written(folder: Path, run: str) -> list[float]:
    log = folder / "studies" / "mine" / "runs" / run / "work" / "log.jsonl"
    return [json.loads(line)["val/acc"] for line in log.read_text().splitlines()]


def test_the_runs_are_ranked_cut_and_repeated_by_what_is_high(swept: Sweeps, study: Study) -> None:
    snapshot = read_snapshot(study)
    complete = [run for run in snapshot.runs if run.state == "complete"]
    for run in complete:
        own = written(swept.folder, run.run)
        assert run.value == max(own)
        assert (run.last_value, run.best_step) == (own[-1], 4)
        assert list(run.curve.values()) == own
    once = [run for run in complete if run.repeat_of is None]
    best = max(once, key=lambda run: run.value or 0.0)
    assert snapshot.best is not None
    assert snapshot.best.run == snapshot.ranking[0].run == seeds_by_rank(study, 1)[0][0] == "good" == best.run
    assert [run.run for run in snapshot.ranking if run.repeat_of] == []
    assert snapshot.ranking[-1].run == "poor"
    assert {run.repeat_of for run in complete if run.repeat_of} == {"good"}, "seeds are of what is best"
    cut = [run for run in snapshot.runs if run.cut]
    assert cut, "runs far from 0.7 are cut"
    for run in cut:
        assert f"{max(run.curve.values()):.2f}"[:3] in (run.reason or "")
        assert " < median 0." in (run.reason or "")
    order = finished_ranking(snapshot)
    assert [run.run for run in order[: len(snapshot.ranking)]] == [run.run for run in snapshot.ranking]


def test_optunas_study_maximises_the_scripts_own_numbers(swept: Sweeps, study: Study) -> None:
    opened = optuna.load_study(study_name="mine", storage=swept.url)
    assert opened.direction is optuna.study.StudyDirection.MAXIMIZE
    assert opened.best_value == max(
        trial.value for trial in opened.get_trials(states=(optuna.trial.TrialState.COMPLETE,)) if trial.value
    )
    for trial in opened.trials:
        own = written(swept.folder, trial.user_attrs["optsweep:run"])
        assert list(trial.intermediate_values.values()) == own[: len(trial.intermediate_values)]
        assert trial.value is None or trial.value in own
    describe_study(study)
    assert optuna.load_study(study_name="mine", storage=swept.url).metric_names == ["val/acc"]


def numbers(value: Any) -> Iterator[float]:
    """Every number in a document."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from numbers(part)
    elif isinstance(value, int | float):
        yield value


def text_of(content: RenderableType) -> str:
    return render(content, width=200)


def told(snapshot: StudySnapshot) -> dict[str, str]:
    """All that people read of the study."""
    best, trust = snapshot.best, trust_of(snapshot)
    assert best is not None
    return {
        "status": text_of(status_table(snapshot, trust)),
        "best": text_of(best_table(snapshot, trust, 3)),
        "summary": text_of(summary(snapshot, trust)),
        "csv": export(snapshot, "csv").decode(),
        "report": report_html(snapshot, trust).split("<h2>Provenance</h2>")[0],
        "study's note": study_note(snapshot, 1),
        "run's note": run_note(best, {}, snapshot.trainer, snapshot.definition.summary),
    }


def test_every_view_shows_that_number_under_its_own_name(swept: Sweeps, study: Study) -> None:
    snapshot = read_snapshot(study)
    best = snapshot.best
    assert best is not None
    assert best.value is not None
    for place, text in {**told(snapshot), "sweep": (swept.folder / "output.txt").read_text()}.items():
        assert "-val/acc" not in text, place
        assert "lower is better" not in text, place
        assert f"-{best.value:.2f}" not in text, place
        number = repr(best.value) if place == "csv" else f"{best.value:.4f}"
        assert place == "study's note" or number in text, place
    assert "val/acc" in told(snapshot)["report"]
    assert "higher is better" in told(snapshot)["report"]
    assert "higher is better" in told(snapshot)["study's note"]


def test_documents_and_tables_for_programs_hold_that_number(study: Study) -> None:
    snapshot = read_snapshot(study)
    best = snapshot.best
    assert best is not None
    status, exported = status_document(snapshot, trust_of(snapshot).verdict), json.loads(export(snapshot, "json"))
    documents: list[Any] = [status, best_document(snapshot, 3), exported]
    for document in documents:
        assert not [number for number in numbers(document) if number < 0]
    assert status["best"]["value"] == best.value  # type: ignore[index,call-overload]
    assert [one["value"] for one in documents[1]["best"]] == [run.value for run in snapshot.ranking[:3]]
    assert documents[0]["verdict"]["value"] == pytest.approx(best.value, abs=0.02)
    rows = list(csv.DictReader(io.StringIO(export(snapshot, "csv").decode())))
    assert [float(row["value"]) for row in rows] == [run.value for run in snapshot.runs]
    assert [one["curve"] for one in exported["runs"]] == [
        {str(step): value for step, value in run.curve.items()} for run in snapshot.runs
    ]
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(export(snapshot, "parquet")))
    assert table["value"].to_pylist() == [run.value for run in snapshot.runs]
    watcher = Watcher()
    list(watcher.events(replace(snapshot, runs=[])))
    (event,) = [one for one in watcher.events(read_snapshot(study)) if one.event == "new_best"]
    assert (event.value, event.run) == (best.value, "good")
    assert event.message == f"new best: good, {best.value:.4f}"


def test_figures_point_up(study: Study) -> None:
    snapshot = read_snapshot(study)
    figures = {one.slug: one.figure for one in drawings(snapshot)}
    curves, slices, coordinates = (figures[name] for name in ("learning-curves", "slices", "parallel-coordinates"))
    assert curves is not None
    assert slices is not None
    assert coordinates is not None
    axes: list[Any] = [curves["layout"]["yaxis"], slices["layout"]["yaxis"]]
    assert snapshot.best is not None
    assert snapshot.best.value is not None
    for axis in axes:
        assert axis["title"] == {"text": "val/acc"}
        assert axis["range"][0] < axis["range"][1]
        assert axis["range"][1] > snapshot.best.value > axis["range"][0] > 0
    line: Any = coordinates["data"][0]["line"]
    assert line["reversescale"] is True


class Recorder:
    """A tracker that remembers."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def log(self, run: str, config: object, lines: Any) -> None:
        self.values += [line["value"] for line in lines if "value" in line]

    def close(self) -> None:
        """Nothing is held back."""


def test_trackers_and_the_dashboards_pictures_have_it_too(swept: Sweeps, study: Study) -> None:
    recorder = Recorder()
    Mirror(swept.folder / "studies/mine/runs", {"recorder": recorder}, swept.folder / "positions.json").look()
    assert recorder.values
    assert min(recorder.values) > 0
    describe_runs(study, ["good"])
    pictures = [path.read_text() for path in (swept.folder / "studies/mine/artifacts").iterdir()]
    (picture,) = [text for text in pictures if text.startswith("<svg")]
    assert "good: val/acc; validation blue, training grey (its own scale)" in picture
    assert "from 0.8" in picture
