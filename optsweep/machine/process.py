"""Processes of this host: which one it is and whether it lives, the signals that reach it, what the kernel killed."""

from __future__ import annotations

import contextlib
import enum
import functools
import math
import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from optsweep.outside_text import clean

FAULT_SIGNALS = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}

FRESH_SECONDS = 60.0
"""Who was heard of so lately lives, whatever else speaks against it."""

_patient_until = math.inf


class Cause(enum.Enum):
    """What ended an attempt: the run's own doing, or something that happened to it (invariant 11)."""

    INTERRUPTION = "interruption"
    FAULT = "fault"


def limit_patience(seconds: float) -> None:
    """Have this process wait for nothing beyond ``seconds`` from now: it was asked to leave, and others mend the rest.

    A signal handler may call it.
    """
    global _patient_until
    _patient_until = min(_patient_until, time.monotonic() + seconds)


def out_of_patience() -> bool:
    """Whether `limit_patience` has set an end that has come."""
    return time.monotonic() > _patient_until


def uptime() -> float:
    """Seconds since boot, those that the host slept included: a clock that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class ProcessIdentity:
    """A process as other processes of its host can recognise it, also after a reboot or when its pid is used again."""

    host: str
    """Host name, machine id and pid namespace: equal only if pids mean the same."""
    boot_id: str
    pid: int
    pid_started: int
    """Clock ticks between boot and the start of the process (proc(5), stat, field 22)."""

    def is_dead(self, silent: float) -> bool | None:
        """True or False if this process can tell for certain; None for a process of another host.

        ``silent`` is for how many seconds it has not been heard of. Of another boot it is dead if that was before this
        boot began: cloned machines share the host name and the machine id, and what they tell is newer.
        """
        if self.host != this_host():
            return None
        if self.boot_id != this_boot():
            return True if silent > max(uptime(), FRESH_SECONDS) else None
        return start_ticks(self.pid) != self.pid_started


def identify(pid: int | None = None) -> ProcessIdentity:
    """The identity of a live process of this host (by default of this one); raises `ProcessLookupError`."""
    pid = os.getpid() if pid is None else pid
    started = start_ticks(pid)
    if started is None:
        raise ProcessLookupError(pid)
    return ProcessIdentity(this_host(), this_boot(), pid, started)


@functools.cache
def host_name() -> str:
    """This host's name, fit for a folder, a label and any database; the kernel takes every byte in it."""
    return clean(platform.node(), 64, highest=0x7F).replace("/", "-")


@functools.cache
def this_host() -> str:
    # Containers of one machine share its boot id but not its pids: the pid namespace tells them apart.
    namespace = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    return f"{host_name()}/{_read(Path('/etc/machine-id'))[:12]}/{namespace}"


@functools.cache
def this_boot() -> str:
    return _read(Path("/proc/sys/kernel/random/boot_id"))


def start_ticks(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; None if it is gone or only a zombie is left of it."""
    fields = _stat(pid)
    return None if not fields or fields[0] in "ZX" else int(fields[19])


def descends_from(pid: int) -> bool:
    """Whether that process has started this one, or one that did."""
    ancestor = os.getppid()
    while ancestor > 1 and ancestor != pid:
        fields = _stat(ancestor)
        ancestor = int(fields[1]) if fields else 0
    return ancestor == pid


def _stat(pid: int) -> list[str]:
    """The fields of proc(5)'s stat from the third, the state, on; none if the process is gone."""
    # The second field is the command in parentheses and may hold spaces and parentheses itself.
    return _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


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


class OutOfMemoryCounter:
    """The kernel's count of out-of-memory kills in our control group (cgroups(7): v2 memory.events, v1 oom_control)."""

    def __init__(self) -> None:
        self._files = _counter_files()
        self._seen = self._count()

    def increased(self) -> bool:
        """Whether there was a kill since the last call (or since the start)."""
        before, self._seen = self._seen, self._count()
        return self._seen > before

    def _count(self) -> int:
        lines = "\n".join(map(_read, self._files)).splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


def _counter_files() -> list[Path]:
    files = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            root, name = Path("/sys/fs/cgroup"), "memory.events"
        elif "memory" in controllers.split(","):
            root, name = Path("/sys/fs/cgroup/memory"), "memory.oom_control"
        else:
            continue
        ours = root / group.lstrip("/") / name
        # In a container the group's path may be the host's, while the mount shows our part of the tree only.
        files.append(ours if ours.exists() else root / name)
    return files
