"""Workers as jobs of SLURM: submitted by sbatch, recorded with their study, cancelled when it is stopped."""

from __future__ import annotations

import functools
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from optsweep.database.open_study import Study
from optsweep.database.urls import is_sqlite, masked
from optsweep.durations import parse_duration
from optsweep.errors import ConfigError, DeviceError
from optsweep.results.attributes import StudyAttributes
from optsweep.results.folders import study_directory

COMMAND_MODULE = "optsweep"
WARNING_SECONDS = 120
"""How long before the end of a job its workers leave."""
PROGRAM_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """What a submission asks SLURM for."""

    nodes: int
    gpus_per_node: int
    minutes: int
    partition: str | None = None


@dataclass(frozen=True)
class Job:
    """The job of SLURM in which this process runs."""

    id: str
    ends: float | None
    """Its time limit, epoch seconds."""


def warning_seconds(length: float) -> int:
    """How long before the end of a job of so many seconds its workers are told to leave."""
    return min(WARNING_SECONDS, int(length // 4))


def parse_time(text: str) -> int:
    """Minutes of ``36h``, ``90m``, ``2d``, or of SLURM's own way to write a time; raises `ConfigError`."""
    seconds = parse_duration(text) or 0.0
    if match := re.fullmatch(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?", text):
        days, first, second, third = (int(part or 0) for part in match.groups())
        if match[1] is not None or match[4] is not None:
            seconds = days * 86400 + first * 3600 + second * 60 + third
        else:
            seconds = first * 60 + second
    if not 0 < seconds <= 366 * 86400:
        raise ConfigError("--time", [f"{text!r} is not a time limit; write it like 36h, 90m, 2d or SLURM's 1-12:00:00"])
    return math.ceil(seconds / 60)


def script(study: str, asked: Allocation, agreed: str) -> str:
    """The script that `submit` gives to sbatch; accounts and the like go by sbatch's variables ($SBATCH_ACCOUNT).

    ``agreed`` is the digest of what the study executes, to which the user has agreed.
    """
    output = str(_folder(study)).replace("%", "%%") + ("/%A_%a.out" if asked.nodes > 1 else "/%j.out")
    lines = [
        f"job-name=optsweep-{study}",
        f"array=0-{asked.nodes - 1}%{asked.nodes}" if asked.nodes > 1 else "",
        "nodes=1",
        "ntasks-per-node=1",
        f"gpus-per-node={asked.gpus_per_node}" if asked.gpus_per_node else "",
        f"time={asked.minutes}",
        f"partition={asked.partition}" if asked.partition else "",
        f"signal=USR2@{warning_seconds(asked.minutes * 60)}",
        "requeue",
        "open-mode=append",
        f"output={shlex.quote(output)}",
    ]
    options = [f"--name={study}", f"--job-gpus={asked.gpus_per_node}", *([f"--trust={agreed}"] if agreed else [])]
    worker = shlex.join([sys.executable, "-u", "-m", COMMAND_MODULE, "worker", *options])
    # By srun: the signals before a time limit or a preemption are for the steps of a job, not for its script.
    return "\n".join(["#!/bin/sh", *(f"#SBATCH --{line}" for line in lines if line), f"exec srun {worker}", ""])


def submit(study: Study, asked: Allocation, text: str) -> str:
    """Have SLURM start workers on so many nodes by the script ``text``; returns the job's id.

    One element of a job array for each: they start, are preempted, and come back one by one. Raises `DeviceError` if
    there is no SLURM, and with its words if it refuses.
    """
    if shutil.which("sbatch") is None:
        raise DeviceError("there is no SLURM here (sbatch); on a host without it: optsweep worker")
    url = study.storage.url
    if is_sqlite(url) and asked.nodes > 1:
        raise DeviceError(f"storage {masked(url)}: SQLite serves one host; for several nodes use postgresql://...")
    # SLURM makes no folders.
    _folder(study.name).mkdir(parents=True, exist_ok=True)
    # The URL goes by the environment, which sbatch passes on: a script is for all to read.
    environment = {**os.environ, "OPTSWEEP_STORAGE": url.render_as_string(hide_password=False)}
    done = subprocess.run(["sbatch", "--parsable"], input=text, env=environment, capture_output=True, text=True)
    if done.returncode:
        words = " ".join(done.stderr.split()).removeprefix("sbatch: error: ")
        raise DeviceError(f"sbatch refuses: {words}")
    job = done.stdout.strip().split(";")[0]
    with study.storage.lock(f"plan {study.name}"):
        study.store(StudyAttributes(slurm_jobs=[*study.attributes().slurm_jobs, job]))
    return job


def _folder(study: str) -> Path:
    return study_directory(study).absolute() / "slurm"


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


def requeue(job: Job) -> str:
    """Queue the job in which this process runs again, which also ends it; returns what there is to say."""
    done = subprocess.run(["scontrol", "requeue", job.id], capture_output=True, text=True)
    return (
        f"Requeued job {job.id}" if done.returncode == 0 else f"job {job.id} does not come back: {done.stderr.strip()}"
    )


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
