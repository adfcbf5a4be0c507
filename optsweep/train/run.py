"""A run from files to files: the same training that a trial of a sweep does, from a config and a data file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import safetensors.torch

from optsweep.config import TrainConfig, read_config, write_config
from optsweep.data.training_data import load_training_data
from optsweep.files import atomic_path
from optsweep.train.checkpoint import CURRENT, load_ema
from optsweep.train.device import resolve_device
from optsweep.train.evaluation import score
from optsweep.train.loop import never, train
from optsweep.train.report import Evaluation, OnEval, OnMetrics, TrainReport

CONFIG_NAME = "config.toml"
MODEL_NAME = "model.safetensors"


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


def export_model(directory: Path, subset: Path) -> tuple[TrainConfig, float]:
    """Write the EMA weights of the checkpoint in ``directory`` beside it as safetensors.

    Returns the model's config, and its NELBO on the confirmation sequences in nats per residue: nothing has been chosen
    by them.
    """
    config, model = load_ema(directory / CURRENT, resolve_device("auto"))
    value = score(model, load_training_data(subset).confirmation, config)
    with atomic_path(directory / MODEL_NAME) as temporary:
        safetensors.torch.save_file(model.state_dict(), temporary, metadata={"format": "pt"})
    return config, value
