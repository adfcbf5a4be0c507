"""Read the members of a zip file whole, so that their checksums are compared."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from optsweep.errors import DataError
from optsweep.torch_format.child import skip_missing_checksums

_BLOCK = 1 << 20


def checked_blocks(
    path: Path, on_progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[int, int, bytes]]:
    """Yield (place of the member's header, bytes of the member before this block, block); progress is in bytes.

    Raises `DataError` behind the last block of a damaged member. A file whose checksums are all 0 has none.
    """
    member = "its directory"
    try:
        with zipfile.ZipFile(path) as archive:
            skip_missing_checksums(archive)
            infos, done = archive.infolist(), 0
            total = sum(info.file_size for info in infos)
            for info in infos:
                member, position = info.filename, 0
                with archive.open(info) as stream:
                    while block := stream.read(_BLOCK):
                        yield info.header_offset, position, block
                        position += len(block)
                        if on_progress is not None:
                            on_progress(done + position, total)
                done += info.file_size
    except zipfile.BadZipFile:
        raise DataError(f"{path}: is damaged: the checksum of {member} does not match") from None
    # A flipped bit in a header makes zipfile raise nearly anything.
    except Exception as error:
        raise DataError(f"{path}: is damaged: {error}") from error
