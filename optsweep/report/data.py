"""What a person sees of data work: progress, what was kept and dropped, what a corpus holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from optsweep.data.fasta import ImportReport
from optsweep.data.prepare import Prepared
from optsweep.data.subset import Subset
from optsweep.report.words import percent


def data_lines(prepared: Prepared) -> list[str]:
    """What was read, dropped and limited; the lines that people look for."""
    imported = import_lines(prepared.import_report, prepared.corpus) if prepared.import_report is not None else []
    return [*imported, *subset_lines(prepared.subset)]


def import_lines(report: ImportReport, corpus: Path) -> list[str]:
    dropped = ", ".join(f"{count} {reason}" for reason, count in report.dropped.items() if count) or "none"
    kept = f"Imported {report.num_kept} of {report.num_read} sequences into {corpus}"
    return [kept, f"Dropped: {dropped}", *report.warnings]


def subset_lines(subset: Subset) -> list[str]:
    where = f"Subset: {subset.path} ({'made now' if subset.made else 'was there'})"
    if subset.num_source > subset.num_sequences:
        return [
            f"Limiting dataset from {subset.num_source} to {subset.num_sequences} samples",
            f"Dataset limited to {subset.num_sequences} samples",
            where,
        ]
    return [f"The whole corpus is used: {subset.num_sequences} samples are no more than the subset's size", where]


@contextlib.contextmanager
def import_progress(console: Console) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar for reading FASTA files; nothing in a pipe."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("import", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


def info_lines(document: dict[str, Any], match_share: float | None) -> list[str]:
    """What `data info` prints for people; ``match_share`` is None where the file has no split."""
    origin = "synthetic" if document["synthetic"] else "as imported"
    lines = [
        f"{document['path']}: {document['format']}, {origin}",
        f"{document['num_sequences']:,} sequences, {document['num_residues']:,} residues",
    ]
    if match_share is not None:
        lines.append(f"Validation sequences with a close match in training: {percent(match_share)}")
    return lines + [f"  {key}: {value}" for key, value in document["manifest"].items()]
