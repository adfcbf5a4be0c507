"""From what a user names as data to the corpus and the subset that a sweep needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from optsweep.data._building import sole_builder
from optsweep.data.corpus import open_corpus
from optsweep.data.fasta import ImportReport, import_fasta
from optsweep.data.fingerprint import describe_file
from optsweep.data.subset import Subset, ensure_subset
from optsweep.errors import DataError
from optsweep.files import open_regular, remove_leftovers


@dataclass(frozen=True, kw_only=True)
class Prepared:
    corpus: Path
    subset: Subset
    import_report: ImportReport | None
    """What the import of a FASTA file did; None where nothing was imported now."""
    synthetic: bool


def prepare(data: Path, *, on_progress: Callable[[int, int], None] | None = None) -> Prepared:
    """Make ready for a sweep: a .pt file is used as it is, FASTA becomes ./data/<name without extensions>.pt.

    An import is used again while the FASTA file's size, mtime and fingerprint are the same. Raises `DataError`.
    """
    if _is_torch_file(data):
        return _prepared(data, None)
    target = import_path(data)
    with sole_builder(target):
        report = _import(data, target, on_progress)
        try:
            return _prepared(target, report)
        except DataError:
            # What was imported for a sweep is of no use where no subset can be made of it.
            if report is not None:
                target.unlink()
            raise


def _prepared(corpus: Path, report: ImportReport | None) -> Prepared:
    subset = ensure_subset(corpus)
    return Prepared(corpus=corpus, subset=subset, import_report=report, synthetic=open_corpus(subset.path).synthetic)


def import_path(fasta: Path) -> Path:
    """Where the corpus of a FASTA file goes that is given to a sweep."""
    return Path("data") / f"{fasta.name.lstrip('.').split('.')[0]}.pt"


def _is_torch_file(path: Path) -> bool:
    try:
        with open_regular(path) as file:
            start = file.read(2)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    # A damaged .pt file is better refused as a corpus than as FASTA.
    return path.suffix == ".pt" or start in (b"PK", b"\x80\x02")


def _import(fasta: Path, target: Path, on_progress: Callable[[int, int], None] | None) -> ImportReport | None:
    """Make the corpus of a FASTA file; None where the one that is there is its own."""
    if target.exists():
        sources = _sources(target)
        if sources == [describe_file(fasta)]:
            return None
        if [source.get("name") for source in sources] != [fasta.name]:
            raise DataError(
                f"{target}: is there already and was not imported from {fasta.name}; move it away, or use it as --data"
            )
    remove_leftovers(target)
    return import_fasta([fasta], target, on_progress)


def _sources(corpus: Path) -> list[dict[str, object]]:
    """The files that a corpus was imported from, as its manifest tells; none where it is not ours."""
    sources = open_corpus(corpus).manifest.get("sources")
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        return []
    return sources
