"""What a wrong input is, what a command line does with it, and what every refusal has in common."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from optsweep import cli
from tests.fakes.driver import PRETENDED_DRIVER

REPOSITORY = Path(__file__).parents[2]
SECONDS, SECONDS_WITH_TORCH = 2.0, 4.0
LIBRARIES = "import numpy, optuna.storages._rdb.models, pydantic, rich.console, sqlalchemy.orm, typer"
"""What a command cannot do without, and the seconds that they take where the limits above were set."""
LIBRARY_SECONDS = 0.6

Write = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """A wrong input: what is typed where, and the words that its message must have."""

    id: str
    arguments: list[str]
    says: list[str]
    """The wrong value, its place, what would be right: each stands in the message."""
    files: Mapping[str, bytes | str | Write] = field(default_factory=dict)
    """What lies in the folder beforehand: name -> content, or what writes it."""
    environment: Mapping[str, str] = field(default_factory=dict)
    gpus: list[str] | None = None
    """Lines of `nvidia-smi -L` on a machine that has GPUs."""
    secret: str | None = None
    """What must be shown and written nowhere."""
    planned: bool = False
    """Whether a study was planned in the folder before."""
    torch: bool = False
    """Whether the command cannot do without torch."""


Scene = Callable[[Case], Path]
"""Sets a case's scene; returns its folder, which has become the working directory."""


@dataclass(frozen=True)
class Outcome:
    code: int
    output: str
    errors: str
    seconds: float
    """Of processor time: the machine may be busy with other things."""


def tree(folder: Path) -> dict[str, str]:
    """Everything in a folder: name -> digest of the content. SQLite's own side files come and go with every look."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
        if not path.name.endswith(("-wal", "-shm"))
    }


def run_here(arguments: list[str], capture: pytest.CaptureFixture[str]) -> Outcome:
    """Run a command line in this process."""
    capture.readouterr()
    start = time.process_time()
    code = cli.run(arguments)
    seconds = time.process_time() - start
    printed = capture.readouterr()
    return Outcome(code, printed.out, printed.err, seconds)


def run_process(arguments: list[str], folder: Path, **options: object) -> Outcome:
    """Run a command line as a user does; its processor time counts start and imports too."""
    environment = {**os.environ, "PYTHONPATH": f"{PRETENDED_DRIVER}:{REPOSITORY}"}
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "optsweep", *arguments],
            cwd=folder,
            env=environment,
            **{"stdin": subprocess.DEVNULL, "stdout": output, "stderr": errors, **options},  # type: ignore[call-overload]
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        return Outcome(process.returncode, output.read(), errors.read(), usage.ru_utime + usage.ru_stime)


@functools.cache
def slowness() -> float:
    """How many times longer than there this machine takes now, with all that it has to do besides; at least 1."""
    before = os.times()
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return max(1.0, used / LIBRARY_SECONDS)


def check_refusal(case: Case, outcome: Outcome) -> None:
    """The contract of design and issue: exit code, lines, words, time; what was written is the caller's to check."""
    lines = outcome.errors.splitlines()
    assert outcome.code == 2, outcome
    assert 1 <= len(lines) <= 3, outcome.errors
    assert lines[0].startswith("error: "), outcome.errors
    for words in case.says:
        assert words in outcome.errors, f"{words!r} is missing in {outcome.errors!r}"
    shown = outcome.output + outcome.errors
    assert "Traceback" not in shown
    assert not set("╭│╰┏┃") & set(outcome.errors), "a box"
    assert all(letter.isprintable() or letter == "\n" for letter in outcome.errors)
    assert outcome.seconds < (SECONDS_WITH_TORCH if case.torch else SECONDS) * slowness()
    if case.secret is not None:
        assert case.secret not in shown
