"""The lines that every start of a run prints, on the terminal and in the run's own log alike."""

from __future__ import annotations

from optsweep.config import TrainConfig
from optsweep.results.records import RunRecord
from optsweep.results.study_data import StudyData
from optsweep.trainers.trainer import Trainer


def start_lines(record: RunRecord, data: StudyData, trainer: Trainer) -> list[str]:
    """Which run starts on which device, how long it is and on how much data; scripts grep for exactly these lines.

    How long it is, a script alone knows.
    """
    lines = [f"Starting job: {record.run}" + (f" on {record.worker}" if record.worker else "")]
    about_data = _data_lines(data)
    lines += about_data if record.config is None else trainer.start_lines(record.config, about_data)
    if record.attempts > 1:
        # Before its first checkpoint a run has nothing to go on from.
        origin = ", goes on from its checkpoint" if record.progress > 0 else ""
        lines.append(f"(attempt {record.attempts}{origin})")
    return lines


def _length_lines(config: TrainConfig) -> list[str]:
    lines = [
        f"Training iterations: {config.training.n_iters} (reduced for sweep)",
        f"Warmup steps: {config.optim.warmup} (proportionally scaled)",
    ]
    if config.curriculum.enabled:
        lines.append(f"Preschool steps: {config.curriculum.preschool_time} (proportionally scaled)")
    return lines


def _data_lines(data: StudyData) -> list[str]:
    size, source = data.num_sequences, data.source_sequences
    lines = [f"Dataset size: {size} samples"]
    if source > size:
        lines = [f"Limiting dataset from {source} to {size} samples", f"Dataset limited to {size} samples", *lines]
    return lines
