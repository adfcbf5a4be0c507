"""Workers as jobs of SLURM: submitted through submitit, recorded with their study, cancelled when it is stopped."""

from __future__ import annotations

import functools
import importlib.util
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optsweep.database.limits import UNITS
from optsweep.errors import ConfigError, DeviceError
from optsweep.results.attributes import StudyAttributes
from optsweep.results.folders import study_directory

if TYPE_CHECKING:
    from optsweep.database.open_study import Study

WARNING_SECONDS = 120
"""How long before the end of a job its workers are told to write their checkpoints."""
MAX_TIME_LIMITS = 10_000
"""How often a job may come back after its time limit; `optsweep stop` and the end of the study come first."""
PROGRAM_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """What a submission asks SLURM for."""

    nodes: int
    gpus_per_node: int
    minutes: int
    partition: str | None = None

    @property
    def warning_seconds(self) -> int:
        return min(WARNING_SECONDS, self.minutes * 60 // 4)


@dataclass(frozen=True)
class Job:
    """The job of SLURM in which this process runs."""

    id: str
    ends: float | None
    """Its time limit, epoch seconds."""


def parse_time(text: str) -> int:
    """Minutes of ``36h``, ``90m``, ``2d``, or of SLURM's own way to write a time; raises `ConfigError`."""
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text):
        seconds = float(match[1]) * UNITS[match[2]]
    elif match := re.fullmatch(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?", text):
        days, first, second, third = (int(part or 0) for part in match.groups())
        if match[1] is not None or match[4] is not None:
            seconds = days * 86400 + first * 3600 + second * 60 + third
        else:
            seconds = first * 60 + second
    else:
        seconds = 0
    if not 0 < seconds <= 366 * 86400:
        raise ConfigError("--time", [f"{text!r} is not a time limit; write it like 36h, 90m, 2d or SLURM's 1-12:00:00"])
    return math.ceil(seconds / 60)


def require_submitit() -> None:
    if importlib.util.find_spec("submitit") is None:
        raise DeviceError("submit needs the package submitit: pip install 'optsweep[slurm]'")


def script(study: str, allocation: Allocation) -> str:
    """The script that `submit` gives to sbatch."""
    require_submitit()
    from submitit.slurm.slurm import _make_sbatch_string

    executor_command = f"{shlex.quote(sys.executable)} -u -m submitit.core._submit {shlex.quote(str(_folder(study)))}"
    count = allocation.nodes if allocation.nodes > 1 else None
    return str(_make_sbatch_string(executor_command, _folder(study), map_count=count, **_parameters(study, allocation)))


def submit(study: Study, allocation: Allocation, work: Callable[[], int]) -> str:
    """Have SLURM call ``work`` on so many nodes, one element of a job array for each; returns the job's id.

    Elements start, are preempted, and come back one by one. Raises `DeviceError` where there is no SLURM, and with its
    words where it refuses.
    """
    require_submitit()
    from submitit import SlurmExecutor
    from submitit.core.utils import FailedJobError

    from optsweep.database.urls import is_sqlite, masked

    if shutil.which("sbatch") is None:
        raise DeviceError("there is no SLURM here (sbatch); on a host without it: optsweep worker")
    if is_sqlite(study.storage.url) and allocation.nodes > 1:
        where = masked(study.storage.url)
        raise DeviceError(f"storage {where}: SQLite serves one host; for several nodes use postgresql://...")
    # By the environment, which sbatch passes on: a script is for all to read.
    os.environ["OPTSWEEP_STORAGE"] = study.storage.url.render_as_string(hide_password=False)
    executor = SlurmExecutor(_folder(study.name), max_num_timeout=MAX_TIME_LIMITS)
    executor.update_parameters(**_parameters(study.name, allocation))
    try:
        first = executor.submit_array([work] * allocation.nodes)[0]
    except FailedJobError as error:
        words = " ".join(str(error).split()).removeprefix("sbatch: error: ")
        raise DeviceError(f"sbatch refuses: {words}") from None
    job = str(first.job_id).split("_")[0]
    with study.storage.lock(f"plan {study.name}"):
        study.store(StudyAttributes(slurm_jobs=[*study.attributes().slurm_jobs, job]))
    return job


def _folder(study: str) -> Path:
    # One for all jobs: SLURM makes no folders, and a job may begin before submitit has made it one.
    return study_directory(study).absolute() / "slurm"


def _parameters(study: str, allocation: Allocation) -> dict[str, Any]:
    """What submitit is to ask for; accounts and the like go by sbatch's own variables ($SBATCH_ACCOUNT)."""
    return {
        "job_name": f"optsweep-{study}",
        "nodes": 1,
        "ntasks_per_node": 1,
        **({"gpus_per_node": allocation.gpus_per_node} if allocation.gpus_per_node else {}),
        "time": allocation.minutes,
        **({"partition": allocation.partition} if allocation.partition else {}),
        "signal_delay_s": allocation.warning_seconds,
        "stderr_to_stdout": True,
        "additional_parameters": {"requeue": True},
    }


def current_job() -> Job | None:
    """The job in which this process runs, or None."""
    number = os.environ.get("SLURM_JOB_ID")
    if number is None:
        return None
    array, element = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return Job(f"{array}_{element}" if array and element else number, _end_of(number))


def _end_of(job: str) -> float | None:
    told = os.environ.get("SLURM_JOB_END_TIME", "")
    if told.isdigit():
        return float(told)
    match = re.search(r"EndTime=(\d\S+)", _ask("scontrol", "show", "job", job))
    return datetime.fromisoformat(match[1]).timestamp() if match else None


def cancel_waiting(study: Study) -> list[str]:
    """Take the study's jobs that have not begun out of SLURM's queue; returns all that are still there.

    Those that run need no signal: their workers learn from the database that the study is stopped, write their
    checkpoints in the time that it takes, and leave.
    """
    there = list(job_states(study.attributes().slurm_jobs))
    if there:
        _ask("scancel", "--state=PENDING", *there)
    return there


def job_states(jobs: Iterable[str]) -> dict[str, Counter[str]]:
    """Job -> how many of its elements are in which state; jobs that have ended are left out."""
    states: dict[str, Counter[str]] = {}
    known = set(jobs)
    # Not by --jobs: squeue shows nothing where one of them is forgotten.
    for line in _ask("squeue", "--noheader", "--array", "--format=%F %T").splitlines() if known else ():
        job, state = line.split()
        if job in known:
            states.setdefault(job, Counter())[state.lower()] += 1
    return dict(sorted(states.items(), key=lambda item: int(item[0])))


def _ask(*command: str) -> str:
    """What a program of SLURM says; nothing where it is missing, does not answer, or knows the job no more."""
    try:
        run = functools.partial(subprocess.run, capture_output=True, text=True, timeout=PROGRAM_SECONDS)
        return str(run(command).stdout)
    except (OSError, subprocess.TimeoutExpired):
        return ""
