"""How often runs will see their data, and how large they are beside it: what a sweep should know before it starts.

Runs that see few sequences again and again end by learning them by heart. What is best then is best for stopping early,
and says little of a full run, which sees its data once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from optsweep.data.holding_out.split import HELD_OUT_SHARE
from optsweep.plain import Plain
from optsweep.results.attributes import StudyData, TrainingSize
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
    on_corpus: bool
    """Whether runs train on the corpus, and not on its subset; ``size`` is of that file."""

    @property
    def sequences(self) -> int:
        wanted = self.definition.sequences
        return _sequences(self.size, None if wanted == "all" else wanted)

    @property
    def _subset(self) -> int:
        """How many sequences the subset has, about."""
        return round(self.size.sequences / TRAINED_SHARE)

    @property
    def in_corpus(self) -> int:
        """How many sequences of the corpus could be trained on, about."""
        if self.on_corpus or self.source_sequences <= self._subset + 1:
            return self.size.sequences
        return self.source_sequences - (self._subset - self.size.sequences)

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

    def part_lines(self) -> list[str]:
        """Which part of the data runs train on; nothing if it is all that the subset has."""
        wanted, there = self.definition.sequences, self.size.sequences
        lines = []
        if self.on_corpus:
            which = f"{self.sequences:,} of its" if self.sequences < there else "all"
            lines.append(
                f"Training on the corpus: {which} {there:,} sequences that are neither held out nor relatives of those"
            )
        elif self.sequences < there:
            lines.append(f"Training on {self.sequences:,} of the subset's {there:,} training sequences")
        if wanted != "all" and wanted is not None and wanted > there:
            file = "subset" if self.in_corpus > there else "corpus"
            lines.append(f"[data] sequences = {wanted}: the {file} has {there:,} to train on, and all are used")
        return lines

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
        wanted = _rounded_up(most * self.sequences / MOST_EPOCHS)
        if self.size.sequences < wanted <= self._subset and not self.on_corpus:
            # No more than the subset has would be what it trains on, and that is less.
            wanted = _rounded_up(self._subset + 1)
        shorter = f"[budget] scale = {_rounded_down(self.lengths.scale * MOST_EPOCHS / most):g}"
        if wanted <= self.in_corpus:
            larger = f"[data] sequences = {wanted}"
        elif self.in_corpus > self.sequences:
            larger = f'[data] sequences = "all" (about {self.in_corpus:,})'
        else:
            larger = f"a corpus of about {wanted:,} sequences as --data, with [data] sequences = {wanted}"
        return f"{larger}; or shorter runs: {shorter}"

    def document(self) -> dict[str, Plain]:
        return {
            "training_sequences": self.sequences,
            "trained_on": "corpus" if self.on_corpus else "subset",
            "sampled_epochs": self.sampled,
            "most_epochs": MOST_EPOCHS,
            "warning": "\n".join(self.warning()) or None,
        }


def data_use(
    definition: StudyDefinition,
    size: TrainingSize | None,
    corpus: str,
    source_sequences: int,
    *,
    on_corpus: bool = False,
) -> DataUse | None:
    """None for a script's study, and where the data is not known."""
    lengths = trainer_of(definition).lengths
    if size is None or not size.sequences or lengths is None:
        return None
    return DataUse(definition, lengths, size, corpus, source_sequences, on_corpus)


def use_of(definition: StudyDefinition, data: StudyData | None) -> DataUse | None:
    """How the runs of a planned study use their data; None in a linked study's larger setting too."""
    if data is None:
        return None
    size = data.training if data.setting is None else None
    return data_use(definition, size, data.corpus, data.source_sequences, on_corpus=data.trains_on is not None)


def said(use: DataUse | None) -> Sequence[str]:
    """What is trained on, then the warning, or the line where nothing is wrong; nothing if nothing is known."""
    return [] if use is None else use.part_lines() + (use.warning() or ([use.line()] if use.line() else []))


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
