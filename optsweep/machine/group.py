"""Processes that work on one thing together, one a device: started, signalled and ended together. Loads no torch."""

from __future__ import annotations

import collections
import contextlib
import functools
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from optsweep.machine.child import end_with_parent
from optsweep.machine.membership import environment_of
from optsweep.machine.process import answered_by_thread

POLL_SECONDS = 0.05
END_SECONDS = 5.0
"""How long the others may take to end by themselves when one has failed."""
LEAVE_SECONDS = 120.0
"""How long they may take when one has left with its work saved: the first may still write the checkpoint."""
TAIL_LINES = 50

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)


def free_port() -> int:
    """A port of this host that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def run_group(
    commands: Sequence[Sequence[str]],
    labels: Sequence[str],
    environment: Mapping[str, str],
    locks: Sequence[IO[str]] = (),
) -> int:
    """Run all commands at a time, with torchrun's environment and ``environment``; returns the exit code of the group.

    SIGINT, SIGTERM and SIGUSR1 are passed on to all; a second SIGINT ends them. One that dies or fails ends the others,
    and one line on stderr says which, by its place in ``labels``. Only the first's output is shown. Whatever ends this
    process, they get SIGTERM. ``locks`` are theirs too: they are held until the last of all these processes is gone.
    """
    group = _Group()
    with answered_by_thread(_SIGNALS, group.pass_on):
        try:
            group.start(commands, labels, environment, locks)
            group.watch()
        finally:
            group.kill()
    return group.conclude()


class _Member:
    """One process, and what it says on stderr: shown at once (the first's), kept for the end, or dropped."""

    def __init__(self, name: str, process: subprocess.Popen[str], *, shown: bool) -> None:
        self.name = name
        self.process = process
        self.error: list[str] = []
        """Its message to the user, from "error:" on: the group has one for all."""
        self.tail = collections.deque[str](maxlen=TAIL_LINES)
        self._shown = shown
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                if self.error or line.startswith("error:"):
                    self.error.append(line)
                elif self._shown:
                    print(line, end="", file=sys.stderr, flush=True)
                else:
                    self.tail.append(line)

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            # With what it has started, which would keep its memory and its ports.
            send = os.killpg if number == signal.SIGKILL else os.kill
            if self.process.poll() is None:
                send(self.process.pid, number)


class _Group:
    def __init__(self) -> None:
        self._members: list[_Member] = []
        self._sent: set[int] = set()
        self._failed: _Member | None = None
        """The first that died or failed by itself."""

    def start(
        self,
        commands: Sequence[Sequence[str]],
        labels: Sequence[str],
        environment: Mapping[str, str],
        locks: Sequence[IO[str]],
    ) -> None:
        port, size = free_port(), len(commands)
        for rank, (command, label) in enumerate(zip(commands, labels, strict=True)):
            process = subprocess.Popen(
                command,
                env={**os.environ, **environment, **environment_of(rank, size, port)},
                stdin=subprocess.DEVNULL,
                stdout=None if rank == 0 else subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                pass_fds=[lock.fileno() for lock in locks],
                # Ctrl-C on the terminal reaches this process alone, which passes it on.
                start_new_session=True,
                preexec_fn=functools.partial(_end_with, os.getpid()),
            )
            self._members.append(_Member(f"rank {rank} of {size} ({label})", process, shown=rank == 0))
        for number in list(self._sent):  # meanwhile, when not all were there
            self._signal_all(number)

    def pass_on(self, number: int) -> None:
        again = number == signal.SIGINT and number in self._sent
        self._signal_all(signal.SIGKILL if again else number)

    def watch(self) -> None:
        """Wait until all have ended; one that ends otherwise than well ends the others."""
        deadline = math.inf
        ended: list[tuple[_Member, int]] = []
        while len(ended) < len(self._members):
            time.sleep(POLL_SECONDS)
            now = time.monotonic()
            ended = [(member, status) for member in self._members if (status := member.process.poll()) is not None]
            left = [status for _, status in ended if self._has_left(status)]
            failed = [member for member, status in ended if status != EXIT_DONE and not self._has_left(status)]
            if failed and self._failed is None:
                self._failed = failed[0]
                self._signal_all(signal.SIGTERM)
                deadline = now + END_SECONDS
            elif left:
                # One that a signal has killed was not ready yet, and the others wait for it in vain.
                deadline = min(deadline, now + (END_SECONDS if min(left) < 0 else LEAVE_SECONDS))
            if now > deadline:
                self.kill()

    def _has_left(self, status: int) -> bool:
        """Whether somebody asked it to, or it saved its work because another one is gone."""
        return status == EXIT_INTERRUPTED or -status in self._sent

    def kill(self) -> None:
        self._signal_all(signal.SIGKILL)
        for member in self._members:
            member.process.wait()

    def conclude(self) -> int:
        """The group's exit code; says on stderr, in one message, what ended it."""
        for member in self._members:
            member.listener.join(1.0)  # a process that it has left behind may keep its stderr
        if self._failed is not None:
            return self._blame(self._failed)
        messages = [member.error for member in self._members if member.error]
        _say(messages[0] if messages else [])
        return EXIT_INTERRUPTED if any(member.process.returncode for member in self._members) else EXIT_DONE

    def _blame(self, failed: _Member) -> int:
        status = failed.process.returncode
        if status < 0:
            _say([f"error: {failed.name} was killed by {signal.Signals(-status).name}; the same command resumes\n"])
            return EXIT_FAILED
        # What the first had to say was shown.
        others = [*failed.tail, f"error: {failed.name} ended with exit code {status}\n"]
        _say(failed.error or ([] if failed is self._members[0] else others))
        return int(status)

    def _signal_all(self, number: int) -> None:
        self._sent.add(number)
        for member in self._members:
            member.signal(number)


def _say(lines: Sequence[str]) -> None:
    print("".join(lines), end="", file=sys.stderr, flush=True)


def _end_with(parent: int) -> None:
    end_with_parent(signal.SIGTERM)
    if os.getppid() != parent:  # it died before the call
        os.kill(os.getpid(), signal.SIGTERM)
