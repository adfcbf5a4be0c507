"""What a ladder will train, and what the full run's lr and batch should be, as lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optsweep.plain import Plain
from optsweep.results.attributes import LADDER_SEQUENCES
from optsweep.results.records import StudySnapshot
from optsweep.results.repetition import TRAINED_SHARE, use_of
from optsweep.results.words import counted, quantity
from optsweep.study.run_config import of_builtin
from optsweep.trust.full_run import FullRun
from optsweep.trust.transfer import Estimate
from optsweep.views.fidelity import cost_lines

if TYPE_CHECKING:
    # Views load neither the database nor optuna.
    from optsweep.planning.ladder import Rungs

CAVEAT = "(intervals were measured on language models, not on proteins)"


def ladder_lines(snapshot: StudySnapshot, planned: Rungs) -> list[str]:
    """What `optsweep ladder` would train, on what, and what that costs."""
    configs = [of_builtin(run.config, run.run) for run in planned.runs]
    lrs, batches = ([config.optim.lr for config in configs], [config.training.effective_batch for config in configs])
    by_length = ", ".join(
        f"{sum(config.provenance[LADDER_SEQUENCES] == seen for config in configs)} of {seen:,} sequences"
        for seen in planned.sequences
    )
    use = use_of(snapshot.definition, snapshot.data)
    training = round(snapshot.corpus.source_sequences * TRAINED_SHARE) if use is None else use.in_corpus
    times = planned.sequences[-1] / training
    seen = "no sequence twice" if times <= 1 else f"each {times:.1f} times: the corpus has no more"
    return [
        f"Ladder of {planned.finalist.run}: {counted(len(planned.runs), 'run')}, {by_length}",
        f"  lr {min(lrs):.2g} to {max(lrs):.2g}, batch {min(batches)} to {max(batches)}, all else as it is there",
        f"  on the whole corpus, about {quantity(training)} training sequences; the longest see {seen}",
        *cost_lines(planned.runs)[1:],
    ]


def full_run_lines(found: FullRun, study: str) -> list[str]:
    """The same, and how to know it better."""
    lines = [found.sentence]
    if found.method == "ladder":
        return [*lines, f"  {CAVEAT}"]
    return [*lines, f"  {measure_line(found, study)}"]


def measure_line(found: FullRun, study: str) -> str:
    """What to type to know lr and batch better."""
    return f"Measure both: optsweep ladder --name {study} --run {found.run}   # --dry-run says what it costs"


def full_run_document(found: FullRun) -> dict[str, Plain]:
    """For --json."""
    return {
        "run": found.run,
        "sequences": found.config.total_sequences,
        "method": found.method,
        "why": found.why,
        "lr": _estimate(found.lr, found.lr_estimate),
        "batch": _estimate(found.batch, found.batch_estimate),
        "found": {"lr": found.config.optim.lr, "batch": found.config.training.effective_batch},
    }


def _estimate(value: float, found: Estimate | None) -> dict[str, Plain]:
    low, high = (found.low, found.high) if found is not None else (None, None)
    return {"value": value, "low": low, "high": high}
