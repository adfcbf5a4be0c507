"""The notes that people read in the dashboard: one for the study, one for every run that has ended, as Markdown."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from datetime import UTC, datetime

from optsweep.database.dashboard_rows import attached, has_note, name_metric, save_note
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.integrations.artifacts import CURVE
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trainers.trainer import Trainer

_logger = logging.getLogger(__name__)


def describe_study(study: Study) -> None:
    """Name the metric with its unit and write the study's note; whatever goes wrong is logged."""
    try:
        name_metric(study, study.trainer.metric)
        if not has_note(study, None):
            save_note(study, None, study_note(read_snapshot(study), study.study_id))
    except Exception as error:
        _logger.warning("the dashboard will lack the study's note: %s: %s", type(error).__name__, error)


def describe_runs(study: Study, chosen: Collection[str] | None = None) -> None:
    """Write the notes of those of the chosen runs (of all) that have ended and have none yet.

    Whatever goes wrong is logged, the sweep does not suffer from it.
    """
    try:
        for record in read_snapshot(study, chosen).runs:
            trial_id = study.storage.backend.get_trial_id_from_study_id_trial_number(study.study_id, record.trial)
            ended = record.state in ("complete", "pruned", "failed")
            # A note is written once: what a person makes of it later stays.
            if ended and not has_note(study, trial_id):
                save_note(study, trial_id, run_note(record, attached(study, trial_id), study.trainer))
    except Exception as error:
        _logger.warning("the dashboard will lack notes: %s: %s", type(error).__name__, error)


# In the format of optuna-dashboard's `save_note`, which takes a second or two to load (with scikit-learn, where that is
# installed) while a worker's device waits, and reads the notes of all runs to write that of one.


def study_note(snapshot: StudySnapshot, study_id: int) -> str:
    """What was searched on which data, the presets by name, and what to type."""
    data, name = snapshot.data, f"--name {snapshot.study}"
    presets = [
        f"* [{run.run}](/dashboard/studies/{study_id}/trials?numbers={run.trial})"
        for run in snapshot.runs
        if run.preset is not None
    ]
    synthetic = "**Synthetic data: the values say nothing about real proteins.**\n\n" if data.synthetic else ""
    manifest = json.dumps(data.manifest, indent=2, default=str)
    commands = [f"sweep {name}", f"status {name} --watch", f"report {name}", f"best {name} --toml", f"promote {name}"]
    return "\n".join(
        [
            f"## Study {snapshot.study}\n",
            f"{synthetic}{_values(snapshot)}\n",
            "Presets:\n",
            *presets,
            "\nTo resume, look, report and promote:\n",
            "```",
            *(f"optsweep {command}" for command in commands),
            "```",
            f"\nData: `{data.corpus}`, {data.source_sequences} sequences; trained on "
            f"`{data.subset}`, {data.num_sequences} sequences. Its manifest:\n",
            f"```json\n{manifest}\n```",
        ]
    )


def _values(snapshot: StudySnapshot) -> str:
    trainer = snapshot.trainer
    if not trainer.has_reference:
        return f"Values are {trainer.quantity} of the study's own script, lower is better."
    return (
        "Values are NELBO in nats per residue, lower is better. "
        f"The validation set's unigram entropy is {_number(snapshot.data.reference.get('unigram_entropy'))}."
    )


def run_note(record: RunRecord, files: dict[str, str], trainer: Trainer) -> str:
    """Run, end and why, budget, device, time, and links to the files that are kept of it."""
    rows = [
        ("state", record.state + (f": {record.reason}" if record.reason else "")),
        ("value", f"{_number(record.value)} at step {record.best_step}; the last one {_number(record.last_value)}"),
        ("budget", _budget(record, trainer)),
        ("device", record.worker or "none"),
        ("time", _timing(record)),
        ("directory", record.directory),
    ]
    source = "preset" if record.preset else "random start" if record.random_start else record.source
    lines = [f"## Run {record.run} ({source})\n", "| | |", "|---|---|"]
    lines += [f"| {what} | {_plain(words)} |" for what, words in rows]
    if CURVE in files:
        lines.append(f"\n![learning curve of {record.run}]({files[CURVE]})")
    if links := [f"[{name}]({address})" for name, address in files.items()]:
        lines.append("\n" + " · ".join(links))
    return "\n".join(lines)


def _budget(record: RunRecord, trainer: Trainer) -> str:
    if record.config is None:
        return f"{record.sequences:,} sequences seen"
    return trainer.budget(record.config, record.progress, record.sequences)


def _timing(record: RunRecord) -> str:
    attempts = f"{record.attempts} attempt{'' if record.attempts == 1 else 's'}"
    ended = "" if record.ended is None else f", ended {datetime.fromtimestamp(record.ended, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{record.seconds:.0f} s on the device, {attempts}{ended}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"


def _plain(words: str) -> str:
    """On one line of a table, and never markup: reasons come from exceptions of all kinds."""
    line = " ".join(words.split())[:500]
    for letter, stands_for in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("`", "'"), ("[", "\\[")):
        line = line.replace(letter, stands_for)
    return line
