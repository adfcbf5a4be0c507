"""What a person sees of data work: progress, what was kept, dropped and changed, what a corpus holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from optsweep.data.corpus import Corpus
from optsweep.data.holding_out.exclusion import Exclusion
from optsweep.data.info import Leakage
from optsweep.data.subset import Subset
from optsweep.importing.fasta import ImportReport
from optsweep.importing.prepare import Prepared, Preview
from optsweep.results.words import limited_lines, percent, tally


def data_lines(prepared: Prepared, *, limited: bool) -> list[str]:
    """What was read and dropped, and ``limited`` to the subset; the lines that people look for."""
    imported = import_lines(prepared.import_report, prepared.corpus) if prepared.import_report is not None else []
    return [*imported, *subset_lines(prepared.subset, limited=limited)]


def preview_lines(preview: Preview) -> list[str]:
    """What a sweep would do with the data; nothing was written."""
    report = preview.import_report
    if report is not None:
        whole = "" if report.whole else ", of the part that was looked at"
        kept = f"Data: {report.num_kept} of {report.num_read} sequences would go into {preview.corpus}{whole}"
        return [kept, *_report_lines(report)]
    subset = f"subset {preview.subset} is there" if preview.subset is not None else "its subset would be made"
    return [f"Data: {preview.corpus}, {preview.num_sequences} sequences; {subset}", *_differing(preview.num_differing)]


def import_lines(report: ImportReport, corpus: Path) -> list[str]:
    """What an import kept, what it dropped for which reason, and what it read otherwise than it is written."""
    return [f"Imported {report.num_kept} of {report.num_read} sequences into {corpus}", *_report_lines(report)]


def _report_lines(report: ImportReport) -> list[str]:
    altered = [f"Skipped or read otherwise: {tally(report.altered)}"] if report.altered else []
    return [f"Dropped: {tally(report.dropped) or 'none'}", *altered, *report.warnings]


def subset_lines(subset: Subset, *, limited: bool = True) -> list[str]:
    """How many sequences are used, if it is those of the subset, and what is held out by which rule."""
    whole = f"The whole corpus is used: {subset.num_sequences} samples are no more than the subset's size"
    left_out = f"; {subset.num_left_out} relatives of held-out sequences are left out" if subset.num_left_out else ""
    return [
        *((limited_lines(subset.num_sequences, subset.num_source) or [whole]) if limited else []),
        f"Subset: {subset.path} ({'made now' if subset.made else 'was there'})",
        f"Held out by: {subset.rule}{left_out}",
        *_differing(subset.num_differing),
        *subset.notes,
    ]


def exclusion_lines(exclusion: Exclusion | None) -> list[str]:
    """What training on the full corpus leaves out; nothing if the subset is the whole corpus."""
    if exclusion is None:
        return []
    kept = f", kept in {exclusion.path}" if exclusion.path is not None else ""
    return [f"Training on the full corpus leaves out {len(exclusion.rows)} sequences ({exclusion.rule}){kept}"]


def _differing(rows: int) -> list[str]:
    return [f"Rows whose prot_tokens differ from protein_seq: {rows} (protein_seq is used)"] if rows else []


@contextlib.contextmanager
def data_progress(console: Console) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar for work on data, phase by phase; nothing in a pipe."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("Preparing the data"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("data", total=None)
        # The total of a pipe is unknown.
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


def info_lines(path: Path, corpus: Corpus, leakage: Leakage | None) -> list[str]:
    """What `data info` prints for people; ``leakage`` is None if the file has no split."""
    lines = [
        f"{path}: {corpus.format}, {'synthetic' if corpus.synthetic else 'as imported'}",
        f"{corpus.num_sequences:,} sequences, {corpus.num_residues:,} residues",
    ]
    if leakage is not None:
        shares = f"validation {percent(leakage.validation)}, confirmation {percent(leakage.confirmation)}"
        lines += [
            f"Held out by: {leakage.split_rule}",
            f"Held-out sequences with a relative in training: {shares} (measured by {leakage.measured_by})",
        ]
    return lines + [f"  {key}: {value}" for key, value in corpus.manifest.items()]
