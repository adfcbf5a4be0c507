"""`confirm` of a script's study: killed and interrupted like a sweep, it goes on by the same command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sweeps import REPOSITORY, Sweeps, no_process_left, wait_for

SCRIPT = """
import json, sys, time
from pathlib import Path
work, lr, seed = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
log = work / "log.jsonl"
done = len(log.read_text().splitlines()) if log.exists() else 0
for step in range(done + 1, 21):
    time.sleep(0.05)
    with log.open("a") as file:
        file.write(json.dumps({"step": step, "accuracy": lr - 1 / step + seed % 7 / 1000}) + chr(10))
"""
STUDY = """
[study]
type = "predefined"
[budget]
num_evaluations = 5
[trainer]
command = ["python", "train.py", "{dir}", "{lr}", "{seed}"]
[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "accuracy"
total = 20
direction = "maximize"
[space]
lr = { low = 0.1, high = 0.9 }
[[preset]]
name = "worse"
lr = 0.3
[[preset]]
name = "better"
lr = 0.6
"""


@pytest.mark.heavy
@pytest.mark.timeout(400)
def test_a_confirmation_of_a_script_survives_kills_and_interruptions(workplace: Path) -> None:
    (workplace / "train.py").write_text(SCRIPT)
    (workplace / "mine.toml").write_text(STUDY)
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db", command="optsweep")
    with no_process_left(sweeps):
        code, said = sweeps.run("mine.toml", "--cpu-workers", "2")
        assert code == 0, said
        logs = workplace / "studies/study-confirm/runs/better-seed-1/work/log.jsonl"
        with (workplace / "output.txt").open("w") as output:
            confirm = ("confirm", "--cpu-workers", "2", "--top", "2", "--seeds", "2")
            launcher = sweeps.start_command(*confirm, output=output)
            wait_for(logs.exists)
            launcher.send_signal(signal.SIGKILL)
            launcher.wait(60)
            again = sweeps.start_command(*confirm, output=output)
            # The script of the first attempt may have come that far by itself.
            wait_for(lambda: "(attempt 2" in (workplace / "output.txt").read_text())
            wait_for(lambda: len(logs.read_text().splitlines()) >= 5)
            again.send_signal(signal.SIGINT)
            assert again.wait(120) == 3
        last = sweeps.start_command(*confirm, output=subprocess.PIPE)
        said, _ = last.communicate(timeout=120)
        assert last.returncode == 0, said
    assert "Confirmed: better is the best of the 2" in said
    assert [len(path.read_text().splitlines()) for path in logs.parents[2].glob("*/work/log.jsonl")] == [20] * 4
    environment = {**os.environ, "OPTSWEEP_STORAGE": sweeps.url, "PYTHONPATH": str(REPOSITORY)}
    words = [sys.executable, "-m", "optsweep", *confirm, "--name", "study", "--json"]
    shown = subprocess.run(words, cwd=workplace, env=environment, capture_output=True, text=True, check=True)
    finalists = json.loads(shown.stdout)["confirmation"]["finalists"]
    assert [(one["run"], one["seeds"]) for one in finalists] == [("better", 2), ("worse", 2)]
    # The script's own numbers.
    assert finalists[0]["confirmed"]["value"] == pytest.approx(0.55, abs=0.01)
