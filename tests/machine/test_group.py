"""Processes that work together begin, are signalled and end together; one message says what ended them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.machine.process import start_ticks
from optsweep.machine.slot_lock import SlotHeld, hold
from tests.sweeps import REPOSITORY, wait_for

PARENT = """
import json, sys
from pathlib import Path
from optsweep.machine import group
from optsweep.machine.process import start_ticks
from optsweep.machine.slot_lock import hold
group.END_SECONDS = 0.5
code, lock = sys.argv[1:]
commands = [[sys.executable, "-c", code] for _ in range(3)]
locks = hold([Path(lock)])
sys.exit(group.run_group(commands, ["GPU a", "GPU b", "GPU c"], {"GIVEN": "yes"}, locks))
"""
MEMBER = """
import json, os, signal, sys, time
from pathlib import Path
rank = int(os.environ["RANK"])
def ready():
    Path(f"{rank}.json").write_text(json.dumps({**os.environ, "pid": os.getpid()}))
def all_ready():
    while not all(Path(f"{number}.json").exists() for number in range(3)):
        time.sleep(0.01)
def on_signal(number, _):
    Path(f"{rank}.signal").write_text(str(number))
    sys.exit(3)
"""
WAIT = "while True: time.sleep(60)"
SECONDS = 30


class Started:
    """A group in a folder, whose members run ``code``."""

    def __init__(self, folder: Path, code: str) -> None:
        self.folder = folder
        self.lock = folder / "gpu.lock"
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, MEMBER + code, str(self.lock)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def members(self) -> list[dict[str, str]]:
        """Their environments and pids, as soon as all are ready."""
        files = [self.folder / f"{rank}.json" for rank in range(3)]
        wait_for(lambda: all(file.exists() and file.read_text().endswith("}") for file in files), SECONDS)
        return [json.loads(file.read_text()) for file in files]

    def end(self) -> tuple[int, str, str]:
        """Exit code, output and errors; no member is left."""
        output, errors = self.process.communicate(timeout=SECONDS)
        for member in self.members():
            assert not lives(member)
        return self.process.returncode, output, errors


def lives(member: dict[str, str]) -> bool:
    return start_ticks(int(member["pid"])) is not None


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where members write that they are ready; none is left behind."""
    yield tmp_path
    for file in tmp_path.glob("*.json"):
        member = json.loads(file.read_text())
        if lives(member):
            os.kill(int(member["pid"]), signal.SIGKILL)


def test_each_has_its_rank_and_the_first_is_heard(folder: Path) -> None:
    group = Started(folder, 'ready(); all_ready(); print("I am", rank); print("note", rank, file=sys.stderr)')
    assert group.end() == (0, "I am 0\n", "note 0\n")
    members = group.members()
    assert [member["RANK"] for member in members] == [member["LOCAL_RANK"] for member in members] == ["0", "1", "2"]
    assert {(member["WORLD_SIZE"], member["MASTER_ADDR"], member["GIVEN"]) for member in members} == {
        ("3", "127.0.0.1", "yes")
    }
    assert len({member["MASTER_PORT"] for member in members}) == 1


def test_one_that_is_killed_ends_the_others_and_is_named(folder: Path) -> None:
    group = Started(
        folder,
        """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
ready(); all_ready()
if rank == 1: os.kill(os.getpid(), signal.SIGKILL)
time.sleep(60)
""",
    )
    message = "error: rank 1 of 3 (GPU b) was killed by SIGKILL; the same command resumes\n"
    assert group.end() == (1, "", message)


def test_survivors_that_notice_first_are_not_blamed(folder: Path) -> None:
    group = Started(
        folder,
        """
ready(); all_ready()
if rank != 2:
    print("error: another rank is gone", file=sys.stderr)
    sys.exit(3)
time.sleep(0.3)
os.kill(os.getpid(), signal.SIGSEGV)
""",
    )
    code, _, errors = group.end()
    assert (code, errors) == (1, "error: rank 2 of 3 (GPU c) was killed by SIGSEGV; the same command resumes\n")


def test_a_mistake_of_the_users_that_all_find_is_said_once(folder: Path) -> None:
    group = Started(
        folder, 'ready(); all_ready(); print("error: there is no data\\nmake some", file=sys.stderr); sys.exit(2)'
    )
    assert group.end() == (2, "", "error: there is no data\nmake some\n")


def test_what_one_failed_on_is_shown(folder: Path) -> None:
    group = Started(folder, 'ready(); all_ready()\nif rank == 2: raise ValueError("no such thing")\ntime.sleep(60)')
    code, _, errors = group.end()
    assert code == 1
    assert "ValueError: no such thing\nerror: rank 2 of 3 (GPU c) ended with exit code 1\n" in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1])
def test_a_signal_reaches_all_and_they_leave(folder: Path, number: signal.Signals) -> None:
    group = Started(folder, f"signal.signal({number}, on_signal); ready(); time.sleep(60)")
    group.members()
    group.process.send_signal(number)
    assert group.end() == (3, "", "")
    assert [(folder / f"{rank}.signal").read_text() for rank in range(3)] == [str(int(number))] * 3


def test_a_signal_that_finds_some_unprepared_ends_all(folder: Path) -> None:
    group = Started(
        folder, "signal.signal(signal.SIGTERM, signal.SIG_IGN if rank else signal.SIG_DFL); ready(); time.sleep(60)"
    )
    group.members()
    group.process.send_signal(signal.SIGTERM)
    assert group.end() == (3, "", "")


def test_a_second_ctrl_c_ends_those_that_do_not_leave(folder: Path) -> None:
    group = Started(folder, 'signal.signal(signal.SIGINT, lambda *_: Path(f"{rank}.seen").touch())\nready()\n' + WAIT)
    group.members()
    group.process.send_signal(signal.SIGINT)
    wait_for(lambda: len(list(folder.glob("*.seen"))) == 3, SECONDS)
    group.process.send_signal(signal.SIGINT)
    assert group.end() == (3, "", "")


def test_they_leave_when_their_parent_is_killed_and_the_locks_are_held_until_they_have(folder: Path) -> None:
    group = Started(
        folder,
        """
def leave(number, _):
    Path(f"{rank}.signal").touch()
    while not Path("go").exists(): time.sleep(0.01)
    sys.exit(3)
signal.signal(signal.SIGTERM, leave)
ready()
while True: time.sleep(60)
""",
    )
    members = group.members()
    group.process.kill()
    group.process.wait()
    for pipe in (group.process.stdout, group.process.stderr):
        assert pipe is not None
        pipe.close()
    wait_for(lambda: len(list(folder.glob("*.signal"))) == 3, SECONDS)
    with pytest.raises(SlotHeld):
        hold([group.lock])
    (folder / "go").touch()
    wait_for(lambda: not any(lives(member) for member in members), SECONDS)
    hold([group.lock])[0].close()
