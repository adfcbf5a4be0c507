"""What people read and see in the dashboard: notes on the study and on ended runs, as Markdown, curves as SVG."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from optsweep.outside_text import clean
from optsweep.results.attributes import StudyData
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import most, one_line, summary_words, value_words
from optsweep.study.definition import StudyDefinition
from optsweep.study.direction import Direction, Summary
from optsweep.train.report import read_metrics
from optsweep.trainers.trainer import Trainer

CURVE = "curve.svg"
WIDTH, HEIGHT, MARGIN = 640, 360, 40
MOST_POINTS = 400
BLUE, GREY = "#0072B2", "#999999"
Points = Sequence[tuple[float, float]]


def verdict_note(lines: Sequence[str]) -> str:
    """The verdict as a list; in its last line stands the next command."""
    *said, following = lines
    label, _, command = following.partition(": ")
    return "\n".join([*(f"* {_escaped(line)}" for line in said), f"* {label}: {_code(command)}", ""])


def study_note(snapshot: StudySnapshot, study_id: int) -> str:
    """What was searched, on which data if there are any, the presets by name, and how to look at it."""
    name = f"--name {snapshot.study}"
    presets = [
        f"* [{run.run}](/dashboard/studies/{study_id}/trials?numbers={run.trial})"
        for run in snapshot.runs
        if run.preset is not None
    ]
    synthetic = "**Synthetic data: the values say nothing about real proteins.**\n\n" if snapshot.synthetic else ""
    best = "--command" if snapshot.trainer.lengths is None else "--toml"
    commands = [f"status {name} --watch", f"report {name}", f"best {name} {best}"]
    return "\n".join(
        [
            f"## Study {snapshot.study}\n",
            f"{synthetic}{_values(snapshot)}\n",
            "Presets:\n",
            *presets,
            "\nTo look at it:\n",
            "```",
            *(f"optsweep {command}" for command in commands),
            "```",
            *_data_lines(snapshot.data),
        ]
    )


def _data_lines(data: StudyData | None) -> list[str]:
    if data is None:
        return []
    manifest = json.dumps(data.manifest, indent=2, default=str)
    return [
        f"\nData: `{data.corpus}`, {data.source_sequences} sequences; "
        f"{'held out by' if data.trains_on else 'trained on'} "
        f"`{data.subset}`, {data.num_sequences} sequences. Its manifest:\n",
        f"```json\n{manifest}\n```",
    ]


def _values(snapshot: StudySnapshot) -> str:
    trainer = snapshot.trainer
    if not trainer.has_reference:
        return f"Values are {trainer.quantity} of the study's own script, {snapshot.definition.direction.words}."
    return (
        "Values are NELBO in nats per residue, lower is better. "
        f"The validation set's unigram entropy is {_number(snapshot.reference.get('unigram_entropy'))}."
    )


def run_note(record: RunRecord, files: dict[str, str], trainer: Trainer, summary: Summary) -> str:
    """Run, end and why, budget, device, time, and links to the files that are kept of it."""
    rows = [
        ("state", record.state + (f": {record.reason}" if record.reason else "")),
        ("value", _value(record, summary)),
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


def _value(record: RunRecord, summary: Summary) -> str:
    place = f"at step {record.best_step}" if summary in ("best", "last") else f"({summary_words(summary)})"
    last = "" if summary == "last" else f"; the last one {_number(record.last_value)}"
    return f"{_number(record.value)} {place}{last}"


def _budget(record: RunRecord, trainer: Trainer) -> str:
    if record.config is None:
        return f"{record.sequences:,} sequences seen" if trainer.takes_data else "none"
    return trainer.budget(record.config, record.progress, record.sequences)


def _timing(record: RunRecord) -> str:
    attempts = f"{record.attempts} attempt{'' if record.attempts == 1 else 's'}"
    ended = "" if record.ended is None else f", ended {datetime.fromtimestamp(record.ended, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{record.seconds:.0f} s on the device, {attempts}{ended}"


def _number(value: float | None) -> str:
    return "none" if value is None else value_words(value)


def _plain(words: str) -> str:
    """On one line of a table, and never markup: reasons come from exceptions of all kinds."""
    line = one_line(words)[:500]
    for letter, stands_for in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("`", "'"), ("[", "\\[")):
        line = line.replace(letter, stands_for)
    return line


def _escaped(words: str) -> str:
    """As text within a line, and never markup, a formula or a link: names and reasons come from outside."""
    return re.sub(r"[\\`*_\[\]<>&$~|#@]|:(?=//)|(?i:(?<=www))\.", r"\\\g<0>", clean(words))


def _code(words: str) -> str:
    """As a piece of code on one line, whatever backticks it holds."""
    line = clean(words)
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    padding = " " if "`" in line else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def draw_curve(title: str, metrics: Path, definition: StudyDefinition) -> str | None:
    """SVG of training loss (grey) and evaluations (blue, with dots) over the steps; None without any line yet.

    Values that are to be high are none that a loss could be compared with: each of the two lines has its own scale.
    """
    lines = read_metrics(metrics, finite=True)
    training = [(line["step"], line["train_loss"]) for line in lines if "train_loss" in line]
    evaluations = [(line["step"], line["val_nelbo"]) for line in lines if "val_nelbo" in line]
    evaluations = evaluations or [(line["step"], definition.shown(line["value"])) for line in lines if "value" in line]
    if not training and not evaluations:
        return None
    last = max(step for step, _ in [*training, *evaluations])
    direction = definition.direction
    if direction is Direction.MINIMIZE or not evaluations:
        losses = values = _ends([*training, *evaluations], Direction.MINIMIZE)
    else:
        losses, values = _ends(training or evaluations, Direction.MINIMIZE), _ends(evaluations, direction)

    def placed(points: Points, ends: tuple[float, float]) -> list[tuple[float, float]]:
        low, high = ends
        scale = (HEIGHT - 2 * MARGIN) / (high - low or 1)
        across = (WIDTH - 2 * MARGIN) / (last or 1)
        return [
            (MARGIN + across * step, HEIGHT - MARGIN - scale * (min(max(value, low), high) - low))
            for step, value in points
        ]

    def line(points: Points, ends: tuple[float, float], color: str, width: int) -> str:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed(points, ends))
        return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"/>'

    thinned = training[:: max(1, len(training) // MOST_POINTS)]
    words = {
        24: f"{title}; validation blue, training grey{'' if losses == values or not training else ' (its own scale)'}",
        HEIGHT - 14: f"from {value_words(values[0], 3)} to {value_words(values[1], 3)}, {last:,.0f} steps",
    }
    parts = [line(thinned, losses, GREY, 1), line(evaluations, values, BLUE, 2)]
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{BLUE}"/>' for x, y in placed(evaluations, values)]
    parts += [f'<text x="{MARGIN}" y="{y}">{escape(text)}</text>' for y, text in words.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )


def _ends(points: Points, direction: Direction) -> tuple[float, float]:
    """The lowest and the highest value that are drawn: from the best one to where most are."""
    costs = sorted(direction.cost(value) for _, value in points)
    low, high = sorted((direction.cost(costs[0]), direction.cost(most(costs))))
    return low, high
