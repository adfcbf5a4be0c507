"""List scheduling: each worker takes the next task as soon as it is free."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

Task = TypeVar("Task")


def play(tasks: Iterable[Task], free_at: Sequence[float], course: Callable[[Task, int], Iterable[float]]) -> float:
    """Play the tasks in their order on workers that become free at ``free_at``; returns when the last one ends.

    ``course(task, worker)`` yields the moments at which something happens, in seconds from the task's start, its end
    last. It is resumed only when that moment has come, so it may act on what other tasks have done by then.
    """
    waiting = iter(tasks)

    def moments(worker: int) -> Iterator[float]:
        now = free_at[worker]
        yield now
        for task in waiting:
            began = now
            for moment in course(task, worker):
                now = began + moment
                yield now

    # The merge resumes a worker only after it has passed on that worker's moment, the earliest of all.
    return max(heapq.merge(*map(moments, range(len(free_at)))))
