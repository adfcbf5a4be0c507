"""How often runs will see their data, and how large they are beside it: what a sweep should know before it starts.

Runs that see few sequences again and again end by learning them by heart. What is best then is best for stopping early,
and says little of a full run, which sees its data once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optsweep.data.holding_out.split import HELD_OUT_SHARE
from optsweep.plain import Plain
from optsweep.results.attributes import TrainingSize
from optsweep.study.definition import StudyDefinition
from optsweep.study.run_config import RunConfig, if_builtin
from optsweep.train.sizes import parameter_count
from optsweep.trainers import trainer_of
from optsweep.trainers.trainer import KnownLengths

MOST_EPOCHS = 10.0
"""More often than this no sequence should be seen (docs/training.md)."""
TRAINED_SHARE = 1 - 2 * HELD_OUT_SHARE
"""Of a subset; the rest is held out, for validation and confirmation."""


@dataclass(frozen=True)
class Repetition:
    """One run beside the data that it trains on."""

    epochs: float
    """How often it sees each training sequence."""
    parameters_per_residue: float

    @classmethod
    def of(cls, config: RunConfig | None, size: TrainingSize | None) -> Repetition | None:
        """None for a script's run, and where parameters are not drawn or the data is not known yet."""
        if size is None or (own := if_builtin(config)) is None:
            return None
        sequences = _sequences(size, own.data.num_sequences)
        residues = size.residues * sequences / size.sequences
        return cls(own.total_sequences / sequences, parameter_count(own.model) / max(1.0, residues))

    def document(self) -> dict[str, Plain]:
        return {"epochs": self.epochs, "parameters_per_residue": self.parameters_per_residue}


@dataclass(frozen=True)
class DataUse:
    """How a study's runs use their training sequences."""

    definition: StudyDefinition
    lengths: KnownLengths
    size: TrainingSize
    corpus: str
    source_sequences: int
    """How many the corpus has of which the subset was drawn."""

    @property
    def sequences(self) -> int:
        return _sequences(self.size, self.definition.settings.num_training)

    @property
    def sampled(self) -> float | None:
        """Epochs of a sampled run; None if there are none."""
        return self.lengths.sampled_sequences / self.sequences if self.definition.num_sampled else None

    @property
    def presets(self) -> list[float]:
        """Epochs of each preset."""
        resolve = self.lengths.resolve
        configs = [resolve(one.parameters, preset=one.name, seed=0) for one in self.lengths.presets]
        return [config.total_sequences / self.sequences for config in configs]

    def line(self) -> str:
        """ "8,954 training sequences: a sampled run sees each 427 times, presets 356 to 711 times"."""
        sampled, presets = self.sampled, self.presets
        parts = [] if sampled is None else [f"a sampled run sees each {_times(sampled)}"]
        if presets:
            low, high = _number(min(presets)), _number(max(presets))
            span = low if low == high else f"{low} to {high}"
            parts.append(f"presets {span} times" if parts else f"presets see each {span} times")
        return f"{self.sequences:,} training sequences: {', '.join(parts)}" if parts else ""

    def warning(self) -> list[str]:
        """What is wrong with that, and what to type; empty if no run sees its data too often."""
        most = max([*self.presets, *([] if self.sampled is None else [self.sampled])], default=0.0)
        if most <= MOST_EPOCHS:
            return []
        lines = [
            f"Warning: {self.line()}. What is seen more than {MOST_EPOCHS:g} times is learnt by heart: such runs end "
            "by overfitting, and what is best among them is best for stopping early",
        ]
        return [*lines, f"Better: {self._way_out(most)}"]

    def _way_out(self, most: float) -> str:
        wanted = _rounded_up(most * self.sequences / MOST_EPOCHS / TRAINED_SHARE)
        settings, corpus = self.definition.settings, Path(self.corpus)
        shorter = f"[budget] scale = {_rounded_down(self.lengths.scale * MOST_EPOCHS / most):g}"
        if settings.num_training is not None and settings.num_training < self.size.sequences:
            larger = f"leave out [settings] num_training = {settings.num_training} (there are {self.size.sequences:,})"
        elif self.source_sequences > self.size.sequences / TRAINED_SHARE + 1:
            number, target = min(wanted, self.source_sequences), corpus.with_name(f"{corpus.stem}_large.pt")
            larger = f"optsweep data subset {corpus} -n {number} -o {target}, and --data {target}"
        else:
            larger = f"a corpus of about {wanted:,} sequences as --data"
        return f"{larger}; or shorter runs: {shorter}"

    def document(self) -> dict[str, Plain]:
        return {
            "training_sequences": self.sequences,
            "sampled_epochs": self.sampled,
            "most_epochs": MOST_EPOCHS,
            "warning": "\n".join(self.warning()) or None,
        }


def data_use(
    definition: StudyDefinition, size: TrainingSize | None, corpus: str, source_sequences: int
) -> DataUse | None:
    """None for a script's study, and where the data is not known."""
    lengths = trainer_of(definition).lengths
    if size is None or not size.sequences or lengths is None:
        return None
    return DataUse(definition, lengths, size, corpus, source_sequences)


def said(use: DataUse | None) -> Sequence[str]:
    """The warning, or the line where nothing is wrong; nothing if nothing is known."""
    return [] if use is None else use.warning() or ([use.line()] if use.line() else [])


def _sequences(size: TrainingSize, limit: int | None) -> int:
    return size.sequences if limit is None else min(limit, size.sequences)


def _times(epochs: float) -> str:
    return f"{_number(epochs)} times"


def _number(epochs: float) -> str:
    return f"{epochs:.0f}" if epochs >= MOST_EPOCHS else f"{epochs:.1f}"


def _rounded_up(number: float) -> int:
    """To two digits: 711,111 is 720,000."""
    unit: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return math.ceil(number / unit) * unit


def _rounded_down(number: float) -> float:
    """To two digits."""
    unit = 10.0 ** (math.floor(math.log10(number)) - 1)
    return math.floor(number / unit) * unit
