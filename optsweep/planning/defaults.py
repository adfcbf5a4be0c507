"""Which study, data, name and devices: what the user gave, else what suits what is there."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from optsweep.errors import ConfigError, DataError, DeviceError
from optsweep.machine.devices import MAX_WORKERS, Slot, allowed_gpus, cpu_slots, gpu_slots, misfit
from optsweep.results.folders import STUDIES, study_directory

USUAL_DATA = Path("data/processed_uniref50.pt")
LAST_STUDY = STUDIES / ".last_study"
"""Beside the default database: the study that commands without --name take."""


@dataclass(frozen=True)
class Choice:
    """A study file and data, and why."""

    study: str
    data: Path | None
    """None: the synthetic demo corpus, or nothing for a script that is given none."""
    why: str
    """Goes on after the study's name: "on data/x.pt: there is data and a GPU"."""
    begun: bool = False
    """Whether the study is taken as the database has it, not from a file."""

    def line(self, name: str) -> str:
        """What a sweep says first; ``name`` is the study's."""
        file = "" if self.study == name else f" ({self.study})"
        return f"Study {name}{file} {self.why}"


def choose(study: str | None, data: Path | None, *, gpus_asked: bool, takes_data: bool = True) -> Choice:
    """Pick what was left open; raises `DataError` if GPUs are asked for and there is no data."""
    if study is not None and data is None and not takes_data:
        return Choice(study, None, "with a script of your own")
    found = data or (USUAL_DATA if USUAL_DATA.exists() else None)
    if study is not None:
        if found is None and Path(study).stem != "demo":
            raise DataError(f"study {study}: no data; {_how_to_get_data()}")
        if found is None:
            return Choice(study, None, "on the synthetic demo corpus: no --data is given")
        return Choice(study, found, f"on {found}")
    if found is not None:
        origin = "" if data else " (found there)"
        if gpus_asked or allowed_gpus():
            return Choice("uniref50", found, f"on {found}{origin}: there is data and a GPU")
        return Choice("demo", found, f"on {found}{origin}: there is data and no GPU, so small models")
    if gpus_asked:
        raise DataError(f"--gpus asks for a real sweep, but there is no data; {_how_to_get_data()}")
    return Choice("demo", None, "on the synthetic demo corpus: no --data is given")


def _how_to_get_data() -> str:
    return (
        f"give --data FILE (FASTA or .pt), or make {USUAL_DATA}:\n"
        f"optsweep data import uniref50.fasta.gz -o {USUAL_DATA}   (without data: optsweep sweep demo)"
    )


def choose_slots(
    gpus: str | None, cpu_workers: int | None, workers_per_gpu: int, *, demo: bool, gpus_per_run: int = 1
) -> list[Slot]:
    """The slots asked for; else every allowed GPU (for the demo those of one slot), else CPU workers.

    Raises `DeviceError`, also if ``gpus_per_run`` does not divide the devices.
    """
    if not 1 <= workers_per_gpu <= MAX_WORKERS:
        raise DeviceError(f"--workers-per-gpu {workers_per_gpu}: must be 1 to {MAX_WORKERS}")
    if gpus is not None:
        return gpu_slots(gpus, workers_per_gpu, gpus_per_run=gpus_per_run)
    if cpu_workers is not None:
        return cpu_slots(cpu_workers, gpus_per_run)
    if there := allowed_gpus():
        if why := misfit(len(there), gpus_per_run):
            ways = "name those to train on with --gpus, or train on the CPU with --cpu-workers"
            raise DeviceError(f"GPUs of this host: {why}; {ways}")
        wanted = range(gpus_per_run if demo else len(there))
        return gpu_slots(",".join(map(str, wanted)), workers_per_gpu, gpus_per_run=gpus_per_run)
    return cpu_slots(gpus_per_run=gpus_per_run)


def study_name(given: str | None, study: str = "", data: Path | None = None) -> str:
    """``--name``, else the study file's name and, if data was given, the data's; raises `ConfigError`."""
    # Of the data without any extension: "x" for x.fasta.gz.
    of_data = "" if data is None else "-" + data.name.split(".")[0]
    name = given if given is not None else Path(study).stem + of_data
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", name):
        shown = name if len(name) <= 60 else name[:57] + "..."
        allowed = "letters, digits, '_', '-' and '.', at most 100, not beginning with '.' or '-'"
        raise ConfigError(f"study name {shown!r}", [f"must be {allowed}; choose one with --name"])
    # A study's folder stands beside study files and the default database.
    if study_directory(name).is_file() or name.startswith("optsweep.db"):
        raise ConfigError(f"study name {name!r}", [f"{study_directory(name)} is a file; choose another with --name"])
    return name


def remember(name: str) -> None:
    """Note the study for commands without --name; a read-only folder only means that they need --name."""
    with contextlib.suppress(OSError):
        LAST_STUDY.parent.mkdir(parents=True, exist_ok=True)
        LAST_STUDY.write_text(name + "\n")


def last_study() -> str | None:
    try:
        return LAST_STUDY.read_text(errors="replace").strip() or None
    except OSError:
        return None
