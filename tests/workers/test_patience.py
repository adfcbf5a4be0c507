"""A real sweep whose run overfits: where it ends, what is said of it, and that its config alone ends it there too."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path

import pytest

from optsweep.train.report import OVERFITS
from tests.test_end_to_end import best_value, optsweep

STUDY = """
[study]
type = "predefined"

[budget]
sequences = 1600
full_sequences = 8000

[settings]
max_protein_len = 40
precision = "fp32"
compile = false
num_training = 8
num_validation = 60

[[preset]]
name = "quick"
hidden_size = 16
n_heads = 2
n_blocks = 2
dropout = 0.0
cond_dim = 8
effective_batch = 4
micro_batch = 4
lr = 3e-2
weight_decay = 0.01
ema_fraction = 0.01
beta2 = 0.99
grad_clip = 1.0
schedule = "loglinear"
sweep = { iterations = 400, warmup = 8 }
full = { iterations = 2000, warmup = 40 }

[space]
cond_dim = { choices = [8] }
hidden_size = { choices = [16] }
head_dim = { choices = [8] }
n_blocks = { choices = [2] }
effective_batch = { choices = [4] }
lr = { low = 1e-5, high = 1e-1, log = true }
weight_decay = { low = 0.005, high = 0.2, log = true }
"""


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_run_that_overfits_is_complete_and_every_view_says_why(workplace: Path) -> None:
    (workplace / "few.toml").write_text(STUDY)
    # Nothing can be learnt of random proteins that helps with others.
    letters = random.Random(1)
    proteins = ["".join(letters.choices("ACDEFGHIKLMNPQRSTVWY", k=38)) for _ in range(1400)]
    (workplace / "small.fasta").write_text("".join(f">{n}\n{protein}\n" for n, protein in enumerate(proteins)))
    optsweep("data", "import", "small.fasta", "-o", "small.pt", cwd=workplace)
    sweep = ("sweep", "few.toml", "--data", "small.pt", "--name", "few", "--cpu-workers", "1")
    planned = json.loads(optsweep(*sweep, "--dry-run", "--json", cwd=workplace))
    assert planned["queued"][0]["epochs"] == 200
    assert "Warning: 8 training sequences: presets see each 200 times" in planned["repetition"]["warning"]
    output = optsweep(*sweep, cwd=workplace)
    assert output.index("Warning: 8 training sequences") < output.index("queued now")
    assert f"quick: complete: {OVERFITS}" in output
    assert "Patience: ended 1 run that overfitted, saved about" in output

    document = json.loads(optsweep("status", "--json", cwd=workplace))
    (run,) = document["runs"]
    assert (run["state"], run["reason"], run["progress"]) == ("complete", OVERFITS, 1.0)
    assert run["sequences"] < 1600
    assert (run["epochs"], document["repetition"]["training_sequences"]) == (200, 8)
    folder = workplace / run["dir"]
    assert f"({OVERFITS} at " in (folder / "log_stdout.txt").read_text()
    trained = optsweep(
        "train", f"{run['dir']}/config.toml", "--data", "small_sweep.pt", "--out", "again", cwd=workplace
    )
    assert best_value(trained) == run["value"]
    assert OVERFITS in trained
    optsweep("promote", "-o", "full.toml", cwd=workplace)
    assert tomllib.loads((workplace / "full.toml").read_text())["training"]["patience"] is False
