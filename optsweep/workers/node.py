"""Workers that join a study which is planned already: one by hand, or those of a node as a job of SLURM."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from optsweep.database.open_study import Study
from optsweep.database.subset_copy import local_data
from optsweep.errors import EXIT_INTERRUPTED
from optsweep.machine.devices import Slot, allowed_gpus, cpu_slots, gpu_slots
from optsweep.machine.process import host_name
from optsweep.results.records import StudySnapshot
from optsweep.workers import slurm
from optsweep.workers.launcher import Launcher

PREEMPTION_SECONDS = 900
"""How long a job waits for SLURM to end it after SIGTERM; partitions give less grace than that."""


Watch = Callable[[], AbstractContextManager[tuple[Callable[[StudySnapshot], None], Callable[[str], None]]]]
"""Opens what a person sees of the workers: where snapshots go, and where lines go."""


def join(study: Study, gpu: str | None, data: Path | None, watch: Watch, agreed: str) -> int:
    """Work on the study with one worker until no run is left; returns the exit code.

    ``agreed`` is the digest of what it may execute (`commands_digest`).
    """
    per_run = study.definition.gpus_per_run
    if gpu is not None or allowed_gpus():
        first = ",".join(map(str, range(per_run)))
        slots = gpu_slots(first if gpu is None else gpu, gpus_per_run=per_run, option="--gpu")
    else:
        slots = cpu_slots(per_run, per_run)
    return _work(study, slots, data, watch, slurm.current_job(), slurm.WARNING_SECONDS, agreed)[0]


def work_in_job(study: Study, gpus: int, watch: Watch, agreed: str) -> int:
    """What a job of `submit` does on its node: one worker for each of its GPUs (for as many as a run takes), or (none)
    one on the CPU.

    A job that has to go before the study's end comes back. Returns the exit code.
    """
    job = slurm.current_job()
    per_run = study.definition.gpus_per_run
    slots = gpu_slots(",".join(map(str, range(gpus))), gpus_per_run=per_run) if gpus else cpu_slots(per_run, per_run)
    # SLURM's warning comes as late: it was asked for when the job was submitted, by the job's length.
    warning = (
        slurm.WARNING_SECONDS if job is None or job.ends is None else slurm.warning_seconds(job.ends - time.time())
    )
    code, signals = _work(study, slots, None, watch, job, warning, agreed)
    if job is not None and code == EXIT_INTERRUPTED and study.claim_refusal() is None:
        if signal.SIGTERM in signals:
            # Preempted (or cancelled): SLURM ends this job, and queues it again only if it has not ended before.
            time.sleep(PREEMPTION_SECONDS)
        else:
            print(slurm.requeue(job), flush=True)
    return code


def _work(
    study: Study,
    slots: Iterable[Slot],
    data: Path | None,
    watch: Watch,
    job: slurm.Job | None,
    warning: int,
    agreed: str,
) -> tuple[int, list[int]]:
    """Run workers on this host; returns the exit code, and the signals that asked them to leave.

    Those of a job leave ``warning`` seconds before its end.
    """
    ends = None if job is None or job.ends is None else job.ends - warning
    path = local_data(study, data)
    with watch() as (observe, say):
        here = [_named(slot, job) for slot in slots]
        launcher = Launcher(study, here, observe=observe, say=say, data=path, ends=ends, agreed=agreed)
        code = launcher.run()
        say(f"Ended: {launcher.ended_by}")
        return code, launcher.received


def _named(slot: Slot, job: slurm.Job | None) -> Slot:
    """The slot as people and other hosts know it; workers on the CPU need not wait for each other."""
    label = f"{slot.label} of {host_name()}" + (f", job {job.id}" if job is not None else "")
    lock_names = slot.lock_names if slot.gpus else (f"{host_name()}-{os.getpid()}",)
    return replace(slot, label=label, lock_names=lock_names)
