"""One training run, from its config to its report: the function that a sweep and `optsweep train` both call."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from optsweep.config import TrainConfig, read_config, write_config
from optsweep.data.training_data import TrainingData, load_training_data
from optsweep.errors import DataError
from optsweep.train.attempt import Attempt
from optsweep.train.device import is_out_of_memory, process_settings, release_memory, resolve_device, warn_of_float32
from optsweep.train.execution import execution_for
from optsweep.train.micro_batch import first_micro_batch
from optsweep.train.ranks import ALONE, Ranks
from optsweep.train.report import Evaluation, OnEval, OnMetrics, TrainReport

_logger = logging.getLogger("optsweep.train")


def train_from_file(
    config_path: Path,
    data_path: Path,
    device: str,
    out: Path,
    *,
    on_eval: OnEval = lambda _: True,
    on_metrics: OnMetrics | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    ranks: Ranks = ALONE,
) -> TrainReport:
    """Train what ``config_path`` describes on ``data_path``; config, checkpoint and metrics.jsonl go to ``out``.

    Called again with the same arguments it goes on from the checkpoint. Raises the `UserError` of whatever is wrong
    before it writes anything: config, data or device.
    """
    config, data = read_config(config_path), load_training_data(data_path)
    resolve_device(device, config.training.precision)
    if ranks.is_first:
        write_config(out / "config.toml", config)
    return train(
        config, data, device, on_eval, directory=out, on_metrics=on_metrics, interrupted=interrupted, ranks=ranks
    )


def train(
    config: TrainConfig,
    data: TrainingData,
    device: str,
    on_eval: OnEval,
    *,
    directory: Path | None = None,
    on_metrics: OnMetrics | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    ranks: Ranks = ALONE,
) -> TrainReport:
    """Train one model, from the newest checkpoint in ``directory`` if there is one.

    ``on_eval`` is given every evaluation, once it is in the checkpoint and in metrics.jsonl, and stops the run by
    returning False; those found in the checkpoint come first, marked as restored. ``interrupted`` is asked before every
    iteration; if it says yes, the run is saved as it is. ``directory`` gets checkpoints and metrics.jsonl, and
    must not be in use by another run; without one nothing is written.

    The outcome is "complete" once all iterations are done, whatever ``on_eval`` says of the last evaluation. The
    process's random state and thread count are as before when it returns. Raises `DeviceError` for a device that is not
    there or lacks the precision, `DataError` for data without training or validation sequences.
    """
    place = resolve_device(device, config.training.precision)
    if not len(data.train) or not len(data.validation):
        raise DataError(
            f"{data.path}: has {len(data.train)} training and {len(data.validation)} validation sequences; "
            "training needs some of both"
        )
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
    warn_of_float32(config.training.precision, place)
    execution = execution_for(config, place)
    micro_batch = first_micro_batch(config, execution, -(-config.training.effective_batch // ranks.size))
    tell = _once(on_eval)
    with process_settings(place, config.training.threads):
        while True:
            attempt = Attempt(config, data, execution, micro_batch, directory, on_metrics, ranks)
            try:
                return attempt.run(tell, interrupted)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if attempt.micro_batch == 1:
                    return attempt.report("out_of_memory")
            # Outside the except block, because the traceback holds on to the attempt's tensors.
            micro_batch = attempt.micro_batch // 2
            _logger.warning("out of memory: micro-batch halved to %d, going on from the last checkpoint", micro_batch)
            del attempt
            release_memory(place)


def _once(on_eval: OnEval) -> OnEval:
    """``on_eval``, but silent about what it was told before: an attempt that ran out of memory is partly repeated."""
    told: set[tuple[int | None, int]] = set()

    def tell(evaluation: Evaluation) -> bool:
        if (evaluation.index, evaluation.step) in told:
            return True
        told.add((evaluation.index, evaluation.step))
        return on_eval(evaluation)

    return tell
