"""The trackers: TensorBoard, Weights & Biases, MLflow; each takes the same lines of metrics.jsonl."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from optsweep.errors import ConfigError
from optsweep.plain import Plain
from optsweep.train.report import MetricsLine

Config = dict[str, Plain]
"""A run's config, flat: optim.lr and so on."""
METRICS = ("train_loss", "val_nelbo", "value", "lr", "residues_per_s", "progress")


class Tracker(Protocol):
    """Where the lines of runs go; only ever used by one process at a time."""

    def log(self, run: str, config: Config, lines: Iterable[MetricsLine]) -> None:
        """Add lines of metrics.jsonl, in order; ``config`` is the run's, flat."""

    def close(self) -> None:
        """Write out what is still held back."""


def is_evaluation(line: MetricsLine) -> bool:
    return "val_nelbo" in line or "value" in line


def metrics_of(line: MetricsLine) -> dict[str, float]:
    return {name: float(value) for name, value in line.items() if name in METRICS and isinstance(value, float | int)}


class TensorBoard:
    """Event files in ``folder``/tensorboard/<run>: ``tensorboard --logdir`` shows them."""

    def __init__(self, study: str, folder: Path) -> None:
        from tensorboard.summary import Writer

        self._make = Writer
        self._folder = folder / "tensorboard"
        self._writers: dict[str, Any] = {}

    def log(self, run: str, config: Config, lines: Iterable[MetricsLine]) -> None:
        if run not in self._writers:
            self._writers[run] = self._make(str(self._folder / run))
        for line in lines:
            for name, value in metrics_of(line).items():
                self._writers[run].add_scalar(name, value, line["step"], wall_time=line["time"])
        self._writers[run].flush()

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()


class WeightsAndBiases:
    """Offline runs in ``folder``/wandb, for ``wandb sync``; $WANDB_MODE=online sends them at once."""

    def __init__(self, study: str, folder: Path) -> None:
        import wandb

        self._wandb = wandb
        self._study = study
        self._folder = folder
        self._runs: dict[str, Any] = {}

    def log(self, run: str, config: Config, lines: Iterable[MetricsLine]) -> None:
        if run not in self._runs:
            self._runs[run] = self._wandb.init(
                project="optsweep",
                group=self._study,
                name=run,
                id=f"{self._study}-{run}",
                dir=self._folder,
                config=config,
                mode=os.environ.get("WANDB_MODE", "offline"),
                resume="allow",
                reinit="create_new",
                settings=self._wandb.Settings(silent=True, console="off"),
            )
        for line in lines:
            self._runs[run].log(metrics_of(line), step=line["step"])

    def close(self) -> None:
        for run in self._runs.values():
            run.finish()


class MLflow:
    """Runs of the experiment ``optsweep/<study>`` at $MLFLOW_TRACKING_URI, else in ``folder``/mlflow.db."""

    def __init__(self, study: str, folder: Path) -> None:
        from mlflow import MlflowClient

        uri = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{(folder / 'mlflow.db').absolute()}"
        self._client = MlflowClient(tracking_uri=uri)
        name = f"optsweep/{study}"
        experiment = self._client.get_experiment_by_name(name)
        self._experiment = experiment.experiment_id if experiment else self._client.create_experiment(name)
        self._runs: dict[str, str] = {}

    def log(self, run: str, config: Config, lines: Iterable[MetricsLine]) -> None:
        from mlflow.entities import Metric

        identifier = self._runs.get(run) or self._find(run, config)
        metrics = [
            Metric(name, value, int(line["time"] * 1000), line["step"])
            for line in lines
            for name, value in metrics_of(line).items()
        ]
        for start in range(0, len(metrics), 1000):
            self._client.log_batch(identifier, metrics=metrics[start : start + 1000])

    def _find(self, run: str, config: Config) -> str:
        """The run of an earlier start of this sweep, or a new one."""
        there = self._client.search_runs([self._experiment], filter_string=f"attributes.run_name = '{run}'")
        if there:
            self._runs[run] = there[0].info.run_id
        else:
            self._runs[run] = self._client.create_run(self._experiment, run_name=run).info.run_id
            for name, value in config.items():
                self._client.log_param(self._runs[run], name, value)
        return self._runs[run]

    def close(self) -> None:
        for identifier in self._runs.values():
            self._client.set_terminated(identifier)


TRACKERS: dict[str, type[TensorBoard] | type[WeightsAndBiases] | type[MLflow]] = {
    "tensorboard": TensorBoard,
    "wandb": WeightsAndBiases,
    "mlflow": MLflow,
}


def check_trackers(names: Sequence[str]) -> None:
    """Raise `ConfigError` if the package of a tracker is not installed."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        fix = f"pip install 'optsweep[{','.join(missing)}]', or set it to false"
        raise ConfigError("trackers", [f"{', '.join(missing)} is not installed: {fix}"])
