"""The full-length config of a run of the sweep."""

from __future__ import annotations

from typing import Any

from optsweep.config import TrainConfig
from optsweep.results.records import RunRecord, StudySnapshot


def full_config(snapshot: StudySnapshot, record: RunRecord) -> TrainConfig:
    """The full-length config: a preset's own full column, else the full budget with the same fractions."""
    lengths = snapshot.lengths("promote")
    swept = record.train_config
    config = lengths.full(record.parameters, preset=record.preset, seed=swept.training.seed)
    provenance: dict[str, Any] = {
        "study": snapshot.study,
        "run": record.run,
        "trial": record.trial,
        "source": record.source,
        "swept_iterations": swept.training.n_iters,
        "corpus": snapshot.data.corpus,
        "subset": snapshot.data.subset,
        "fingerprint": snapshot.data.fingerprint,
    }
    provenance |= {key: swept.provenance[key] for key in ("optsweep", "torch") if key in swept.provenance}
    if record.value is not None:
        provenance["value"] = record.value
    return config.model_copy(update={"provenance": provenance})
