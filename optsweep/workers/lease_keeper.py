"""The thread that keeps a run's lease while it trains: beats, stores values, and learns when to leave."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from optsweep.database import queue
from optsweep.database.lease import Lease, LeaseLost, RunProgress
from optsweep.database.open_study import Study
from optsweep.errors import StorageUnavailable, UserError
from optsweep.machine.process import identify, uptime

BEAT_SECONDS = 3.0
MAX_TRIES = 3
"""How often a value is tried to be stored, a beat apart, before an unexpected error ends the attempt."""
HELD_SHARE = 0.9
"""The part of a lease's time in which the run is certainly ours; the rest is for ending what trains."""

_logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Keeps one lease; training only ever reads `leave_reason`, an attribute, and never waits for the database.

    Values are handed over by `report` and stored in the background, in order; `flush` waits until they are stored. A
    value leaves the outbox when it is stored, and not before: what cannot be stored is tried again, or ends the
    attempt.
    """

    def __init__(self, study: Study, lease: Lease) -> None:
        self.leave_reason: str | None = None
        """Why the run must be left ("skip" included), or None."""
        self.skip = False
        self._end: Exception | None = None
        self._tries = 0
        self._study = study
        self._lease = lease
        self._proven = uptime()
        self._me = identify()
        self.progress = lease.known
        """How far the run is; stored with the next beat."""
        self._outbox: deque[tuple[int, float, RunProgress]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._keep, name="lease keeper", daemon=True)

    def __enter__(self) -> LeaseKeeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join()

    def must_leave(self) -> bool:
        """Whether the training should save and leave; asked before every iteration.

        Raises `LeaseLost` if another worker has the run now, and any error because of which nothing more can be
        stored: nothing may be written for the run any more. Waits if that cannot be told, because this process was
        stopped for longer than its lease: the next beat tells.
        """
        if uptime() > self.held_until():
            with self._wake:
                self._wake.wait_for(lambda: self._end is not None or uptime() <= self.held_until())
        if self._end is not None and not isinstance(self._end, StorageUnavailable):
            raise self._end
        return self.leave_reason is not None

    def held_until(self) -> float:
        """Until when no other worker can have the run, by the last beat that was stored; as `uptime`."""
        return self._proven + HELD_SHARE * queue.LEASE_SECONDS

    def report(self, step: int, value: float) -> None:
        """Hand over the value at point ``step`` of the evaluation grid, to be stored soon with the progress of now."""
        with self._wake:
            self._outbox.append((step, value, self.progress))
            self._wake.notify_all()

    def flush(self) -> None:
        """Wait until everything handed over is stored; raises `LeaseLost`, or the error that prevents it."""
        with self._wake:
            self._wake.wait_for(lambda: self._end is not None or not self._outbox)
        if self._end is not None:
            raise self._end

    def leave(self, reason: str) -> None:
        """Ask the training to leave at its next iteration; the first reason stays."""
        self.leave_reason = self.leave_reason or reason

    def _keep(self) -> None:
        next_beat = time.monotonic() + BEAT_SECONDS
        while self._end is None:
            with self._wake:
                # A value that could not be stored waits for the next beat.
                self._wake.wait_for(
                    lambda: self._closing or (bool(self._outbox) and not self._tries), next_beat - time.monotonic()
                )
                if self._closing and not self._outbox:
                    return
            if self._outbox:
                self._guarded(self._store)
            # Also if values come faster than beats: orders and limits are learnt here.
            if self._end is None and time.monotonic() >= next_beat:
                self._guarded(self._beat)
                next_beat = time.monotonic() + BEAT_SECONDS
        with self._wake:
            self._wake.notify_all()

    def _guarded(self, task: Callable[[], None]) -> None:
        try:
            task()
        except (LeaseLost, UserError) as error:  # the latter: the study was deleted
            self._end = error
        except StorageUnavailable as error:
            self._end = error
            self.leave(str(error))
        except Exception as error:
            # An error here must not end the beats of a live run: it is logged, and the task done again.
            _logger.exception("the lease keeper met an unexpected error: %s", error)
            if self._tries >= MAX_TRIES:
                self._end = error

    def _store(self) -> None:
        self._tries += 1
        # Before the beat: the database's clock is read later, whatever comes between.
        asked = uptime()
        self._study.queue.report(self._lease, *self._outbox[0])
        with self._wake:
            self._proven = asked
            self._outbox.popleft()
            self._tries = 0
            self._wake.notify_all()

    def _beat(self) -> None:
        asked = uptime()
        order = self._study.queue.beat(self._lease, self.progress)
        with self._wake:
            self._proven = asked
            self._wake.notify_all()
        self._study.queue.disown(self._me, self._lease)
        if order == "skip":
            self.skip = True
            self.leave("skipped by the user")
        stop = self._study.stop_reason()
        if stop is not None:
            self.leave(stop)
