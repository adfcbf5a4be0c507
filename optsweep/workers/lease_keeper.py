"""The thread that keeps a run's lease while it trains: beats, stores values, and learns when to leave."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from optsweep.database.lease import Lease, LeaseLost, RunProgress
from optsweep.database.open_study import Study
from optsweep.errors import StorageUnavailable

BEAT_SECONDS = 3.0

_logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Keeps one lease; training only ever reads `leave_reason`, an attribute, and never waits for the database.

    Values are handed over by `report` and stored in the background, in order; `flush` waits until they are stored.
    """

    def __init__(self, study: Study, lease: Lease) -> None:
        self.leave_reason: str | None = None
        """Why the run must be left ("skip" included), or None."""
        self.skip = False
        self._end: LeaseLost | StorageUnavailable | None = None
        self._study = study
        self._lease = lease
        self._standing = RunProgress()
        self._outbox: deque[Callable[[], Any]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._busy = False
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
        """Whether the training is to save and leave; asked before every iteration.

        Raises `LeaseLost` where another worker has the run now: nothing may be written for it any more.
        """
        if isinstance(self._end, LeaseLost):
            raise self._end
        return self.leave_reason is not None

    @property
    def standing(self) -> RunProgress:
        return self._standing

    def stand(self, standing: RunProgress) -> None:
        """Tell how the run stands; stored with the next beat."""
        self._standing = standing

    def report(self, step: int, value: float, standing: RunProgress) -> None:
        """Hand over the value of a grid point, to be stored soon."""
        self._standing = standing
        with self._wake:
            self._outbox.append(lambda: self._study.queue.report(self._lease, step, value, standing))
            self._wake.notify_all()

    def flush(self) -> None:
        """Wait until everything handed over is stored; raises `LeaseLost`, or `StorageUnavailable`."""
        with self._wake:
            self._wake.wait_for(lambda: self._end is not None or not (self._outbox or self._busy))
        if self._end is not None:
            raise self._end

    def leave(self, reason: str) -> None:
        """Ask the training to leave at its next iteration; the first reason stays."""
        self.leave_reason = self.leave_reason or reason

    def _keep(self) -> None:
        next_beat = time.monotonic() + BEAT_SECONDS
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or bool(self._outbox), next_beat - time.monotonic())
                task = self._outbox.popleft() if self._outbox else None
                self._busy = task is not None
                if task is None and self._closing:
                    return
            if task is not None:
                self._guarded(task)
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()
            # Also where values come faster than beats: orders and limits are learnt here.
            if self._end is None and time.monotonic() >= next_beat:
                self._guarded(self._beat)
                next_beat = time.monotonic() + BEAT_SECONDS
            if self._end is not None:
                with self._wake:
                    self._wake.notify_all()
                return

    def _guarded(self, task: Callable[[], Any]) -> None:
        try:
            task()
        except LeaseLost as error:
            self._end = error
        except StorageUnavailable as error:
            self._end = error
            self.leave(str(error))
        except Exception as error:
            # An error here must not end the beats of a live run: it is said, and tried again with the next beat.
            _logger.exception("the lease keeper met an unexpected error: %s", error)

    def _beat(self) -> None:
        order = self._study.queue.beat(self._lease, self._standing)
        if order == "skip":
            self.skip = True
            self.leave("skipped by the user")
        stop = self._study.stop_reason()
        if stop is not None:
            self.leave(stop)
