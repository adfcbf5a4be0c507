"""A script that is given no data: nothing that its study says or leaves behind speaks of any."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from optsweep import cli
from optsweep.database.connection import open_storage
from optsweep.database.open_study import open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_USAGE, ConfigError
from optsweep.integrations.notes import run_note, study_note
from optsweep.results.records import StudySnapshot
from optsweep.views.export import export
from optsweep.views.frame import frame
from optsweep.views.html import report_html
from optsweep.views.status import status_document, status_table
from optsweep.views.summary import best_document, best_table, summary
from tests.snapshots import render, trust_of
from tests.sweeps import REPOSITORY

SCRIPT = """
import json, sys
from pathlib import Path
lr, seed = float(sys.argv[2]), int(sys.argv[3])
with open(Path(sys.argv[1]) / "log.jsonl", "a") as log:
    for step in range(1, 4):
        print("step", step)
        log.write(json.dumps({"step": step, "loss": lr + 1 / step + seed % 7 / 1000}) + chr(10))
"""
STUDY = """
[study]
type = "random"
trials = 1
[budget]
num_evaluations = 3
[trainer]
command = ["python", "train.py", "{dir}", "{lr}", "{seed}"]
[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "loss"
total = 3
[space]
lr = { low = 0.1, high = 0.5 }
[[preset]]
name = "usual"
lr = 0.3
"""
OF_DATA = re.compile(
    r"protein|sequences?\b|residue|subset|\bnats?\b|dataset|epochs?\b|synthetic|corpus|corpora|unigram|entropy|nelbo"
    r"|packed|legacy|\bdemo\b|samples\b",
    re.IGNORECASE,
)
STORAGE = "sqlite:///studies/optsweep.db"
REFUSED = re.compile(r"promote|fidelity|ladder|transfer|--toml")
"""Commands that are for the built-in trainer."""


@dataclass(frozen=True)
class Swept:
    folder: Path
    said: str
    snapshot: StudySnapshot


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    """A whole sweep, a preset and a sampled run, where importing torch is an error."""
    folder = tmp_path_factory.mktemp("without-data")
    (folder / "here").mkdir()
    (folder / "broken" / "torch").mkdir(parents=True)
    (folder / "broken" / "torch" / "__init__.py").write_text("raise ImportError('a script needs no torch of ours')")
    (folder / "here" / "train.py").write_text(SCRIPT)
    (folder / "here" / "mine.toml").write_text(STUDY)
    environment = {**os.environ, "PYTHONPATH": f"{folder / 'broken'}:{REPOSITORY}", "OPTSWEEP_STORAGE": STORAGE}
    words = [sys.executable, "-m", "optsweep", "sweep", "mine.toml", "--cpu-workers", "1"]
    done = subprocess.run(words, cwd=folder / "here", env=environment, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    with chdir(folder / "here"), closing(open_storage(storage_url(STORAGE))) as storage:
        yield Swept(folder / "here", said, read_snapshot(open_study(storage, "mine")))


def check_silent(text: str) -> None:
    found = [text[max(0, one.start() - 60) : one.end() + 60] for one in OF_DATA.finditer(text)]
    found += [text[max(0, one.start() - 60) : one.end() + 60] for one in REFUSED.finditer(text)]
    assert not found, found


@pytest.mark.heavy
def test_nothing_is_written_outside_of_studies(swept: Swept) -> None:
    there = {path.name for path in swept.folder.iterdir() if path.name != "__pycache__"}
    assert there == {"train.py", "mine.toml", "studies"}
    assert swept.snapshot.counts["complete"] == 2


@pytest.mark.heavy
def test_what_the_sweep_says_and_writes_is_silent(swept: Swept) -> None:
    check_silent(swept.said)
    files = [path for path in (swept.folder / "studies").rglob("*") if path.is_file() and ".db" not in path.name]
    assert {"config.toml", "log_stdout.txt", "metrics.jsonl", "result.json"} <= {path.name for path in files}
    for path in files:
        check_silent(path.read_text(errors="replace"))


@pytest.mark.heavy
def test_what_the_database_holds_is_silent(swept: Swept) -> None:
    with closing(sqlite3.connect(swept.folder / "studies" / "optsweep.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert "study_user_attributes" in tables
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                check_silent(str(row))


@pytest.mark.heavy
def test_every_view_is_silent(swept: Swept) -> None:
    snapshot = swept.snapshot
    trust = trust_of(snapshot)
    page = report_html(snapshot, trust)
    # Without Plotly's own source.
    page = re.sub(r"<script>(?!Plotly\.newPlot).*?</script>", "", page, flags=re.DOTALL)
    assert "Ranking" in page
    shown = [page, study_note(snapshot, 1), *(run_note(run, {}, snapshot.trainer, "best") for run in snapshot.runs)]
    shown += [
        render(status_table(snapshot, trust)),
        render(best_table(snapshot, trust, 2)),
        render(frame(snapshot, 160)),
    ]
    shown.append(render(summary(snapshot, trust)))
    shown += [json.dumps(status_document(snapshot, trust.verdict)), json.dumps(best_document(snapshot, 2))]
    shown += [export(snapshot, "csv").decode(), export(snapshot, "json").decode()]
    for text in shown:
        check_silent(text)


@pytest.mark.heavy
def test_the_documents_leave_out_what_belongs_to_data_and_nothing_else(swept: Swept) -> None:
    document = status_document(swept.snapshot, trust_of(swept.snapshot).verdict)
    assert list(document) == ["study", "target", "counts", "finished_runs", "best", "verdict", "runs"]
    assert list(document["runs"][0]) == [  # type: ignore[index, call-overload, arg-type]
        *("run", "preset", "source", "state", "reason", "value", "progress", "worker", "attempts", "seconds"),
        *("dir", "repeat_of", "seeds"),
    ]


@pytest.fixture
def here(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of the sweep, for commands in this process."""
    monkeypatch.chdir(swept.folder)
    monkeypatch.setenv("OPTSWEEP_STORAGE", STORAGE)
    return swept.folder


@pytest.mark.parametrize("words", [(), ("--json",), ("--seed=3", "--name=new")])
def test_a_dry_run_is_silent(here: Path, capfd: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert cli.run(["sweep", "mine.toml", "--dry-run", "--cpu-workers", "1", *words]) == EXIT_DONE
    said = capfd.readouterr().out
    assert "mine" in said or "new" in said
    check_silent(said)


def test_data_that_nobody_would_read_is_a_mistake_of_one_line(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["sweep", "mine.toml", "--data", "train.py", "--name", "other"]) == EXIT_USAGE
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "--data: train.py: the script is given no {data}" in said


@pytest.mark.parametrize("command", ["promote", "fidelity", "fidelity --pruner", "ladder", "transfer", "best --toml"])
@pytest.mark.heavy
def test_what_is_refused_says_what_to_do_instead(swept: Swept, command: str) -> None:
    with pytest.raises(ConfigError) as refused:
        swept.snapshot.lengths(command)
    assert re.search(r"study 'mine' trains a script; instead, \w+", str(refused.value))


def test_a_refusal_is_one_line(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["promote", "--name", "mine"]) == EXIT_USAGE
    assert capfd.readouterr().err == (
        "error: optsweep promote: is for the built-in trainer, and study 'mine' trains a script; "
        "instead, optsweep best --command prints the winner's command line\n"
    )
