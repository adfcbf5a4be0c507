"""A run from files to files: the same training that a trial of a sweep does, from a config and a data file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from optsweep.config import read_config, write_config
from optsweep.data.training_data import load_training_data
from optsweep.train.device import resolve_device
from optsweep.train.loop import never, train
from optsweep.train.report import Evaluation, OnEval, OnMetrics, TrainReport

CONFIG_NAME = "config.toml"


def go_on(_: Evaluation) -> bool:
    return True


def train_from_file(
    config_path: Path,
    data_path: Path,
    device: str,
    out: Path,
    *,
    on_eval: OnEval = go_on,
    on_metrics: OnMetrics | None = None,
    interrupted: Callable[[], bool] = never,
) -> TrainReport:
    """Train what ``config_path`` describes on ``data_path``; config, checkpoint and metrics.jsonl go to ``out``.

    Called again with the same arguments it goes on from the checkpoint. Raises the `UserError` of whatever is wrong
    before it writes anything: config, data or device.
    """
    config = read_config(config_path)
    data = load_training_data(data_path)
    resolve_device(device)
    write_config(out / CONFIG_NAME, config)
    return train(config, data, device, on_eval, directory=out, on_metrics=on_metrics, interrupted=interrupted)
