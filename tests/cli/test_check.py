"""`sweep --check`: a script is called once, what it tells is found or what is there instead, and nothing is stored."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from optsweep import cli
from optsweep.trainers import first_look
from tests.sweeps import REPOSITORY, wait_for
from tests.trainers.script_run import SCRIPT

STUDY = f"""
[study]
type = "random"
trials = 3

[trainer]
command = ["python", '{SCRIPT}', "{{flags}}", "--dir={{dir}}", "--seconds=0.05", "--trouble={{trouble}}"]
set = {{ steps = 20 }}

[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "valid.loss"
total = "steps"

[space]
"optim.lr" = {{ low = 0.01, high = 1.0, log = true }}
width = {{ low = 1, high = 8 }}
trouble = {{ choices = ["none", "always", "stubborn"] }}

[[preset]]
name = "usual"
"optim.lr" = 0.1
width = 4
trouble = "none"
"""
CHECK = ["sweep", "mine.toml", "--check", "--cpu-workers", "1"]


def said(capfd: pytest.CaptureFixture[str], text: str, code: int) -> str:
    """What a check of that study file says."""
    Path("mine.toml").write_text(text)
    assert cli.run(CHECK) == code
    assert os.listdir() == ["mine.toml"], "nothing is stored"
    return capfd.readouterr().out


def test_what_a_script_tells_is_found(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    output = said(capfd, STUDY, 0)
    assert "Check of preset usual; nothing is stored" in output
    assert "--optim.lr=0.1" in output
    assert "valid.loss = 1.1 at step 1 (5% of the run)" in output
    assert "valid.loss = 0.6 at step 2 (10% of the run)" in output
    assert "Good: a sweep finds its values." in output


def test_a_value_is_told_once(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    output = said(capfd, STUDY.replace("steps = 20", "steps = 1"), 0)
    assert output.count("valid.loss = 1.1 at step 1 (100% of the run)") == 1
    assert "it ended by itself" in output


def test_without_presets_a_random_draw_is_called(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = STUDY.partition("[[preset]]")[0].replace('"none", "always", "stubborn"', '"none"')
    assert "Check of a random draw" in said(capfd, text, 0)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            'value = "valid.loss"',
            'value = "valid_loss"',
            "no valid_loss was found in log.jsonl; its rows have: step, train.loss, valid.loss; did you mean",
        ),
        (
            'file = "log.jsonl"',
            'file = "logs/*.jsonl"',
            "no such file is in {dir}, which holds calls.txt, ",
        ),
        ('trouble = "none"', 'trouble = "always"', "ValueError: the script was told to fail"),
        (
            'kind = "jsonl"\nfile = "log.jsonl"\nvalue = "valid.loss"',
            'kind = "regex"\npatterns = [\'loss (?P<loss>\\S+)\']\nvalue = "loss"',
            "no loss was found in its output",
        ),
    ],
)
def test_what_is_wrong_is_told(
    workplace: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    after: str,
    told: str,
) -> None:
    monkeypatch.setattr(first_look, "LOOK_SECONDS", 2.0)
    assert before in STUDY
    output = said(capfd, STUDY.replace(before, after), 2)
    assert told in output
    assert "No value: " in output


STILL = """
import json, sys, time
from pathlib import Path
for step in range(100):
    with (Path(sys.argv[1]) / "log.jsonl").open("a") as file:
        file.write(json.dumps({"step": 0, "loss": 1 / (step + 1)}) + chr(10))
    time.sleep(0.02)
"""


def test_a_step_that_never_grows_is_told(
    workplace: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "SECOND_SECONDS", 0.5)
    (tmp_path / "still.py").write_text(STILL)
    command = f'command = ["python", "{tmp_path}/still.py", "{{dir}}", "{{flags}}"]'
    lines = [command if line.startswith("command") else line for line in STUDY.splitlines()]
    output = said(capfd, "\n".join(lines).replace("valid.loss", "loss"), 0)
    assert "step stays at 0 in all of" in output
    assert output.count("value: loss") <= 5
    assert "more, the last at step 0 (0% of the run)" in output
    assert "Good" not in output


def test_values_that_are_no_finite_numbers_are_told_once(
    workplace: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nan.py").write_text("for step in range(1, 9): print('step', step, 'loss nan')")
    command = f'command = ["python", "{tmp_path}/nan.py", "{{flags}}"]'
    text = "\n".join(command if line.startswith("command") else line for line in STUDY.splitlines())
    numbers = 'kind = "regex"\npatterns = [\'step (?P<step>\\d+) loss (?P<loss>\\S+)\']\nvalue = "loss"'
    output = said(capfd, text.replace('kind = "jsonl"\nfile = "log.jsonl"\nvalue = "valid.loss"', numbers), 2)
    assert output.count("loss is nan: such a run would be pruned as diverged") == 1
    assert "No value: what came is no finite number" in output


def test_a_script_that_fails_after_its_first_value_is_not_called_good(
    workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = STUDY.replace("steps = 20", "steps = 2").replace('"stubborn"]', '"raise"]')
    output = said(capfd, text.replace('trouble = "none"', 'trouble = "raise"'), 0)
    assert "valid.loss = 1.1 at step 1 (50% of the run)" in output
    assert "it failed after its first values" in output
    assert "    ValueError: the script was told to fail" in output
    assert "Good" not in output
    text = STUDY.replace("steps = 20", "steps = 1").replace('total = "steps"', "total = 100")
    output = said(capfd, text, 0)
    assert "it ended at step 1 of 100: such a run fails, unless" in output


def test_a_total_that_never_comes_is_not_called_good(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    output = said(capfd, STUDY.replace('total = "steps"', 'total = "all_steps"'), 0)
    assert "no number is called all_steps, which [trainer.metrics] total names" in output
    assert "nothing tells how far a run is" in output
    assert "Good" not in output


def test_it_asks_no_database(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text(STUDY)
    assert cli.run(["sweep", "mine.toml", "--cpu-workers", "1", "--no-launch"]) == 0
    before = Path("studies/optsweep.db").read_bytes()
    Path("mine.toml").write_text(STUDY.replace("high = 8", "high = 9"))
    assert cli.run(CHECK) == 0
    assert Path("studies/optsweep.db").read_bytes() == before
    assert cli.run([*CHECK, "--fork", "x"]) == 2
    assert "leave out --fork" in capfd.readouterr().err


def test_it_is_for_programs_too(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text(STUDY)
    assert cli.run([*CHECK, "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["good"] is True
    assert [one["step"] for one in document["values"]][:2] == [1, 2]


@pytest.mark.parametrize("option", ["--dry-run", "--no-launch"])
def test_it_is_not_mixed_with_what_it_is_not(workplace: Path, capfd: pytest.CaptureFixture[str], option: str) -> None:
    assert cli.run([*CHECK, option]) == 2
    assert "--check: goes with none of" in capfd.readouterr().err
    assert cli.run(["sweep", "demo", "--check"]) == 2
    assert "has no script of its own ([trainer])" in capfd.readouterr().err
    assert not os.listdir()


def test_a_check_that_is_ended_leaves_no_process(workplace: Path, tmp_path: Path) -> None:
    Path("mine.toml").write_text(STUDY.replace("--seconds=0.05", "--seconds=60"))
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(tmp_path)}
    check = subprocess.Popen([sys.executable, "-m", "optsweep", *CHECK], env=environment, stdout=subprocess.DEVNULL)
    wait_for(lambda: [*tmp_path.glob("optsweep-check-*/runs/run/work/calls.txt")])
    living = [child.pid for child in psutil.Process(check.pid).children(recursive=True)]
    assert len(living) >= 2
    check.send_signal(signal.SIGTERM)
    assert check.wait(60) == 3
    assert not any(map(psutil.pid_exists, living))
    assert not list(tmp_path.glob("optsweep-check-*"))
