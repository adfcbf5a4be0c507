"""On a GPU, as a user types it: two workers on one card, one training on several, measured presets."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from optsweep.config import write_config
from tests.sweeps import wait_for
from tests.test_end_to_end import ENVIRONMENT, REPOSITORY, best_value, optsweep, status
from tests.train.supply import make_config

pytestmark = pytest.mark.gpu
needs_two = pytest.mark.skipif(torch.cuda.device_count() < 2, reason="one GPU only")
ROUNDING = 0.01


@pytest.fixture
def corpus(workplace: Path, demo_corpus: Path) -> Path:
    """A folder with the demo's corpus and subset."""
    shutil.copytree(demo_corpus, workplace / "data")
    return workplace


@pytest.fixture
def config(corpus: Path) -> str:
    """A run of 40 steps, in the format that the card has."""
    changes = {"model__hidden_size": 64, "training__n_iters": 40, "training__effective_batch": 8}
    made = make_config(training__precision="auto", evaluation__every_sequences=80, optim__lr=1e-3, **changes)
    write_config(corpus / "mine.toml", made)
    return "mine.toml"


@pytest.mark.timeout(900)
def test_two_workers_share_a_card(corpus: Path) -> None:
    text = (REPOSITORY / "studies" / "demo.toml").read_text()
    for old, new in (("[budget]", "[budget]\nscale = 0.1"), ('precision = "fp32"', 'precision = "auto"')):
        assert old in text
        text = text.replace(old, new, 1)
    (corpus / "demo.toml").write_text(text)
    sweep = ("sweep", "demo.toml", "--type", "predefined", "--gpus", "0", "--workers-per-gpu", "2", "--name", "study")
    output = optsweep(*sweep, cwd=corpus)
    assert {"0", "1"} <= set(re.findall(r"physical GPU 0, slot (\d)", output))
    document = status(corpus)
    assert document["finished_runs"] == document["target"] == 5
    assert {run["state"] for run in document["runs"]} <= {"complete", "pruned"}  # type: ignore[attr-defined]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("gpus", ["0", pytest.param("0,1", marks=needs_two)])
def test_a_training_on_the_gpus_that_are_named_gives_what_one_gives(corpus: Path, config: str, gpus: str) -> None:
    train = ("train", config, "--data", "data/demo_sweep.pt")
    alone = best_value(optsweep(*train, "--device", "cuda:0", "--out", "alone", cwd=corpus))
    together = best_value(optsweep(*train, "--gpus", gpus, "--out", "together", cwd=corpus))
    # Dropout draws other numbers for each process.
    assert together == pytest.approx(alone, rel=ROUNDING if gpus == "0" else 5 * ROUNDING)


@needs_two
@pytest.mark.timeout(900)
def test_a_training_on_two_gpus_is_interrupted_and_goes_on_with_one(corpus: Path, config: str) -> None:
    text = (corpus / config).read_text()
    (corpus / config).write_text(text.replace("n_iters = 40", "n_iters = 4000"))
    command = ["train", config, "--data", "data/demo_sweep.pt", "--out", "out"]
    process = subprocess.Popen(
        [sys.executable, "-m", "optsweep", *command, "--gpus", "0,1"],
        cwd=corpus,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
    )
    metrics = corpus / "out" / "metrics.jsonl"
    wait_for(lambda: metrics.exists() and metrics.read_text().count("val_nelbo") >= 2, 300)
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 3
    output = optsweep(*command, "--gpus", "1", cwd=corpus)
    assert "(from the checkpoint)" in output
    lines = [json.loads(line) for line in metrics.read_text().splitlines()]
    steps = [line["step"] for line in lines if "val_nelbo" in line]
    assert steps == sorted(set(steps))
    assert steps[-1] == 4000


@pytest.mark.timeout(900)
def test_presets_are_timed_on_the_card(corpus: Path) -> None:
    measured = optsweep("sweep", "demo", "--gpus", "0", "--dry-run", "--measure", "--json", cwd=corpus)
    costs = json.loads(measured)["measured"]["costs"]
    assert len(costs) >= 5
    for cost in costs:
        assert 0 < cost["iteration"] < cost["sweep"] < cost["full"]
        assert cost["memory"] > 2**20
