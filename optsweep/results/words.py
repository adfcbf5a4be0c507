"""Numbers, times and states of runs in words and figures that people read; plain strings only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from optsweep.outside_text import clean
from optsweep.results.attributes import StudyData
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.direction import Summary
from optsweep.study.run_config import if_builtin
from optsweep.trainers.trainer import Trainer

ABSENT = "-"
SMALL, LARGE = 0.01, 1e4
"""Between them values are shown with a fixed number of decimals."""
REFERENCES = {
    "unigram_entropy": "guessing by how common each residue is",
    "composition_entropy": "guessing by each sequence's own composition",
}
"""What a study's values are compared with, in words."""
LOADING = "Workers load torch and the data first, which takes about 10 s"
SYNTHETIC_NOTE = "synthetic data: the values say nothing about real proteins"


def one_line(text: str) -> str:
    """The text on one line, as it may be shown: names, reasons and errors come from outside."""
    return " ".join(clean(text).split())


def error_words(error: BaseException) -> str:
    """ "ValueError: no such thing": the kind of an error and the first line of what it says."""
    said = one_line(next(iter(str(error).splitlines()), ""))
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def finite(value: float | None) -> float | None:
    """The value, or None if there is none or it is NaN or infinite (a diverged run)."""
    return value if value is not None and math.isfinite(value) else None


def most(costs: Sequence[float]) -> float:
    """Of ascending costs the one up to which a figure shows them: the worst ones would flatten the rest."""
    return costs[math.ceil(0.95 * (len(costs) - 1))]


def value_words(value: float | None, digits: int = 4) -> str:
    """A value; in nats per residue good configurations differ in the third digit, so four are shown.

    A script's may be far from 1: what has few decimals before its first digit, or many digits before the point, is
    shown with as many significant ones.
    """
    if (known := finite(value)) is None:
        return ABSENT
    if known and abs(round(known, digits)) < SMALL:
        return f"{known:#.{digits}g}"
    return f"{known:.{digits + 4}g}" if abs(known) >= LARGE else f"{known:.{digits}f}"


def difference_words(difference: float | None, value: float | None) -> str:
    """A difference of values, with as many decimals as such a ``value`` is shown with."""
    if (known := finite(difference)) is None:
        return ABSENT
    shown = value_words(value)
    if "e" in shown or shown == ABSENT:
        return f"{known:.3g}"
    return f"{known:.{len(shown.partition('.')[2])}f}"


def summary_words(summary: Summary) -> str:
    """What a run's value is: "its best evaluation"."""
    if isinstance(summary, str):
        return f"its {summary} evaluation"
    (number,) = summary.values()
    return "its last evaluation" if number == 1 else f"the mean of its last {number} evaluations"


def percent(share: float) -> str:
    """A share of 0..1; never 100 % before it is all done."""
    return f"{math.floor(100 * min(max(share, 0.0), 1.0) + 1e-9)} %"


def rounded_percent(share: float) -> str:
    """A share of 0..1 that is an estimate, so rounded, not cut off."""
    return f"{share:.0%}".replace("%", " %")


def quantity(number: float | None) -> str:
    """A large count, short: 950, 12.5 k, 3.84 M."""
    if number is None:
        return ABSENT
    for limit, divisor, unit in ((1e4, 1, ""), (1e6, 1e3, " k"), (1e9, 1e6, " M"), (math.inf, 1e9, " G")):
        if abs(number) < limit:
            return f"{number:.0f}" if divisor == 1 else f"{number / divisor:.3g}{unit}"
    return ABSENT


def counted(number: int, noun: str) -> str:
    """ "1 run", "2 runs"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tally(counts: Mapping[str, int]) -> str:
    """ "3 running, 2 waiting"; what there is none of is left out."""
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def moment(seconds: float) -> str:
    """A time of day from epoch seconds: 2026-11-23 08:00:00 UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """A time span in its two largest units: 42 s, 3 min 05 s, 2 h 07 min, 3 d 4 h."""
    whole = round(max(seconds, 0.0))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def setting(value: Any) -> str:
    """One hyperparameter's value, without digits that mean nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, float) else one_line(str(value))


def source_words(record: RunRecord) -> str:
    """Where the configuration came from; the first runs of a TPE study are drawn at random."""
    if record.random_start:
        return "random start"
    return {"tpe": "TPE", "linked": f"again: {record.of}"}.get(record.source, record.source)


def seconds_unit(runs: Iterable[RunRecord]) -> str:
    """ "GPU-seconds" if all workers were GPUs, else "seconds"."""
    workers = [run.worker for run in runs if run.worker]
    return "GPU-seconds" if workers and all("GPU" in worker for worker in workers) else "seconds"


def hours_unit(runs: Iterable[RunRecord]) -> str:
    return "GPU-hours" if seconds_unit(runs) == "GPU-seconds" else "hours on the workers"


def state_words(record: RunRecord) -> str:
    """The state and why, each said once: the pruner's reasons begin with the word themselves."""
    reason = one_line(record.reason or "")
    if not reason:
        return record.state
    return reason if record.cut else f"{record.state}: {reason}"


def way_on(snapshot: StudySnapshot) -> str:
    """What to type so that the runs that are left go on."""
    if linked := snapshot.attributes.linked:
        return f"optsweep {linked.command} --name {one_line(linked.origin)}"
    lifting = f" {snapshot.limit.lifted_by}" if snapshot.limit is not None else ""
    return f"optsweep sweep --name {one_line(snapshot.study)}{lifting}"


def end_words(snapshot: StudySnapshot) -> str | None:
    """What ended the sweep; None while runs are under way, and after one that was killed."""
    if not snapshot.ended:
        # Who is stopped may still finish the runs that have begun.
        return None if snapshot.counts["running"] else one_line(snapshot.standstill or "") or None
    if snapshot.target == 1:
        return "its only run has " + ("failed" if snapshot.counts["failed"] else "ended")
    failed = snapshot.counts["failed"]
    return f"all {snapshot.target} runs have ended" + (f", {failed} of them failed" if failed else "")


def standstill_words(snapshot: StudySnapshot) -> str:
    """Why nobody works on the runs that are left, and what to type; nothing if somebody does, or none is left."""
    why = one_line(snapshot.standstill or "")
    return f"{why}; to go on: {way_on(snapshot)}" if why and not snapshot.ended else why


def counts_words(snapshot: StudySnapshot) -> str:
    """ "7 of 12 runs finished (5 complete, 2 pruned), 2 running, 3 waiting, 0 failed"."""
    counts = snapshot.counts
    return (
        f"{snapshot.finished_runs} of {snapshot.target} runs finished "
        f"({counts['complete']} complete, {counts['pruned']} pruned), "
        f"{counts['running']} running, {counts['waiting']} waiting, {counts['failed']} failed"
    )


def best_words(snapshot: StudySnapshot) -> str:
    """The best complete run and its value, or that there is none yet."""
    best = snapshot.best
    return "no complete run yet" if best is None else f"best {value_words(best.value)} ({one_line(best.run)})"


def compared(value: float, reference: float) -> str:
    """ "0.048 below"; ABOVE stands out, since such a model knows less than its reference."""
    return f"{value_words(abs(reference - value), 3)} {'below' if value <= reference else 'ABOVE'}"


def reference_lines(snapshot: StudySnapshot) -> list[str]:
    """What predictors that know only the composition reach, and how the best run compares."""
    best = finite(snapshot.best.value) if snapshot.best else None
    lines = []
    for key, words in REFERENCES.items():
        if (reference := finite(snapshot.reference.get(key))) is None:
            continue
        line = f"{words}: {value_words(reference, 3)}"
        if best is not None:
            line += f", the best is {compared(best, reference)}"
        lines.append(line)
    return lines


def configuration_lines(record: RunRecord) -> list[tuple[str, str]]:
    """(section, "name value, name value") of the config's compared sections; without them of the bare parameters."""
    sections = {"parameters": record.parameters} if record.config is None else record.config.compared
    return [
        (name, ", ".join(f"{key} {setting(value)}" for key, value in values.items() if value is not None))
        for name, values in sections.items()
        if values
    ]


def start_lines(record: RunRecord, data: StudyData | None, trainer: Trainer) -> list[str]:
    """Which run starts on which device, how long it is and on how much data; scripts grep for exactly these lines.

    How long it is, a script alone knows, and what it trains on too if it is given nothing.
    """
    lines = [f"Starting job: {record.run}" + (f" on {record.worker}" if record.worker else "")]
    if data is not None:
        limit = None if (own := if_builtin(record.config)) is None else own.data.num_sequences
        about, reduced = _dataset_lines(data, limit), data.setting is None
        lines += about if record.config is None else trainer.start_lines(record.config, about, reduced=reduced)
    if record.attempts > 1:
        # Before its first checkpoint a run has nothing to go on from.
        origin = f", {trainer.again}" if record.progress > 0 else ""
        lines.append(f"(attempt {record.attempts}{origin})")
    return lines


def _dataset_lines(data: StudyData, limit: int | None) -> list[str]:
    """What a run trains on, at most ``limit`` sequences."""
    if data.setting is not None:
        return [f"Trained again at {data.setting}"]
    there = None if data.training is None else data.training.sequences
    sampled = limit is not None and (there is None or limit < there)
    size = data.num_sequences
    if data.trains_on is not None and there is not None:
        size = there if limit is None else min(limit, there)
    # What the whole corpus lacks then is held out, or a relative of that.
    limited = sampled or data.trains_on is None
    lines = limited_lines(size, data.source_sequences) if limited else []
    lines.append(f"Dataset size: {size} samples")
    return [*lines, f"Training on a fixed sample of {limit} sequences"] if sampled else lines


def limited_lines(size: int, source: int) -> list[str]:
    """That only ``size`` of a corpus's ``source`` sequences are used; nothing if all are."""
    if source <= size:
        return []
    return [f"Limiting dataset from {source} to {size} samples", f"Dataset limited to {size} samples"]
