"""The notes that people read in the dashboard: one for the study, one for every run that has ended, as Markdown."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.trainers.trainer import Trainer

CURVE = "curve.svg"


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
