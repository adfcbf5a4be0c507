"""What scripts say last, and how much: any words, on any database, of any length; in whole sweeps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from optsweep.errors import EXIT_DONE, EXIT_FAILED
from optsweep.outside_text import LIMIT
from tests.databases import fresh_database
from tests.sweeps import Sweeps, no_process_left

WORDS = "RuntimeError: bad header \0\1 gr\u00fcn \u2265 \U0001f525 \u202eevil\u202c \x1b[2J"
STUDY = """
[trainer]
command = ["python", "script.py", "{dir}", "{kind}", "{data}"]
[trainer.metrics]
kind = "jsonl"
file = "m.jsonl"
value = "loss"
total = 12
[study]
type = "predefined"
[space]
kind = { choices = ["good", "words", "loud"] }
"""
PRESET = """
[[preset]]
name = "{0}"
kind = "{0}"
"""
SCRIPT = f"""
import json, os, sys, time
folder, kind, data = sys.argv[1:4]
assert os.path.exists(data), "data is gone: " + data
if kind == "good":
    for step in range(1, 13):
        time.sleep(0.2)
        with open(folder + "/m.jsonl", "a") as file:
            file.write(json.dumps({{"step": step, "loss": 1 / step}}) + "\\n")
    sys.exit()
if kind == "loud":
    for _ in range(100):
        sys.stdout.write(("x" * 1000 + "\\n") * 1000)
words = {{"words": {WORDS!r} + "E" * 60000, "loud": "boom"}}[kind]
sys.stdout.buffer.write(words.encode("utf-8", "surrogateescape"))
sys.exit(1)
"""
DATABASES = [("sqlite", ""), ("postgresql", ""), ("mariadb", "latin1"), ("mariadb", "utf8mb3")]


def place(folder: Path, demo_corpus: Path, *presets: str, metrics: str = "m.jsonl") -> None:
    (folder / "data").mkdir()
    for name in ("demo.pt", "demo_sweep.pt"):
        shutil.copy(demo_corpus / name, folder / "data" / name)
    study = STUDY.replace('file = "m.jsonl"\n', f'file = "{metrics}"\n' if metrics else "")
    (folder / "mine.toml").write_text(study + "".join(PRESET.format(preset) for preset in presets))
    (folder / "script.py").write_text(SCRIPT)


@pytest.fixture(
    params=[
        pytest.param(entry, id=" ".join(entry).strip(), marks=[] if entry[0] == "sqlite" else pytest.mark.heavy)
        for entry in DATABASES
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param[0], tmp_path, request.param[1]) as made:
        yield made


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_r5_whatever_a_script_says_last_its_run_has_failed_and_the_others_go_on(
    workplace: Path, url: str, demo_corpus: Path
) -> None:
    place(workplace, demo_corpus, "good", "words")
    sweeps = Sweeps(workplace, url, command="optsweep", worker="optsweep.workers.worker")
    with no_process_left(sweeps):
        # Four workers one after the other, each of which loads torch.
        process = sweeps.start("mine.toml", "--data", "data/demo.pt", "--cpu-workers", "2")
        output, _ = process.communicate(timeout=250)
    assert process.returncode == EXIT_FAILED, output
    assert "Traceback" not in output
    assert "Ended: all 2 runs have ended, 1 of them failed" in output
    assert all(letter.isprintable() or letter == "\n" for letter in output)
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    runs = {run.run: run for run in snapshot.runs}
    assert (runs["good"].state, runs["good"].attempts) == ("complete", 1)
    reason = str(runs["words"].reason)
    assert runs["words"].state == "failed"
    assert "failed 3 times in a row" in reason
    assert "script.py ended with 1: RuntimeError: bad header" in reason
    assert "EEE" in reason
    assert len(reason) <= LIMIT


def peak(process: psutil.Process) -> int:
    """The most memory in use by the process so far, in bytes (proc(5), status)."""
    words = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2].split()
    return int(words[0]) * 1024 if words else 0


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_r14_a_loud_script_grows_neither_launcher_nor_worker(workplace: Path, demo_corpus: Path) -> None:
    """Three times 100 MB: what is read of the log is read a block at a time, or from its end."""
    place(workplace, demo_corpus, "loud", "good", metrics="")
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db", command="optsweep", worker="optsweep.workers.worker")
    peaks: dict[str, int] = {}
    with no_process_left(sweeps), (workplace / "output.txt").open("w") as output:
        launcher = sweeps.start("mine.toml", "--data", "data/demo.pt", "--cpu-workers", "1", output=output)
        while launcher.poll() is None:
            with suppress(OSError, psutil.Error):
                peaks["launcher"] = max(peaks.get("launcher", 0), peak(psutil.Process(launcher.pid)))
            for worker in sweeps.workers():
                with suppress(OSError, psutil.Error):
                    peaks["worker"] = max(peaks.get("worker", 0), peak(worker))
            with suppress(psutil.TimeoutExpired):
                psutil.Process(launcher.pid).wait(0.1) if launcher.poll() is None else None
    assert (workplace / "studies/study/runs/loud/log_stdout.txt").stat().st_size > 300e6
    assert "script.py ended with 1: boom" in str(sweeps.snapshot().runs[0].reason)
    assert peaks["launcher"] < 250e6
    assert peaks["worker"] < 600e6, peaks


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_r12_the_first_sweep_after_the_projects_folder_has_moved_goes_on(
    workplace: Path, tmp_path: Path, demo_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(workplace, demo_corpus, "good")
    sweeps = Sweeps(workplace, f"sqlite:///{tmp_path}/study.db", command="optsweep", worker="optsweep.workers.worker")
    words = ("mine.toml", "--data", "data/demo.pt", "--cpu-workers", "1")
    with no_process_left(sweeps):
        code, output = sweeps.run(*words, "--no-launch")
        assert code == EXIT_DONE, output
        moved = workplace.rename(tmp_path / "moved")
        monkeypatch.chdir(moved)
        sweeps.folder = moved
        code, output = sweeps.run(*words)
    assert code == EXIT_DONE, output
    sweeps.check_exact(1)
