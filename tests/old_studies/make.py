"""Makes half-done studies by another version of the code, as fixtures for those that come after it.

git worktree add /tmp/old COMMIT
.venv/bin/python -m tests.old_studies.make /tmp/old tests/old_studies/COMMIT [KIND ...]
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.databases import fresh_database
from tests.old_studies.stored import (
    DEMO,
    DUMP,
    EXPECTED,
    NAME,
    SQLITE,
    TOKEN,
    dump_postgresql,
    dump_sqlite,
    is_on_postgresql,
    read_config,
    read_curve,
    replace_path,
    restore,
    runs_of,
)

KINDS = (
    "sqlite",
    "postgresql",
    "script",
    "maximise",
    "grammar",
    "repeats",
    "sequences",
    "sequences-postgresql",
    "shipped",
)
SOURCES = Path(__file__).parent / "sources"
HALF = range(3, 7)
"""Evaluations of ten after which a run is interrupted."""
UNNEEDED = ("artifacts", "workers", "slots", "checkpoint_previous.pt", "command.sh")
"""Copies for the dashboard, what workers said outside of their runs, locks; what is large or names this machine."""
LONG_AGO = 1e9
"""Epoch seconds of the last sign of life of workers that were killed."""


@dataclass(frozen=True)
class OldCode:
    """A checkout of the version that makes the studies, working in one folder on one database."""

    source: Path
    folder: Path
    url: str | None

    @property
    def environment(self) -> dict[str, str]:
        others = {key: value for key, value in os.environ.items() if key != "OPTSWEEP_STORAGE"}
        storage = {} if self.url is None else {"OPTSWEEP_STORAGE": self.url}
        return {**others, "PYTHONPATH": str(self.source), **storage}

    def check(self) -> None:
        """Make sure that it is the code of the checkout that runs."""
        words = [sys.executable, "-c", "import optsweep; print(optsweep.__file__)"]
        used = subprocess.run(words, cwd=self.folder, env=self.environment, check=True, capture_output=True, text=True)
        print("made by", used.stdout.strip())
        assert Path(used.stdout.strip()).is_relative_to(self.source)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "optsweep", *arguments]
        return subprocess.Popen(words, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True)

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, f"{arguments} ended with {process.returncode}\n{output}"
        return output

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.run("status", "--name", NAME, "--json"))
        return status

    def num_evaluations(self, run: str) -> int:
        """Of the run with that name, or of the farthest of those that match a pattern."""
        directories = (self.folder / "studies" / NAME / "runs").glob(run)
        return max((len(read_curve(directory)) for directory in directories), default=0)

    def sweep_until_half_of(self, run: str, sweep: list[str], *, kill: bool) -> None:
        """Begin the study and end it in the middle of ``run``: kill -9 of every process at once, or one Ctrl-C."""
        launcher = self.start(*sweep)
        while self.num_evaluations(run) < HALF.start:
            assert launcher.poll() is None, "it ended too early"
            time.sleep(0.002)
        if kill:
            family = [psutil.Process(launcher.pid), *psutil.Process(launcher.pid).children(recursive=True)]
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for process in family:
                    process.send_signal(number)
            launcher.communicate()
        else:
            launcher.send_signal(signal.SIGINT)
            launcher.communicate()
            assert launcher.returncode == 3
        assert self.num_evaluations(run) in HALF, "too late; try again"


def make_fasta(path: Path) -> None:
    """120 random proteins, three of them twice."""
    rng = random.Random(1)
    proteins = ["".join(rng.choices("ACDEFGHIKLMNPQRSTVWY", k=rng.randint(40, 90))) for _ in range(120)]
    path.write_text("".join(f">protein{n}\n{protein}\n" for n, protein in enumerate(proteins + proteins[:3])))


def begin_builtin(old: OldCode, kind: str) -> list[str]:
    """A study of the built-in trainer: random runs on SQLite, TPE and a run of the user's on PostgreSQL."""
    shutil.copy(SOURCES / "builtin.toml", old.folder / "study.toml")
    if kind == "sqlite":
        old.run("data", "demo", "-n", "100", "-o", "data/proteins.pt")
    else:
        make_fasta(old.folder / "proteins.fasta")
        old.run("data", "import", "proteins.fasta", "-o", "data/proteins.pt")
        (old.folder / "proteins.fasta").unlink()
    drawn = "random" if kind == "sqlite" else "tpe"
    sweep = ["sweep", "study.toml", "--data", "data/proteins.pt", "--name", NAME, "--type", drawn]
    old.sweep_until_half_of(f"{drawn}-002", [*sweep, "--cpu-workers", "1"], kill=kind == "sqlite")
    if kind == "postgresql":
        old.run("enqueue", "--name", NAME, "lr=0.005", "schedule=cosine")
        old.run("stop", "--name", NAME)
    return sweep


def begin_repeats(old: OldCode, kind: str) -> list[str]:
    """A study with repeats, patience, two draws and a search of ``decay``, in the middle of its first repeat.

    On PostgreSQL with TPE; and all but the oldest on a sample of the sequences.
    """
    study = (SOURCES / "repeats.toml").read_text()
    (old.folder / "study.toml").write_text(study if kind == "repeats" else f"{study}\n[data]\nsequences = 40\n")
    old.run("data", "demo", "-n", "80", "-o", "data/proteins.pt")
    drawn = "tpe" if is_on_postgresql(kind) else "random"
    sweep = ["sweep", "study.toml", "--data", "data/proteins.pt", "--name", NAME, "--type", drawn]
    old.sweep_until_half_of("*-seed2", [*sweep, "--cpu-workers", "1"], kill=not is_on_postgresql(kind))
    return sweep


def begin_script(old: OldCode, kind: str) -> list[str]:
    """A study of a script that knows nothing of optsweep; of kind "maximise" it is for the highest value."""
    study = (SOURCES / "script.toml").read_text()
    # With this seed the run that is killed is a good one where high values are: it will not be cut when it goes on.
    maximised = study.replace("[trainer.metrics]", "[trainer.metrics]\nmaximize = true").replace("seed = 4", "seed = 8")
    (old.folder / "study.toml").write_text(maximised if kind == "maximise" else study)
    shutil.copytree(SOURCES / "script", old.folder / "script")
    old.run("data", "demo", "-n", "30", "-o", "data/proteins.pt")
    sweep = ["sweep", "study.toml", "--data", "data/proteins.pt", "--name", NAME]
    old.sweep_until_half_of("random-002", [*sweep, "--cpu-workers", "1"], kill=True)
    return sweep


def begin_grammar(old: OldCode, kind: str) -> list[str]:
    """A study of a script that is given flags in its own grammar, its checkpoint, and no data."""
    shutil.copy(SOURCES / "grammar.toml", old.folder / "study.toml")
    shutil.copytree(SOURCES / "grammar", old.folder / "grammar")
    sweep = ["sweep", "study.toml", "--name", NAME]
    old.sweep_until_half_of("random-002", [*sweep, "--cpu-workers", "1"], kill=True)
    return sweep


def store(old: OldCode, target: Path) -> None:
    """Copy the study into this repository, without what nobody needs."""
    if old.url is None:
        # Else a machine whose clock is behind that of the one that made the study would wait for the dead worker.
        with sqlite3.connect(old.folder / SQLITE) as database:
            database.execute("UPDATE optsweep_runs SET beat = ? WHERE token IS NOT NULL", [LONG_AGO])
        database.close()
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    left_out = shutil.ignore_patterns(".*", "__pycache__", "*.lock", f"{SQLITE.name}*", *UNNEEDED)
    shutil.copytree(old.folder, target, ignore=left_out)
    dump = dump_sqlite(old.folder / SQLITE) if old.url is None else dump_postgresql(old.url)
    (target / DUMP).write_text(dump)
    replace_path(target, str(old.folder), TOKEN)


@contextmanager
def fresh_place(kind: str, parent: Path, folder: str) -> Iterator[tuple[Path, str | None]]:
    """A path where nothing is yet, and the URL of an empty database where it is PostgreSQL."""
    if not is_on_postgresql(kind):
        yield parent / folder, None
        return
    with fresh_database("postgresql", parent) as url:
        yield parent / folder, url


def make(source: Path, target: Path, kind: str) -> None:
    """Make one study, let the old code itself end a copy of it, and note both states in expected.json."""
    with tempfile.TemporaryDirectory() as temporary:
        parent = Path(temporary)
        with fresh_place(kind, parent, "begun") as (folder, url):
            folder.mkdir()
            old = OldCode(source, folder, url)
            old.check()
            builtin = dict.fromkeys(("sqlite", "postgresql"), begin_builtin)
            begin = {**builtin, **dict.fromkeys(("script", "maximise"), begin_script), "grammar": begin_grammar}
            sweep = begin.get(kind, begin_repeats)(old, kind)
            before = old.status()
            store(old, target)
        with fresh_place(kind, parent, "ended") as (folder, url):
            restore(target, folder, url)
            old = OldCode(source, folder, url)
            print(old.run("sweep", "--name", NAME, "--cpu-workers", "1"))
            after = old.status()
            directories = {run["run"]: folder / run["dir"] for run in after["runs"]}
            configs = {run: read_config(directory) for run, directory in directories.items()}
            curves = {run: read_curve(directory) for run, directory in directories.items()}
    expected = {
        "sweep": sweep,
        "target": after["target"],
        "before": runs_of(before),
        "configs": configs,
        "curves": curves,
    }
    (target / EXPECTED).write_text(json.dumps(expected, indent=1) + "\n")


def make_shipped(source: Path, target: Path) -> None:
    """Only the database of a study of the shipped demo file, interrupted in its first run."""
    with tempfile.TemporaryDirectory() as temporary:
        old = OldCode(source, Path(temporary), None)
        old.check()
        launcher = old.start("sweep", "demo", "--cpu-workers", "1")
        while len(read_curve(old.folder / "studies" / "demo" / "runs" / "large_quality")) < HALF.start:
            assert launcher.poll() is None, "it ended too early"
            time.sleep(0.01)
        launcher.send_signal(signal.SIGINT)
        launcher.communicate()
        target.mkdir(parents=True, exist_ok=True)
        (target / DEMO).write_text(dump_sqlite(old.folder / SQLITE).replace(str(old.folder), TOKEN))


if __name__ == "__main__":
    source, target = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    for kind in sys.argv[3:] or KINDS:
        if kind == "shipped":
            make_shipped(source, target)
        else:
            make(source, target / kind, kind)
