"""The tables of a report beside the ranking: the full run, workers, presets, costs, provenance."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

from optsweep.plain import Plain
from optsweep.results import words
from optsweep.results.attributes import StudyData
from optsweep.results.costs import WorkerTimes, device_seconds, saved_seconds, wall_seconds
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.builtin.preset import Preset
from optsweep.trust.full_run import FullRun
from optsweep.trust.transfer import Estimate
from optsweep.trust.trust import Trust
from optsweep.views import fidelity
from optsweep.views.ranking import Column, ranking_columns

HOW_IT_ENDED = "how it ended"
LENGTHS = ("iterations", "warmup", "preschool")


def page_columns(snapshot: StudySnapshot, trust: Trust) -> list[Column]:
    """Those of the ranking: the parameters last, so that values need no scrolling, and states with their reasons."""
    states = [words.state_words(one.run) for one in trust.ranking]
    columns = [
        replace(one, head=HOW_IT_ENDED, texts=states, keys=states) if one.head == "state" else one
        for one in ranking_columns(snapshot, trust.ranking)
    ]
    return sorted(columns, key=lambda one: one.kind == "parameter")


def full_run_rows(found: FullRun) -> list[list[str]]:
    """What the full run of the winner should have, beside what it had in the sweep."""
    swept, full = found.swept, found.moved
    return [
        ["lr", f"{swept.optim.lr:g}", f"{full.optim.lr:g}", _range(found.lr_estimate)],
        ["batch", *_whole(swept.training.effective_batch, full.training.effective_batch), _range(found.batch_estimate)],
        ["iterations", *_whole(swept.training.n_iters, full.training.n_iters), ""],
        ["warmup", *_whole(swept.optim.warmup, full.optim.warmup), ""],
        ["sequences seen", *_whole(swept.total_sequences, full.total_sequences), ""],
    ]


def _whole(*numbers: int) -> list[str]:
    return [f"{number:,}" for number in numbers]


def _range(found: Estimate | None) -> str:
    return "not measured" if found is None else f"{found.low:.3g} to {found.high:.3g}"


def worker_rows(times: Sequence[WorkerTimes]) -> list[list[str]]:
    return [
        [
            one.worker,
            str(one.runs),
            words.duration(one.busy),
            words.duration(one.idle),
            words.percent(one.idle / (one.total or 1)),
        ]
        for one in times
    ]


def preset_rows(snapshot: StudySnapshot) -> list[list[str]]:
    """Nothing of a study whose lengths only its script knows."""
    lengths, trained = snapshot.trainer.lengths, {run.preset: run for run in snapshot.runs if run.preset}
    return [_preset_row(preset, trained.get(preset.name)) for preset in lengths.presets] if lengths else []


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


def cost_lines(snapshot: StudySnapshot, trust: Trust) -> list[str]:
    cut = sum(run.cut for run in snapshot.runs)
    spent, saved = device_seconds(snapshot), saved_seconds(snapshot)
    hours = words.hours_unit(snapshot.runs)
    lines = [f"Spent: {spent / 3600:.2f} {hours} ({words.duration(spent)})"]
    if cut:
        lines.append(
            f"Saved by pruning {words.counted(cut, 'run')}: about {saved / 3600:.2f} {hours} "
            "(an estimate: as if each cut run had gone on to its end at its own speed)"
        )
    wall = f"Wall time from the first start to the last end: {words.duration(wall_seconds(snapshot))}"
    return [*lines, *fidelity.risk_words(trust.risk), *fidelity.budget_words(snapshot), wall]


def provenance(snapshot: StudySnapshot, times: Sequence[WorkerTimes]) -> list[tuple[str, Plain]]:
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
