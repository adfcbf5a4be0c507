"""Runs of tests/fakes/script.py, a script that knows nothing of optsweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from optsweep.data.training_data import TrainingData
from optsweep.study.script.config import ScriptConfig
from optsweep.train.report import Evaluation, TrainReport
from optsweep.trainers.script import train_script

SCRIPT = Path(__file__).parents[1] / "fakes" / "script.py"
METRICS: dict[str, dict[str, Any]] = {
    "jsonl": {
        "kind": "jsonl",
        "file": "log.jsonl",
        "value": "valid.loss",
        "train_loss": "train.loss",
        "total": "steps",
    },
    "csv": {"kind": "csv", "file": "*.csv", "value": "valid.loss", "train_loss": "train.loss", "total": "steps"},
    "regex": {
        "kind": "regex",
        "patterns": [
            r"^step (?P<step>\d+)/(?P<total>\d+) train (?P<train>\S+)",
            r"\[step (?P<step>\d+)/(?P<total>\d+)\] validation loss: (?P<loss>\S+)",
        ],
        "value": "loss",
        "train_loss": "train",
        "total": "total",
    },
    "tensorboard": {"kind": "tensorboard", "value": "valid.loss", "total": "steps"},
}


class DataFile:
    path = Path("subset.pt")


@dataclass
class ScriptRun:
    """One run in a directory of its own, called as often as a test likes."""

    directory: Path
    trouble: str = ""
    metrics: str = "jsonl"
    seconds: float = 0.0
    grace: float = 20.0
    options: dict[str, Any] = field(default_factory=dict)
    told: list[Evaluation] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def work(self) -> Path:
        return self.directory / "work"

    def config(self) -> ScriptConfig:
        words = ["{flags}", "--dir={dir}", f"--metrics={self.metrics}", f"--seconds={self.seconds}"]
        trainer = {
            "command": ["python", str(SCRIPT), *words, *([f"--trouble={self.trouble}"] if self.trouble else [])],
            "grace_seconds": self.grace,
            "metrics": METRICS[self.metrics],
            **self.options,
        }
        parameters = {"optim.lr": 0.25, "width": 3, "steps": 6}
        return ScriptConfig.model_validate(
            {"parameters": parameters, "seed": 11, "num_evaluations": 3, "trainer": trainer}
        )

    def train(
        self,
        go_on: Callable[[Evaluation], bool] = lambda evaluation: True,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> TrainReport:
        def on_eval(evaluation: Evaluation) -> bool:
            self.told.append(evaluation)
            return go_on(evaluation)

        self.directory.mkdir(parents=True, exist_ok=True)
        return train_script(
            self.config(),
            cast(TrainingData, DataFile()),
            "cpu",
            on_eval,
            directory=self.directory,
            on_metrics=self.lines.append,
            interrupted=interrupted,
        )
