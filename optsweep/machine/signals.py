"""Signals answered by a thread, which may lock, print and write as any code may."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Container, Iterable, Iterator


@contextlib.contextmanager
def answered_by_thread(numbers: Iterable[int], answer: Callable[[int], None]) -> Iterator[None]:
    """Within the block (of the main thread), a thread calls ``answer`` with every signal of ``numbers`` that arrives.

    A handler runs in the middle of whatever the main thread does. One that sets an Event, or prints, waits for ever
    if it has interrupted the wait for that Event, the same print, or the handler of an earlier signal. SIGHUP stays
    ignored if it was (by nohup); not SIGINT, which a shell's `&` ignores and a person may still send on purpose.
    """
    arriving, arrived = os.pipe()
    os.set_blocking(arrived, False)  # asked for by set_wakeup_fd
    numbers = set(numbers)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        numbers.discard(signal.SIGHUP)
    thread = threading.Thread(target=_answer, args=(arriving, numbers, answer), name="signals", daemon=True)
    # Python writes a number to the pipe only for a signal that has a handler.
    handlers = {number: signal.signal(number, lambda *_: None) for number in numbers}
    descriptor = signal.set_wakeup_fd(arrived, warn_on_full_buffer=False)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(descriptor)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(arrived)
        thread.join()
        os.close(arriving)


def _answer(arriving: int, numbers: Container[int], answer: Callable[[int], None]) -> None:
    while arrived := os.read(arriving, 4096):
        for number in arrived:
            if number in numbers:
                answer(number)
