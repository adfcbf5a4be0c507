"""Snapshots built by hand: what a study looks like to the views, without a database."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rich.console import Console, RenderableType

from optsweep.config import TrainConfig
from optsweep.results.attributes import Stop, StudyAttributes, StudyData
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.builtin.study import BuiltinStudy
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import parse_study
from optsweep.study.sections import BudgetSection
from optsweep.trust.trust import StudyLosses, Trust, assess

CONFIG: dict[str, Any] = {
    "model": {"hidden_size": 512, "n_heads": 8, "n_blocks": 6, "dropout": 0.1, "cond_dim": 128},
    "training": {
        "n_iters": 25000,
        "effective_batch": 128,
        "micro_batch": 32,
        "ema_fraction": 0.03,
        "seed": 1,
        "precision": "fp32",
        "compile": False,
        "threads": None,
    },
    "optim": {"lr": 1e-4, "warmup": 2500, "weight_decay": 0.01, "beta2": 0.999, "grad_clip": 1.0},
    "noise": {"schedule": "loglinear"},
    "curriculum": {"enabled": False, "preschool_time": 0},
    "data": {"max_protein_len": 512},
    "evaluation": {"every_sequences": 192000, "num_evaluations": None, "num_sequences": None, "noise_seed": 0},
    "provenance": {},
}
DEFINITION = BuiltinStudy(name="uniref50", budget=BudgetSection(sequences=3_840_000, full_sequences=12_800_000))


def script_study(**metrics: Any) -> StudyDefinition:
    """A study of a script; ``metrics`` says more of its numbers."""
    trainer = {
        "command": ["python", "{lr}"],
        "metrics": {"kind": "jsonl", "file": "log", "value": "loss", "total": 9, **metrics},
    }
    return parse_study({"trainer": trainer, "space": {"lr": {"low": 1e-4, "high": 1e-1}}}, "script", "script.toml")


SCRIPT_STUDY = script_study()
TOTAL = CONFIG["training"]["n_iters"] * CONFIG["training"]["effective_batch"]


def make_run(run: str, state: str = "waiting", **values: Any) -> RunRecord:
    """A run with believable numbers for its state; anything can be set."""
    defaults: dict[str, Any] = {"trial": 0, "source": "preset", "preset": run, "index": 0, "directory": f"runs/{run}"}
    if run[-3:].isdigit():
        defaults |= {"source": run.split("-")[0], "preset": None, "index": 5 + int(run[-3:])}
    if state != "waiting":
        defaults |= {"worker": "physical GPU 0", "attempts": 1, "config": CONFIG, "started": 1000.0}
    if state in ("complete", "pruned", "failed"):
        progress = 1.0 if state == "complete" else 0.4
        defaults |= {"progress": progress, "seconds": 600.0 * progress, "ended": 1600.0, "value": 2.85}
        defaults |= {"sequences": int(TOTAL * progress), "curve": {1: 3.1, 2: 2.95, 3: 2.85}, "last_value": 2.86}
    reasons = {
        "pruned": "pruned at 40 %: 2.91 > median 2.84 of 5 runs",
        "failed": "ValueError: no such thing",
    }
    if state in reasons:
        defaults |= {"reason": reasons[state], "cut": state == "pruned" and "reason" not in values}
    values = {"run": run, "state": state} | defaults | values
    config = values.pop("config", {})
    stored = config.model_dump(mode="json") if isinstance(config, TrainConfig) else config
    return RunRecord(stored_config=stored, **values)


def make_data(**values: Any) -> StudyData:
    defaults: dict[str, Any] = {
        "demo": False,
        "corpus": "data/x.pt",
        "subset": "data/x_sweep.pt",
        "fingerprint": "0",
        "num_sequences": 10000,
        "source_sequences": 50000,
        "synthetic": False,
        "reference": {"unigram_entropy": 2.889, "composition_entropy": 2.86},
    }
    return StudyData(**defaults | values)


def make_snapshot(runs: list[RunRecord], **values: Any) -> StudySnapshot:
    defaults: dict[str, Any] = {
        "study": "uniref50",
        "target": len(runs),
        "definition": DEFINITION,
        "data": make_data(),
        "now": 2000.0,
    }
    stored = {key: values.pop(key) for key in ("command", "measured", "versions") if key in values}
    attributes = StudyAttributes(created=900.0, **stored)
    return StudySnapshot(runs=runs, attributes=attributes, **defaults | values)


def trust_of(snapshot: StudySnapshot) -> Trust:
    """What a study without losses or linked studies shows of itself."""
    return assess(StudyLosses(snapshot, {}))


def stopped(snapshot: StudySnapshot, reason: str) -> StudySnapshot:
    return replace(snapshot, attributes=StudyAttributes(stop=Stop(reason=reason, drain=False)))


def render(content: RenderableType, width: int = 120, encoding: str = "utf-8") -> str:
    """What a terminal of this width and encoding shows."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True)
    Console(file=file, width=width, color_system=None).print(content)
    return raw.getvalue().decode(encoding)


def troubled_snapshots() -> list[StudySnapshot]:
    """Studies in which the numbers that views like to use are missing."""
    return [
        make_snapshot([]),
        make_snapshot([], target=0, data=make_data(reference={})),
        make_snapshot([make_run("a"), make_run("b")]),
        make_snapshot([make_run("a", "failed", value=None, seconds=0.0, progress=0.0, reason=None, worker=None)]),
        make_snapshot([make_run("a", "pruned", value=None, last_value=None, progress=0.0, curve={}, reason=None)]),
        make_snapshot([make_run("a", "pruned", value=float("inf"), last_value=float("nan"), curve={1: float("nan")})]),
        make_snapshot([make_run("a", "running", config={}, train_loss=float("nan"))], data=make_data(reference={})),
        stopped(make_snapshot([make_run("a", "complete", config={}, parameters={}, value=3.0)]), "deadline reached"),
        make_snapshot([make_run("a" * 300, "complete"), make_run("ünï\x1b[31m\ncödé…", "failed", reason="x\ny\x07")]),
    ]


Views = dict[str, Callable[[StudySnapshot], RenderableType]]
