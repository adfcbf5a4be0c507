from __future__ import annotations

import csv
import importlib.util
import io
import json

import pytest

from optsweep.errors import UserError
from optsweep.results.records import StudySnapshot
from optsweep.views.export import export
from tests.snapshots import CONFIG, make_run, make_snapshot, troubled_snapshots


def test_csv_has_one_row_per_run_and_a_column_per_parameter() -> None:
    runs = [
        make_run("small_fast", "complete", parameters={"lr": 1e-4, "curriculum": False}),
        make_run("tpe-001", "pruned", parameters={"lr": 2e-4, "preschool_fraction": 0.1}, value=float("inf")),
    ]
    rows = list(csv.DictReader(io.StringIO(export(make_snapshot(runs), "csv").decode())))
    assert [row["run"] for row in rows] == ["small_fast", "tpe-001"]
    assert [row["parameter.lr"] for row in rows] == ["0.0001", "0.0002"]
    assert [row["parameter.preschool_fraction"] for row in rows] == ["", "0.1"]
    assert [row["value"] for row in rows] == ["2.85", ""]
    assert rows[1]["reason"] == "pruned at 40 %: 2.91 > median 2.84 of 5 runs"


def test_json_holds_curves_and_configs(busy: StudySnapshot) -> None:
    document = json.loads(export(busy, "json"))
    assert document["runs"][0]["curve"] == {"1": 3.1, "2": 2.95, "3": 2.85}
    assert document["runs"][0]["config"] == CONFIG
    assert len(document["runs"]) == 7


def test_troubled_studies_are_exported_too() -> None:
    for snapshot in troubled_snapshots():
        assert export(snapshot, "csv")
        json.loads(export(snapshot, "json"), parse_constant=pytest.fail)


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is installed")
def test_parquet_without_pyarrow_says_how_to_get_it(busy: StudySnapshot) -> None:
    with pytest.raises(UserError, match=r"pip install .optsweep\[parquet\]."):
        export(busy, "parquet")


@pytest.mark.heavy  # with the extras of `make test-all`
def test_parquet_is_read_back(busy: StudySnapshot) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    table = parquet.read_table(io.BytesIO(export(busy, "parquet")))
    assert table.column("run").to_pylist() == [run.run for run in busy.runs]
