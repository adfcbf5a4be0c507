"""The next step's batch, made while the GPU is busy with this one's."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Ahead(Generic[T]):
    """Makes what step n needs in a thread of its own, from when step n - 1 was there.

    A step's numbers follow from the seed and the step, so that nothing depends on what was made before. The thread ends
    with this object. Handing a step to an executor costs up to a millisecond: its thread takes Python's lock at once.
    """

    def __init__(self, make: Callable[[int], T]) -> None:
        self._asked: SimpleQueue[int | None] = SimpleQueue()
        self._made: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()
        self._next: int | None = None
        weakref.finalize(self, self._asked.put, None)
        threading.Thread(target=_make_all, args=(make, self._asked, self._made), daemon=True).start()

    def __call__(self, step: int) -> T:
        """What ``step`` needs; an error of its making is raised here."""
        if self._next != step:
            if self._next is not None:
                self._made.get()
            self._asked.put(step)
        made, error = self._made.get()
        self._next = step + 1
        self._asked.put(self._next)
        if error is not None:
            raise error
        return cast(T, made)


def _make_all(
    make: Callable[[int], T], asked: SimpleQueue[int | None], made: SimpleQueue[tuple[T | None, Exception | None]]
) -> None:
    while (step := asked.get()) is not None:
        try:
            made.put((make(step), None))
        except Exception as error:
            made.put((None, error))
