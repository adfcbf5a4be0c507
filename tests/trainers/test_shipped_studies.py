"""The shipped study files of public scripts, swept as they are with stand-ins for the scripts.

Those that keep checkpoints are killed once in every run, half-way, and are to go on from there.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.sweeps import REPOSITORY, Sweeps, no_process_left

CHECKOUTS = REPOSITORY / "tests" / "fakes" / "checkouts"
FOLDERS = {
    "nanogpt": "nanoGPT",
    "run_clm": "language-modeling",
    "run_mlm": "language-modeling",
    "lightning_hydra": "lightning-hydra-template",
    "timm": "pytorch-image-models",
    "pytorch_mnist": "mnist",
    "word_language_model": "word_language_model",
}
CALLS = {
    "nanogpt": [0, 1000],
    "run_clm": [0, 500],
    "run_mlm": [0, 500],
    "lightning_hydra": [0, 6],
    "timm": [0, 11],
}
"""From which step each call of a run begins."""
NEEDS_TENSORBOARD = ("run_clm", "run_mlm")
FAST = ("nanogpt",)
"""The others are of no other kind, and take long in all."""
BEST = {"lightning_hydra": max, "timm": max}


def each(names: Iterable[str]) -> pytest.MarkDecorator:
    params = [pytest.param(name, marks=[] if name in FAST else [pytest.mark.heavy]) for name in names]
    return pytest.mark.parametrize("name", params)


@pytest.mark.timeout(120)
@each(FOLDERS)
def test_a_shipped_study_file_sweeps_its_script(workplace: Path, name: str) -> None:
    if name in NEEDS_TENSORBOARD:
        pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    text = (REPOSITORY / "studies" / f"{name}.toml").read_text()
    text, places = re.subn(r"(?m)^cwd = .*$", lambda _: f'cwd = "{CHECKOUTS / FOLDERS[name]}"', text)
    assert places == 1
    (workplace / "mine.toml").write_text(text)
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db")
    with no_process_left(sweeps):
        code, output = sweeps.run("mine.toml", "--cpu-workers", "2", "--trials", "1")
    assert code == 0, output
    assert ("(attempt 2, its script goes on if it finds a checkpoint)" in output) == (name in CALLS)
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert {run.run: (run.state, run.progress) for run in snapshot.runs} == {
        "usual": ("complete", 1.0),
        "tpe-001": ("complete", 1.0),
    }
    for run in snapshot.runs:
        work = workplace / "studies" / "study" / "runs" / run.run / "work"
        if name in CALLS:
            assert list(map(int, (work / "calls.txt").read_text().split())) == CALLS[name]
        assert run.value == BEST.get(name, min)(run.curve.values())
        assert run.value is not None
        assert run.value > 0
    assert not [path for path in CHECKOUTS.rglob("*") if path.name in ("calls.txt", "died", "outputs", "model.pt")]


@pytest.mark.timeout(120)
@each(["one_number", "report"])
def test_a_small_example_sweeps(workplace: Path, name: str) -> None:
    shutil.copytree(REPOSITORY / "examples" / name, workplace / "examples" / name)
    sweeps = Sweeps(workplace, f"sqlite:///{workplace}/study.db")
    with no_process_left(sweeps):
        code, output = sweeps.run(f"examples/{name}/study.toml", "--cpu-workers", "2", "--trials", "2")
    assert code == 0, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert [run.state for run in snapshot.runs] == ["complete"] * 3
    values = [run.value for run in snapshot.runs]
    assert all(value is not None and 0 < value < 1 for value in values)
    assert f"{max(values) if name == 'one_number' else min(values):.4f}" in output.partition("Winner:")[2]
