"""The next step's batch, made while the GPU is busy with this one's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Makes what step n needs in a thread of its own, from when step n - 1 was asked for.

    A step's numbers follow from the seed and the step, so that nothing depends on what was made before.
    """

    def __init__(self, make: Callable[[int], T]) -> None:
        self._make = make
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="next step")
        self._next: tuple[int, Future[T]] | None = None

    def __call__(self, step: int) -> T:
        """What ``step`` needs; an error of its making is raised here."""
        started = self._next
        future = started[1] if started is not None and started[0] == step else self._thread.submit(self._make, step)
        self._next = (step + 1, self._thread.submit(self._make, step + 1))
        return future.result()
