"""From an open file to the sequences in it, however they are packed: FASTA or a table, compressed, in an archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from optsweep.data.inputs import Input
from optsweep.errors import DataError
from optsweep.importing.archives import is_tar, is_zip, tar_members, zip_members
from optsweep.importing.cleaning import FastaText
from optsweep.importing.compression import Stream, decompressed
from optsweep.importing.kinds import HEAD, WrongKindError, tell_kind
from optsweep.importing.residues import Records
from optsweep.importing.tables import parquet_table, text_table

_MAX_SKIPPED_TOLD = 5


def read_records(file: Input, altered: Counter[str], warnings: list[str]) -> Iterator[tuple[int, Records]]:
    """(bytes of text, the records in them) of a file, piece after piece.

    What is read otherwise than it is written is counted in ``altered``; lines about what is left out are added to
    ``warnings``. Raises `DataError`.
    """
    stream = Stream(str(file.path), file.read)
    head = stream.peek(6)
    if file.size is not None and head.startswith(b"PAR1"):
        yield from parquet_table(str(file.path), file.file, altered)
    elif file.size is not None and is_zip(head):
        yield from _archive(str(file.path), zip_members(str(file.path), file.file), altered, warnings)
    else:
        stream = decompressed(stream, warnings)
        if is_tar(stream.peek(512)):
            yield from _archive(stream.name, tar_members(stream, warnings), altered, warnings)
        else:
            # Some programs compress what is compressed already.
            yield from _text(decompressed(stream, warnings), altered)


def _archive(
    name: str, members: Iterator[Stream], altered: Counter[str], warnings: list[str]
) -> Iterator[tuple[int, Records]]:
    """Of all members that are sequences; the others are told, and refused if there is nothing else."""
    skipped: list[WrongKindError] = []
    num_members = 0
    for member in members:
        num_members += 1
        member = decompressed(member, warnings)
        try:
            if is_tar(member.peek(512)):
                raise WrongKindError(f"{member.name}: is an archive in an archive; unpack it first")
            yield from _text(member, altered)
        except WrongKindError as error:
            skipped.append(error)
    if num_members == len(skipped):
        raise skipped[0] if skipped else DataError(f"{name}: is an archive without files; FASTA is expected")
    warnings += [f"skipped {error}" for error in skipped[:_MAX_SKIPPED_TOLD]]
    if len(skipped) > _MAX_SKIPPED_TOLD:
        warnings.append(f"skipped {len(skipped) - _MAX_SKIPPED_TOLD} more files of {name} that hold no sequences")


def _text(stream: Stream, altered: Counter[str]) -> Iterator[tuple[int, Records]]:
    if tell_kind(stream.name, stream.peek(HEAD)) == "table":
        yield from text_table(stream, altered)
    else:
        yield from FastaText(stream.name, altered).records(stream.read)
