"""What lr and batch the full run should have: a winner's own, or moved for length, by what, and why.

Weight decay stays as it was found: over lengths the same one is nearer to the best than the same product with the sum
of lr (arXiv:2505.13738).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optsweep.config import TrainConfig
from optsweep.plain import Plain
from optsweep.results.attributes import LADDER_SEQUENCES
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.repetition import MOST_EPOCHS, Repetition
from optsweep.results.run_table import RunTable
from optsweep.results.words import quantity, tally
from optsweep.study.lengths import whole_batch
from optsweep.trainers.builtin import lengthened
from optsweep.trust.surface import Exponents
from optsweep.trust.transfer import Estimate, Transfer, transfer

LAST_PART = 0.8
"""A run whose best value came before this share of it was not limited by its length."""
LATE_SHARE = 2 / 3
"""How many of the better half must have their best value after that."""
Method = Literal["as found", "rule", "ladder"]


@dataclass(frozen=True)
class FullRun:
    """The lr and batch of one full-length run."""

    run: str
    swept: TrainConfig
    """Its config in the sweep."""
    config: TrainConfig
    """The full-length one with the same lr and batch."""
    method: Method
    lr: float
    batch: int
    why: str
    """In plain English; what was measured, or why nothing was moved."""
    lr_estimate: Estimate | None = None
    batch_estimate: Estimate | None = None
    """With their intervals, if a ladder has measured them."""

    @classmethod
    def as_found(cls, run: RunRecord, config: TrainConfig, why: str) -> FullRun:
        return cls(run.run, run.train_config, config, "as found", config.optim.lr, config.training.effective_batch, why)

    @property
    def moved(self) -> TrainConfig:
        """The full-length config to train with."""
        config = self.config
        if self.method != "as found":
            config = lengthened(config, 1.0, lr=self.lr, batch=self.batch)
        return config.model_copy(update={"provenance": {**config.provenance, "transfer": self.provenance}})

    @property
    def provenance(self) -> dict[str, Plain]:
        found: dict[str, Plain] = {"lr": self.config.optim.lr, "batch": self.config.training.effective_batch}
        return {"method": self.method, "why": self.why, "found": found}

    @property
    def line(self) -> str:
        """ "Batch 408 instead of 256: longer training wants a larger batch, by a published rule ..."."""
        before = self.config
        if self.method == "as found":
            return f"lr {before.optim.lr:g} and batch {before.training.effective_batch} as in the sweep: {self.why}"
        batch = f"batch {self.batch}{_span(self.batch_estimate)} instead of {before.training.effective_batch}"
        if self.method == "rule":
            return f"{batch}, lr {before.optim.lr:g} as in the sweep: {self.why}"
        return f"{batch}, lr {self.lr:g}{_span(self.lr_estimate)} instead of {before.optim.lr:g}: {self.why}"

    @property
    def sentence(self) -> str:
        """What to put into the full run."""
        return f"Full run of {self.run}, {quantity(self.config.total_sequences)} sequences: {self.line}"


def _span(found: Estimate | None) -> str:
    return "" if found is None else f" ({found.low:.3g} to {found.high:.3g})"


def full_config(snapshot: StudySnapshot, record: RunRecord) -> TrainConfig:
    """The full-length config: a preset's own full column, else the full budget with the same fractions."""
    lengths = snapshot.lengths("promote")
    swept = record.train_config
    # As found: over lengths the same weight decay is nearer to the best than the same product with the learning rate.
    parameters = {**record.parameters, "weight_decay": swept.optim.weight_decay}
    config = lengths.full(parameters, preset=record.preset, seed=swept.training.seed)
    value = {} if record.value is None else {"value": record.value}
    versions: dict[str, Plain] = {
        key: swept.provenance[key] for key in ("optsweep", "torch") if key in swept.provenance
    }
    provenance: dict[str, Plain] = {
        "study": snapshot.study,
        "run": record.run,
        "trial": record.trial,
        "source": record.source,
        "swept_iterations": swept.training.n_iters,
        "corpus": snapshot.corpus.corpus,
        "subset": snapshot.corpus.subset,
        "fingerprint": snapshot.corpus.fingerprint,
        **versions,
        **value,
    }
    return config.model_copy(update={"provenance": provenance})


def full_run_of(
    snapshot: StudySnapshot, run: RunRecord, ladder: StudySnapshot | None, *, moved: bool | None = None
) -> FullRun:
    """What the full run of ``run`` should have, by the study and the run's ladder.

    ``moved``: whether lr and batch may differ from those found; None for all runs but presets, which have a full column
    of their own.
    """
    config = full_config(snapshot, run)
    if moved is False:
        return FullRun.as_found(run, config, "you asked for that")
    if moved is None and run.preset is not None:
        return FullRun.as_found(
            run, config, "a preset keeps its own full column; optsweep promote --moved moves its batch"
        )
    return full_run(snapshot, run, config, ladder)


def full_run(snapshot: StudySnapshot, run: RunRecord, config: TrainConfig, ladder: StudySnapshot | None) -> FullRun:
    """How ``run`` goes to full length; ``config`` is its full-length config as found.

    A ladder of the run that can tell goes first, then the published rule for the batch, unless the sweep's runs repeat
    their data.
    """
    swept, length = run.train_config, float(config.total_sequences)
    refused = ""
    if ladder is not None:
        found, lost = measured(ladder, length), _left_out(ladder)
        if found.refused is None and found.lr is not None and found.batch is not None:
            why = f"measured by your ladder of {found.runs} runs at {len(found.lengths)} lengths{lost}"
            lr, batch = float(f"{found.lr.value:.3g}"), whole_batch(found.batch.value)
            return FullRun(run.run, swept, config, "ladder", lr, batch, why, found.lr, found.batch)
        refused = f"your ladder cannot tell ({found.refused}{lost}); "
    if why := repeats_data(snapshot, run):
        return FullRun.as_found(run, config, refused + why)
    times = length / swept.total_sequences
    if times <= 1:
        return FullRun.as_found(run, config, "the full run is not longer than the sweep's")
    exponent = Exponents().batch
    why = f"longer training wants a larger batch, by a published rule (batch ~ length^{exponent:g}) not measured here"
    batch = whole_batch(config.training.effective_batch * times**exponent)
    return FullRun(run.run, swept, config, "rule", config.optim.lr, batch, refused + why)


def measured(ladder: StudySnapshot, to: float) -> Transfer:
    """What the ladder's complete runs say of the best lr and batch at a length, in sequences."""
    complete = [run for run in ladder.runs if run.state == "complete" and run.value is not None]
    configs = [run.train_config for run in complete]
    return transfer(
        RunTable(
            length=np.array([config.provenance[LADDER_SEQUENCES] for config in configs], float),
            lr=np.array([config.optim.lr for config in configs]),
            batch=np.array([config.training.effective_batch for config in configs], float),
            value=np.array([run.value for run in complete], float),
        ),
        to,
    )


def _left_out(ladder: StudySnapshot) -> str:
    """How many of its runs ended without a value of their whole length: no pruner cuts a ladder's runs."""
    ended = [run.reason or "" for run in ladder.runs if run.state in ("pruned", "failed")]
    diverged = sum(reason.startswith("diverged") for reason in ended)
    kinds = tally({"diverged": diverged, "skipped, failed or out of memory": len(ended) - diverged})
    return f"; left out: {kinds}" if kinds else ""


def repeats_data(snapshot: StudySnapshot, run: RunRecord) -> str:
    """Why the best lr and batch of such runs say nothing of a longer one; empty if they do."""
    use = Repetition.of(run.config, snapshot.trained_on)
    if use is not None and use.epochs > MOST_EPOCHS:
        trained = run.train_config.total_sequences / use.epochs
        seen = f"{trained:,.0f} sequences ({use.epochs:.0f} epochs)"
        return f"these runs end by overfitting {seen}; their best lr and batch are those of stopping early"
    better = snapshot.ranking[: (len(snapshot.ranking) + 1) // 2]
    late = sum(_best_is_late(one) for one in better)
    if late < LATE_SHARE * len(better):
        return (
            f"only {late} of the better {len(better)} runs had their best value in the last fifth; their best lr and "
            "batch are those of stopping early"
        )
    return ""


def _best_is_late(run: RunRecord) -> bool:
    """Whether the run got better to its end."""
    return run.best_step is not None and run.best_step >= LAST_PART * run.train_config.training.n_iters
