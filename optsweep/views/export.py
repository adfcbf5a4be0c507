"""A study's runs as CSV, JSON or Parquet: one row per run, for other tools."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Literal

from optsweep.errors import UserError
from optsweep.plain import Plain
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import finite
from optsweep.views.documents import run_values
from optsweep.views.output import write_output
from optsweep.views.parameter_figures import parameter_names

ExportFormat = Literal["csv", "json", "parquet"]
Row = dict[str, Plain]
NOT_A_COLUMN = ("curve", "parameters", "stored_config", "cut")


def export(snapshot: StudySnapshot, kind: ExportFormat) -> bytes:
    """The runs in plan order; values that are not finite are left empty (null).

    JSON also holds the curves and configs. Raises `UserError` for Parquet if pyarrow is missing.
    """
    match kind:
        case "csv":
            return _csv(_rows(snapshot)).encode()
        case "json":
            return _json(snapshot).encode()
        case "parquet":
            return _parquet(_rows(snapshot))


def write_export(snapshot: StudySnapshot, kind: ExportFormat, path: Path) -> Path:
    """Write `export` to ``path``, whole or not at all; raises `UserError` if that cannot be."""
    return write_output(path, export(snapshot, kind))


def _rows(snapshot: StudySnapshot) -> list[Row]:
    """Flat rows with the same keys in the same order: the run, how it ended, then ``parameter.<name>``."""
    names = parameter_names(snapshot.runs)
    return [_row(snapshot, run, names) for run in snapshot.runs]


def _row(snapshot: StudySnapshot, run: RunRecord, names: Sequence[str]) -> Row:
    plain = run_values(run, *(field.name for field in fields(run) if field.name not in NOT_A_COLUMN))
    parameters = {f"parameter.{name}": run.parameters.get(name) for name in names}
    return {"study": snapshot.study, "synthetic": snapshot.data.synthetic, **plain, **parameters}


def _csv(rows: Sequence[Row]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["study", "run"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _json(snapshot: StudySnapshot) -> str:
    runs = [
        {
            **_row(snapshot, run, []),
            "parameters": run.parameters,
            "config": run.stored_config,
            "curve": {str(step): finite(value) for step, value in sorted(run.curve.items())},
        }
        for run in snapshot.runs
    ]
    document = {"study": snapshot.study, "target": snapshot.target, "reference": snapshot.data.reference, "runs": runs}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _parquet(rows: Sequence[Row]) -> bytes:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        how = "which is not installed: pip install 'optsweep[parquet]'"
        raise UserError(f"--format parquet needs pyarrow, {how}") from None
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), sink)
    return bytes(sink.getvalue().to_pybytes())
