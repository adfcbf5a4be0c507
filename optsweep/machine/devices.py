"""Which devices a sweep runs on: GPUs as the driver lists them, or CPU workers; and the lock of each place on one.

Ids are opaque strings. One process of ours is on a place of a device at a time, whoever started it (invariant 12).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from optsweep.errors import DeviceError
from optsweep.machine.process import host_name

MAX_WORKERS = 256
HOST_LOCKS = Path(f"/tmp/optsweep-{os.getuid()}")
"""Where GPU slots are locked: one place a host and user, whatever the study, the folder or $TMPDIR."""

_WAIT_VARIABLES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
_SPINS = "10000"
"""How often a thread of OpenMP looks before it sleeps when it waits for another. libgomp's own 300,000 keep a core that
another program wants from the very thread that is waited for: training fell to a twentieth (docs/performance.md)."""


def waiting() -> dict[str, str]:
    """How the threads of a training wait for each other, unless the user has said how; for before torch is imported."""
    return {} if any(name in os.environ for name in _WAIT_VARIABLES) else {"GOMP_SPINCOUNT": _SPINS}


@dataclass(frozen=True)
class Gpu:
    """A GPU or a MIG slice, as ``nvidia-smi -L`` names it."""

    uuid: str
    name: str
    index: int | None
    """The driver's index; None for a MIG slice."""

    @property
    def label(self) -> str:
        return f"physical GPU {self.index}" if self.index is not None else f"MIG slice {self.uuid}"


@dataclass(frozen=True)
class Slot:
    """A place for one worker: a GPU (or a share of one), or a share of the CPU."""

    label: str
    """For people: "physical GPU 0", "CPU worker 1"."""
    lock_name: str
    """Equal for two slots only if they are the same place of the same device."""
    threads: int
    gpu: Gpu | None = None

    @property
    def kind(self) -> str:
        """Slots of one kind are equally fast."""
        return self.gpu.name if self.gpu else "CPU"

    @property
    def device(self) -> str:
        """For torch; "cuda" is the one GPU that is visible."""
        return "cuda" if self.gpu else "cpu"

    @property
    def environment(self) -> dict[str, str]:
        """What the worker's environment must hold before torch is imported."""
        gpus = {"CUDA_VISIBLE_DEVICES": self.gpu.uuid if self.gpu else ""}
        if self.gpu:
            gpus["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(self.threads))
        return {**gpus, **threads, **waiting()}

    def lock_path(self, study_directory: Path) -> Path:
        """Where the slot is locked: GPUs host-wide; CPU slots within the study, since cores are shared anyway.

        Other hosts may share the study's folder, and have their own CPUs.
        """
        directory = _host_locks() if self.gpu else study_directory / "slots" / host_name()
        return directory / f"{self.lock_name}.lock"


def _host_locks() -> Path:
    """`HOST_LOCKS`, made if it is missing; raises `DeviceError` unless it is a folder of this user's alone.

    Everybody can guess its name, and make it before us.
    """
    with contextlib.suppress(FileExistsError):
        HOST_LOCKS.mkdir(mode=0o700)
    found = HOST_LOCKS.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        what = f"a folder of user {found.st_uid}" if stat.S_ISDIR(found.st_mode) else "no folder"
        raise DeviceError(f"{HOST_LOCKS}: is {what}; GPUs are locked there, in a folder of your own: have it removed")
    if found.st_mode & 0o077:  # as earlier versions made it
        HOST_LOCKS.chmod(0o700)
    return HOST_LOCKS


def ask_driver(*question: str, seconds: float) -> str:
    """What nvidia-smi answers within ``seconds``; nothing if there is none, or if it fails."""
    try:
        asked = subprocess.run(["nvidia-smi", *question], capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout


def list_gpus() -> list[Gpu]:
    """The GPUs and MIG slices that the driver lists, whatever CUDA_VISIBLE_DEVICES says; empty without a driver."""
    gpus = []
    for line in ask_driver("-L", seconds=30).splitlines():
        if match := re.match(r"GPU (\d+): (.*) \(UUID: (\S+)\)", line):
            gpus.append(Gpu(match[3], match[2], int(match[1])))
        elif match := re.match(r"\s+(MIG .*?)\s+Device\s+\d+: \(UUID: (\S+)\)", line):
            gpus.append(Gpu(match[2], match[1], None))
    return gpus


def allowed_gpus() -> list[Gpu]:
    """The GPUs that an inherited CUDA_VISIBLE_DEVICES leaves us, in its order (SLURM sets it); else all."""
    there = list_gpus()
    inherited = os.environ.get("CUDA_VISIBLE_DEVICES")
    if inherited is None:
        return [gpu for gpu in there if gpu.index is not None]
    allowed = []
    for text in filter(None, (part.strip() for part in inherited.split(","))):
        gpu = _named(text, there)
        # CUDA itself ignores everything from the first invalid id on.
        if gpu is None:
            break
        allowed.append(gpu)
    return allowed


def _named(text: str, gpus: list[Gpu]) -> Gpu | None:
    """The GPU of that index or (beginning of its) UUID."""
    if _is_index(text):
        return next((gpu for gpu in gpus if gpu.index == int(text)), None)
    matches = [gpu for gpu in gpus if gpu.uuid.startswith(text)] if text.startswith(("GPU-", "MIG-")) else []
    return matches[0] if len(matches) == 1 else None


def gpu_slots(asked: str, workers_per_gpu: int = 1, *, option: str = "--gpus") -> list[Slot]:
    """The slots of ``--gpus 0,1`` (indices into the allowed GPUs, GPU-UUIDs or MIG-UUIDs); raises `DeviceError`.

    ``option`` is what the user typed them behind.
    """
    allowed = allowed_gpus()
    chosen: list[Gpu] = []
    for text in (part.strip() for part in asked.split(",")):
        gpu = _chosen(text, allowed)
        if gpu is None:
            raise DeviceError(f"{option} {asked}: there is no GPU {text!r}; {_there(allowed, option)}")
        if gpu in chosen:
            raise DeviceError(
                f"{option} {asked}: GPU {text!r} is named twice; for several workers on one: --workers-per-gpu"
            )
        chosen.append(gpu)
    threads = _share_of_cores(len(chosen) * workers_per_gpu)
    slots = []
    # Slot by slot, so that the first runs spread over all GPUs.
    for number in range(workers_per_gpu):
        suffix = f", slot {number}" if workers_per_gpu > 1 else ""
        slots += [Slot(f"{gpu.label}{suffix}", f"{gpu.uuid}-{number}", threads, gpu) for gpu in chosen]
    return slots


def _is_index(text: str) -> bool:
    # str.isdigit alone lets "²" pass, which int() refuses; and int() refuses thousands of digits.
    return text.isascii() and text.isdigit() and len(text) < 10


def _chosen(text: str, allowed: list[Gpu]) -> Gpu | None:
    if _is_index(text):
        # An index counts within what we are allowed, as it does for CUDA: under SLURM, 0 is the first GPU given to us.
        return allowed[int(text)] if int(text) < len(allowed) else None
    return _named(text, allowed) or (_named(text, list_gpus()) if "CUDA_VISIBLE_DEVICES" not in os.environ else None)


def _there(allowed: list[Gpu], option: str) -> str:
    if not allowed:
        return f"no NVIDIA GPU is visible here (nvidia-smi -L); leave {option} out to work on the CPU"
    return "there: " + ", ".join(f"{number} ({gpu.name}, {gpu.uuid})" for number, gpu in enumerate(allowed))


def cpu_slots(workers: int | None = None) -> list[Slot]:
    """``workers`` slots that share this machine's cores; raises `DeviceError`.

    By default one a core, at most eight: small models do not use more than a core well.
    """
    if workers is None:
        workers = min(8, _share_of_cores(1))
    if not 1 <= workers <= MAX_WORKERS:
        raise DeviceError(f"--cpu-workers {workers}: must be 1 to {MAX_WORKERS}")
    threads = _share_of_cores(workers)
    return [Slot(f"CPU worker {number}", f"cpu-{number}", threads) for number in range(workers)]


def _share_of_cores(workers: int) -> int:
    return max(1, len(os.sched_getaffinity(0)) // workers)


def try_hold(path: Path) -> IO[str] | None:
    """Take the lock, to be held until this process ends, or None if another process holds it.

    The kernel frees it at the death of the process; the file names the holder for people. Raises `DeviceError` for what
    is no lock file: a link, or a file with another name too, would have us write into what somebody else chose.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = _open(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    with contextlib.suppress(OSError):  # a full disk
        os.ftruncate(handle.fileno(), 0)
        os.write(handle.fileno(), f"{os.getpid()}\n".encode())
    return handle


def holder(path: Path) -> str:
    """The pid of the process that holds the lock, for a message."""
    try:
        with _open(path, os.O_RDONLY) as handle:
            return handle.read().strip() or "unknown"
    except (OSError, DeviceError):
        return "unknown"


def _open(path: Path, flags: int) -> IO[str]:
    try:
        # Without O_NONBLOCK a pipe of that name would keep us waiting.
        number = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        raise DeviceError(f"{path}: cannot be a slot's lock: {error.strerror}; remove it") from None
    found = os.fstat(number)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(number)
        raise DeviceError(f"{path}: cannot be a slot's lock: it is no plain file of one name; remove it")
    return os.fdopen(number, "r+" if flags & os.O_RDWR else "r")
