"""Runs that begin anew: because the user wants it, or because going on has failed again and again."""

from __future__ import annotations

import logging
from dataclasses import replace

from optsweep.database.lease import MAX_FAULTS, Lease
from optsweep.database.open_study import Study
from optsweep.results.attributes import RunIdentity
from optsweep.results.folders import RunDirectory
from optsweep.workers.lease_keeper import LeaseKeeper

_logger = logging.getLogger(__name__)


class FreshStart:
    """Whether an attempt begins anew.

    A script that was killed while it wrote its checkpoint may fail on that checkpoint for ever. So the last attempt
    before the run would be failed begins without it, once. If that comes to no value either, the checkpoint was not to
    blame, and is put back.
    """

    def __init__(self, study: Study, lease: Lease, keeper: LeaseKeeper) -> None:
        self._study, self._lease, self._keeper = study, lease, keeper
        self._directory = RunDirectory.of(study.name, lease.run).path
        self._anew = RunIdentity.read(study.trial(lease.trial_id).user_attrs).anew

    def begin(self) -> None:
        """Put what earlier attempts have left out of the way, if that is due; raises `PlaceInUse` and `LeaseLost`."""
        study, lease, asked = self._study, self._lease, self._anew == "asked"
        stuck = study.trainer.begins_anew_by_itself and lease.faults == MAX_FAULTS - 1 and self._anew != "begun"
        done = study.trainer.set_aside(self._directory) if asked or stuck else None
        if done is None and not asked:
            return
        # First: a beat that told the old checkpoint after this would count it as a new one.
        self._keeper.progress = replace(self._keeper.progress, checkpoint_step=0)
        self._anew = "" if asked else "begun"
        why = "as the user asked" if asked else f"{lease.faults} attempts in a row failed without a new checkpoint"
        why = f"{why}; {done}" if done else why
        study.queue.begin_anew(lease, self._anew, why)
        _logger.warning("%s begins anew: %s", lease.run, why)

    def undo_if_useless(self) -> None:
        """The attempt has failed: put back what a fresh start has put out of the way, if no value has come since."""
        if self._anew == "begun" and not self._keeper.progress.checkpoint_step:
            self._study.trainer.put_back(self._directory)
            _logger.warning("to begin anew did not help: what was put out of the way is put back")
