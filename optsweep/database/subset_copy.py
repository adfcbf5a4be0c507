"""The data of a study on this host: its file if it is seen from here, else a copy that a server's database keeps.

The subset is small (10,000 sequences are some 2 MB compressed), so a study in PostgreSQL or MySQL carries it along, and
a worker on any host needs nothing but the URL. Wherever it comes from, its sequences are those of the plan: their
digest is compared before anything is trained on.
"""

from __future__ import annotations

import contextlib
import zlib
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from optsweep.data.corpus import open_corpus
from optsweep.data.sequences import digest
from optsweep.data.training_data import load_training_data
from optsweep.database.connection import transaction
from optsweep.database.open_study import Study
from optsweep.database.tables import subsets
from optsweep.database.urls import is_sqlite
from optsweep.errors import DataError
from optsweep.files import atomic_path, locked
from optsweep.importing.prepare import prepare

PART_BYTES = 1 << 20
"""Well below what servers take in one message as they are installed."""
MAX_BYTES = 256 << 20
"""A larger subset is not kept in the database: copy it to the other hosts."""


def recorded_data(study: Study) -> Path | None:
    """Where the data lay that the study trains on, on the host that planned it; None if its script is given none."""
    return None if study.data is None else _recorded(study)


def _recorded(study: Study) -> Path:
    return Path(study.corpus.trains_on or study.corpus.subset)


def keep_subset(study: Study) -> None:
    """Store the subset's file in the study's database; SQLite serves one host, which has the file."""
    if study.data is None:
        return
    path, content = Path(study.corpus.subset), study.corpus.content
    if is_sqlite(study.storage.url) or path.stat().st_size > MAX_BYTES:
        return
    if _is_stored(study, content):
        return
    packed = zlib.compress(path.read_bytes())
    # Of two that store the same subset at the same time, one wins; both are right.
    with contextlib.suppress(exc.IntegrityError):
        _store(study, content, [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)])


@transaction
def _is_stored(study: Study, connection: sa.Connection, content: str) -> bool:
    return connection.execute(sa.select(subsets.c.part).where(subsets.c.content == content)).first() is not None


@transaction
def _store(study: Study, connection: sa.Connection, content: str, parts: list[bytes]) -> None:
    for number, part in enumerate(parts):
        connection.execute(sa.insert(subsets).values(content=content, part=number, bytes=part))


def local_data(study: Study, given: Path | None = None) -> Path | None:
    """The file to train on, on this host: the subset as recorded or fetched, or that of ``given`` if it is the same.

    ``given`` is a corpus or its subset; a study that trains on the corpus needs that. Raises `DataError` if it holds
    other sequences than the study was planned with, or if what the study trains on is not within reach. None for a
    study whose script is given none; `ConfigError` is raised if there is a ``given`` then.
    """
    if study.data is None:
        study.trainer.check_data(given)
        return None
    if study.corpus.trains_on is not None:
        return _local_corpus(study, given or _recorded(study))
    if given is None:
        return _copy(study)
    subset = prepare(given).subset.path
    if _holds(subset, study.corpus.content):
        return subset
    # The split depends on what is installed on the host that makes it; the sequences of a subset do not.
    copy = _copy(study)
    if digest(open_corpus(subset).sequences) != digest(open_corpus(copy).sequences):
        raise DataError(f"--data {given}: holds other sequences than study {study.name!r} was planned with")
    return copy


def _local_corpus(study: Study, path: Path) -> Path:
    """The corpus at ``path``, if its subset here holds out what the study's does: values are compared on that."""
    if not path.exists():
        raise DataError(
            f"{path}: is not on this host, and study {study.name!r} trains on that corpus, not on its subset\n"
            f"give its path here: optsweep worker --name {study.name} --data FILE"
        )
    prepared = prepare(path)
    if prepared.subset.num_source != study.corpus.source_sequences:
        raise DataError(
            f"{path}: has {prepared.subset.num_source} sequences, and study {study.name!r} trains on a corpus of "
            f"{study.corpus.source_sequences}\ngive that: optsweep worker --name {study.name} --data FILE"
        )
    if not _holds(prepared.subset.path, study.corpus.content):
        raise DataError(
            f"{prepared.subset.path}: holds out other sequences than study {study.name!r} was planned with\n"
            f"put the study's own in its place, {study.corpus.subset} of the host that planned it"
        )
    return prepared.corpus


def _copy(study: Study) -> Path:
    """The study's own subset: its file if it is seen from here, else the database's copy."""
    recorded = _recorded(study)
    return recorded if _holds(recorded, study.corpus.content) else _fetch(study)


def _holds(path: Path, content: str) -> bool:
    """Whether the file's sequences, and its split, are those with this digest."""
    try:
        data = load_training_data(path)
    except (DataError, OSError):
        return False
    return digest(data.train, data.validation, data.confirmation) == content


def _fetch(study: Study) -> Path:
    content = study.corpus.content
    target = Path("data") / f"{Path(study.corpus.subset).stem}-{content[:12]}.pt"
    with locked(target.with_name(f".{target.name}.lock")):
        if _holds(target, content):
            return target
        parts = _stored(study, content)
        if not parts:
            raise DataError(
                f"{study.corpus.subset}: is not on this host (or has changed), and the database of study "
                f"{study.name!r} holds no copy\ngive the corpus or the subset with --data FILE"
            )
        with atomic_path(target) as temporary:
            temporary.write_bytes(zlib.decompress(b"".join(parts)))
        if not _holds(target, content):
            target.unlink()
            raise DataError(f"the copy of {study.corpus.subset} in the database is damaged; give it with --data FILE")
    return target


@transaction
def _stored(study: Study, connection: sa.Connection, content: str) -> list[bytes]:
    query = sa.select(subsets.c.bytes).where(subsets.c.content == content).order_by(subsets.c.part)
    return [bytes(part) for part in connection.execute(query).scalars()]
