"""Memory-mapped files whose pages leave our resident memory again once they were read."""

from __future__ import annotations

import mmap
from typing import BinaryIO

import numpy as np
import numpy.typing as npt


def map_file(file: BinaryIO) -> mmap.mmap:
    """Map a file for reading, advised for random access (read-ahead would fetch 128 KiB for every row)."""
    mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mapping.madvise(mmap.MADV_RANDOM)
    return mapping


def mapping_of(array: npt.NDArray[np.generic]) -> mmap.mmap | None:
    """The mapped file that an array views, or None for an array in memory."""
    base: object = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    return base if isinstance(base, mmap.mmap) else None


def read_ahead(array: npt.NDArray[np.generic]) -> None:
    """Tell the kernel that a mapped array is about to be read from end to end."""
    mapping = mapping_of(array)
    if mapping is None or not array.nbytes:
        return
    start = array.ctypes.data - np.frombuffer(mapping, np.uint8).ctypes.data
    aligned = start - start % mmap.PAGESIZE
    mapping.madvise(mmap.MADV_WILLNEED, aligned, start - aligned + array.nbytes)


def release(array: npt.NDArray[np.generic]) -> None:
    """Drop the pages of a mapped array's file from our resident memory; the page cache keeps them.

    A fault maps up to 2 MiB around it, so that 10,000 random rows would otherwise hold gigabytes.
    """
    mapping = mapping_of(array)
    if mapping is not None:
        drop_pages(mapping)


def drop_pages(mapping: mmap.mmap) -> None:
    """As `release`, for the whole of a mapped file."""
    mapping.madvise(mmap.MADV_DONTNEED)
