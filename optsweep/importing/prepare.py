"""From what a user names as data to the corpus and the subset that a sweep needs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from optsweep.data._building import sole_builder
from optsweep.data.corpus import open_corpus
from optsweep.data.demo import DEMO_PATH, NUM_SEQUENCES, expected_length
from optsweep.data.fingerprint import FileDescription, describe_file
from optsweep.data.holding_out.split import HELD_OUT_SHARE
from optsweep.data.inputs import cannot_read, refuse_stream
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import trained_on
from optsweep.data.subset import SUBSET_SIZE, Subset, ensure_subset, look_for_subset
from optsweep.errors import DataError
from optsweep.files import open_regular, remove_leftovers
from optsweep.importing.archives import is_torch_zip, is_zip
from optsweep.importing.fasta import ImportReport, import_fasta, scan

_LOOK_BYTES = 1 << 28


@dataclass(frozen=True, kw_only=True)
class Prepared:
    corpus: Path
    described: FileDescription
    """The corpus."""
    subset: Subset
    import_report: ImportReport | None
    """What the import of a FASTA file did; None if nothing was imported now."""
    synthetic: bool


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What `prepare` would find and make."""

    corpus: Path
    num_sequences: int
    """Of the corpus; of the part that was looked at, if ``import_report`` says that it was not the whole."""
    import_report: ImportReport | None
    """What an import would do; None if the corpus is there."""
    subset: Path | None
    """The subset, if it is there; it would be made otherwise."""
    subset_sequences: int
    """How many it has, or would have."""
    num_training: int
    """Sequences that would be trained on, about, if the subset is still to be made; so too what follows."""
    num_validation: int
    mean_length: float
    """Residues of a sequence that is trained on, before it is cropped."""
    num_differing: int = 0
    """Rows of the subset whose prot_tokens do not agree with protein_seq."""


def prepare(data: Path, *, described: FileDescription | None = None, on_progress: OnProgress = None) -> Prepared:
    """Make ready for a sweep: a .pt file is used as it is, all else becomes ./data/<name without extensions>.pt.

    An import is used again while the file's size, mtime and fingerprint are the same. ``described``: ``data``, if that
    is known. Raises `DataError`.
    """
    if _is_torch_file(data):
        return _prepared(data, None, described or describe_file(data), on_progress)
    target = import_path(data)
    with sole_builder(target):
        report = _import(data, target, described, on_progress)
        try:
            return _prepared(target, report, describe_file(target), on_progress)
        except DataError:
            # What was imported for a sweep is of no use if no subset can be made of it.
            if report is not None:
                target.unlink()
            raise


def look(data: Path, *, on_progress: OnProgress = None) -> Preview:
    """What `prepare` would do; writes nothing, and reads at most 256 MiB of a text that is still to be imported.

    Raises the `DataError` that `prepare` would raise, as far as it has looked; it tries no split.
    """
    if _is_torch_file(data):
        return _preview(data, on_progress)
    target = import_path(data)
    if _is_current(data, target, None):
        return _preview(target, on_progress)
    _refuse_read_only(target)
    report = scan(data, max_bytes=_LOOK_BYTES, on_progress=on_progress)
    return Preview(
        corpus=target,
        num_sequences=report.num_kept,
        import_report=report,
        subset=None,
        **_about(report.num_kept, report.num_residues),
    )


def look_at_demo() -> Preview:
    """The same of the demo's corpus, by what it is made of: nothing is read or made."""
    return Preview(
        corpus=DEMO_PATH,
        num_sequences=NUM_SEQUENCES,
        import_report=None,
        subset=None,
        **_about(NUM_SEQUENCES, round(NUM_SEQUENCES * expected_length())),
    )


def _preview(path: Path, on_progress: OnProgress) -> Preview:
    subset, num_differing = look_for_subset(path, on_progress)
    corpus = open_corpus(path)
    return Preview(
        corpus=path,
        num_sequences=corpus.num_sequences,
        import_report=None,
        subset=None if subset is None else subset.path,
        num_differing=num_differing,
        **(_about(corpus.num_sequences, corpus.num_residues) if subset is None else _found(subset.path)),
    )


class _Parts(TypedDict):
    subset_sequences: int
    num_training: int
    num_validation: int
    mean_length: float


def _about(num_sequences: int, num_residues: int) -> _Parts:
    """What a subset that is still to be made will be like."""
    size = min(num_sequences, SUBSET_SIZE)
    held_out = round(HELD_OUT_SHARE * size)
    return _Parts(
        subset_sequences=size,
        num_training=size - 2 * held_out,
        num_validation=held_out,
        mean_length=num_residues / max(1, num_sequences),
    )


def _found(path: Path) -> _Parts:
    subset = open_corpus(path)
    rows = trained_on(subset)
    return _Parts(
        subset_sequences=subset.num_sequences,
        num_training=len(rows),
        num_validation=0 if subset.validation is None else len(subset.validation),
        mean_length=float(subset.sequences.lengths[rows].mean()) if len(rows) else 0.0,
    )


def _prepared(
    corpus: Path, report: ImportReport | None, described: FileDescription, on_progress: OnProgress
) -> Prepared:
    subset = ensure_subset(corpus, described=described, on_progress=on_progress)
    return Prepared(
        corpus=corpus,
        described=described,
        subset=subset,
        import_report=report,
        synthetic=open_corpus(subset.path).synthetic,
    )


def import_path(fasta: Path) -> Path:
    """Where the corpus of a file goes that is given to a sweep."""
    return Path("data") / f"{fasta.name.lstrip('.').split('.')[0]}.pt"


def _is_torch_file(path: Path) -> bool:
    refuse_stream(path)
    try:
        with open_regular(path) as file:
            start = file.read(4)
            # A damaged .pt file is better refused as a corpus than as FASTA.
            return path.suffix == ".pt" or start[:2] == b"\x80\x02" or (is_zip(start) and is_torch_zip(file))
    except OSError as error:
        raise cannot_read(path, error) from None


def _import(
    fasta: Path, target: Path, described: FileDescription | None, on_progress: OnProgress
) -> ImportReport | None:
    """Make the corpus of a file; None if the one that is there is its own."""
    if _is_current(fasta, target, described):
        return None
    remove_leftovers(target)
    return import_fasta([fasta], target, on_progress)


def _is_current(fasta: Path, target: Path, described: FileDescription | None) -> bool:
    """Whether the corpus was imported from the file as it is now; raises `DataError` if it is of another file."""
    if not target.exists():
        return False
    sources = _sources(target)
    if sources == [(described or describe_file(fasta))._asdict()]:
        return True
    if [source.get("name") for source in sources] != [fasta.name]:
        raise DataError(
            f"{target}: is there already and was not imported from {fasta.name}; move it away, or use it as --data"
        )
    return False


def _refuse_read_only(target: Path) -> None:
    folder = next(place for place in (target.parent, target.parent.absolute().parent) if place.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        words = "is read-only" if folder.is_dir() else "is no folder"
        raise DataError(f"{target}: cannot be written: {folder} {words}")


def _sources(corpus: Path) -> list[dict[str, object]]:
    """The files that a corpus was imported from, as its manifest tells; none if it is not ours."""
    sources = open_corpus(corpus).manifest.get("sources")
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        return []
    return sources
