"""Files that leave a study: its runs as CSV, JSON or Parquet, one row per run, and the card of exported weights."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from optsweep.config import TrainConfig
from optsweep.errors import UserError
from optsweep.files import atomic_path, disk_is_full
from optsweep.plain import Plain
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.repetition import use_of
from optsweep.results.words import finite
from optsweep.study.shareable import shareable
from optsweep.views.formats import ExportFormat
from optsweep.views.parameter_figures import parameter_names

Row = dict[str, Plain]
NOT_A_COLUMN = ("curve", "parameters", "stored_config", "cut")
OF_DATA = ("sequences", "residues_per_second")
"""No columns where runs are given no data."""


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


def run_values(run: RunRecord, *names: str) -> dict[str, Plain]:
    """These fields of a run, in this order; numbers that are not finite, which JSON does not have, are None."""
    values = {name: getattr(run, name) for name in names}
    return {name: finite(value) if isinstance(value, float) else value for name, value in values.items()}


def about_data(snapshot: StudySnapshot) -> dict[str, Plain]:
    """What every document says of the study's data; nothing if it has none."""
    return {} if snapshot.data is None else {"synthetic": snapshot.data.synthetic}


def _rows(snapshot: StudySnapshot) -> list[Row]:
    """Flat rows with the same keys in the same order: the run, how it ended, then ``parameter.<name>``."""
    names = parameter_names(snapshot.runs)
    return [_row(snapshot, run, names) for run in snapshot.runs]


def _row(snapshot: StudySnapshot, run: RunRecord, names: Sequence[str]) -> Row:
    left_out = NOT_A_COLUMN if snapshot.data is not None else NOT_A_COLUMN + OF_DATA
    plain = run_values(run, *(field.name for field in fields(run) if field.name not in left_out))
    parameters = {f"parameter.{name}": run.parameters.get(name) for name in names}
    seeds = {"seeds": snapshot.seeds[run.run]}
    return {"study": snapshot.study, **about_data(snapshot), **plain, **seeds, **parameters}


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
            "config": shareable(run.stored_config),
            "curve": {str(step): finite(value) for step, value in sorted(run.curve.items())},
        }
        for run in snapshot.runs
    ]
    reference = {} if snapshot.data is None else {"reference": snapshot.data.reference}
    document = {"study": snapshot.study, "target": snapshot.target, **reference, "runs": runs}
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


def write_output(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all, and return its path.

    Raises `UserError` if it cannot be written; the `OSError` of a full disk passes, since another path would not help.
    """
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        if disk_is_full(error):
            raise
        raise UserError(f"{path} cannot be written: {error.strerror or error}; choose another with -o") from None
    return path


def _swept_on(snapshot: StudySnapshot) -> str:
    use = use_of(snapshot.definition, snapshot.data)
    if use is None or not (use.on_corpus or use.sequences < use.size.sequences):
        return "a subset"
    return f"{use.sequences:,} sequences of the {'corpus' if use.on_corpus else 'subset'}"


def model_card(config: TrainConfig, snapshot: StudySnapshot, value: float, weights: str) -> str:
    """What the weights (a file name) are, how they were made, and what they were not shown."""
    model, training, origin = config.model, config.training, config.provenance
    synthetic = "**Trained on synthetic sequences: of no use for real proteins.**\n\n" if snapshot.synthetic else ""
    return f"""# {snapshot.study}: {origin["run"]}

{synthetic}A masked diffusion protein language model: width {model.hidden_size}, {model.n_blocks} blocks,
{model.n_heads} heads, trained for {training.n_iters:,} iterations of {training.effective_batch} sequences
({config.noise.schedule} schedule).

* Chosen by the study {snapshot.study} of {len(snapshot.runs)} runs, where it was scored
  {origin.get("value", "not at all")} nats per residue after {origin["swept_iterations"]:,} iterations
  on {_swept_on(snapshot)}.
* {_lr_and_batch(config)}
* Trained on {origin["corpus"]}; the validation and confirmation sequences of {origin["subset"]} and
  their relatives in the corpus were left out.
* {value:.4f} nats per residue on the confirmation sequences, which had no part in any choice.
* `{weights}` holds the exponential moving average of the weights; `config.toml` everything that made them;
  `metrics.jsonl` the course of the training.
"""


def _lr_and_batch(config: TrainConfig) -> str:
    """Whether they are those of the sweep, and why not."""
    lr, batch, moved = config.optim.lr, config.training.effective_batch, config.provenance.get("transfer")
    if moved is None:
        return f"lr {lr:g} and batch {batch} as in the sweep."
    found = moved["found"]
    return (
        f"lr {lr:g} and batch {batch}; in the sweep {found['lr']:g} and {found['batch']}. {moved['why'].capitalize()}."
    )
