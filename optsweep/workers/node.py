"""Workers that join a study which is planned already: one by hand, or those of a node as a job of SLURM."""

from __future__ import annotations

import os
import platform
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study, open_study
from optsweep.database.subset_copy import local_data
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_INTERRUPTED
from optsweep.machine.devices import Slot, allowed_gpus, cpu_slots, gpu_slots
from optsweep.results.records import StudySnapshot
from optsweep.workers import slurm
from optsweep.workers.launcher import Launcher

if TYPE_CHECKING:
    from submitit.helpers import DelayedSubmission

PREEMPTION_SECONDS = 900
"""How long a job waits for SLURM to end it after SIGTERM; partitions give less grace than that."""


Watch = Callable[[], AbstractContextManager[tuple[Callable[[StudySnapshot], None], Callable[[str], None]]]]
"""Opens what a person sees of the workers: where snapshots go, and where lines go."""


def join(study: Study, gpu: str | None, data: Path | None, watch: Watch) -> int:
    """Work on the study with one worker until no run is left; returns the exit code."""
    on_gpu = gpu is not None or allowed_gpus()
    slots = gpu_slots("0" if gpu is None else gpu, option="--gpu") if on_gpu else cpu_slots(1)
    return _work(study, slots, data, watch)[0]


def submit(study: Study, allocation: slurm.Allocation, watch: Watch) -> str:
    """Have SLURM start workers on so many nodes; returns the job's id."""
    work = NodeWork(study.name, allocation.gpus_per_node, allocation.warning_seconds, watch)
    return slurm.submit(study, allocation, work)


@dataclass(frozen=True)
class NodeWork:
    """What a job does on each of its nodes: one worker for each GPU that SLURM gave it, else one on the CPU.

    SLURM knows it by the protocol of submitit: called once, and again after each requeue.
    """

    study: str
    gpus: int
    warning_seconds: int
    watch: Watch

    def __call__(self) -> int:
        study = open_study(open_storage(storage_url(None)), self.study)
        slots = gpu_slots(",".join(map(str, range(self.gpus)))) if self.gpus else cpu_slots(1)
        code, signals = _work(study, slots, None, self.watch, self.warning_seconds)
        if code == EXIT_INTERRUPTED and study.claim_refusal() is None:
            if signal.SIGTERM in signals:
                # Preempted (or cancelled): SLURM ends this job, and queues it again only if it has not ended before.
                time.sleep(PREEMPTION_SECONDS)
            else:
                self._come_back()
        return code

    def checkpoint(self) -> DelayedSubmission:
        """The same again; all that must be kept is in the database and in the runs' checkpoints."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self)

    def _come_back(self) -> None:
        """Have submitit requeue this job, as on its own signal."""
        from submitit import JobEnvironment

        signal.raise_signal(getattr(signal, f"SIG{JobEnvironment.USR_SIG}"))


def _work(
    study: Study, slots: Iterable[Slot], data: Path | None, watch: Watch, warning_seconds: int = slurm.WARNING_SECONDS
) -> tuple[int, list[int]]:
    """Run workers on this host; returns the exit code, and the signals that asked them to leave."""
    job = slurm.current_job()
    ends = job.ends - warning_seconds if job is not None and job.ends is not None else None
    path = local_data(study, data)
    with watch() as (observe, say):
        here = [_named(slot, job) for slot in slots]
        launcher = Launcher(study, here, observe=observe, say=say, data=path, ends=ends)
        return launcher.run(), launcher.received


def _named(slot: Slot, job: slurm.Job | None) -> Slot:
    """The slot as people and other hosts know it; workers on the CPU need not wait for each other."""
    label = f"{slot.label} of {platform.node()}" + (f", job {job.id}" if job is not None else "")
    lock_name = slot.lock_name if slot.gpu is not None else f"{platform.node()}-{os.getpid()}"
    return replace(slot, label=label, lock_name=lock_name)
