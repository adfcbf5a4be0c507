"""The benchmarks still run: each is imported, and the cheap ones are run in their smallest form."""

from __future__ import annotations

import importlib
import itertools
import json
import math
import pkgutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

import benchmarks
from benchmarks import data, dispatch, gpu_budget, growth, transfer
from benchmarks._counting import packed_on_cpu
from benchmarks._gpu_preset import Candidate, measure
from benchmarks._grids import cells, read
from benchmarks._sequences import random_training_data
from benchmarks._trainers import Ours, Recipe, Trainer, bench_config
from optsweep.config import ModelConfig
from optsweep.data.vocabulary import PAD

MODULES = sorted(module.name for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks."))
FOR_BENCHMARKS_ONLY = {"sklearn", "transformers"}
"""Packages of the extra `bench`, which the tests do not need."""


@pytest.mark.parametrize("name", MODULES)
def test_it_can_be_imported(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if str(error.name).split(".")[0] not in FOR_BENCHMARKS_ONLY:
            raise
        pytest.skip(f"{error.name} is not installed")


def test_growth_measures_data_and_studies() -> None:
    assert all(seconds > 0 for seconds in growth.data_costs(100, 50_000).values())
    assert all(seconds > 0 for seconds in growth.study_costs(6).values())


def test_joining_is_measured_beside_plain_optuna(capsys: pytest.CaptureFixture[str]) -> None:
    dispatch.joining(12, 1)
    assert "joining a study of 12 finished runs" in capsys.readouterr().out


@pytest.mark.usefixtures("without_mmseqs")
def test_splitting_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.splitting(tmp_path, 300)
    assert "subset of 150 of 300, near duplicates" in capsys.readouterr().out


@pytest.mark.parametrize("make", [Ours, Recipe])
def test_a_step_of_training_is_measured(make: type[Ours] | type[Recipe]) -> None:
    config = bench_config(ModelConfig(hidden_size=16, n_heads=2, n_blocks=1, cond_dim=8), 2)
    trainer: Trainer = make(config, random_training_data(8, 4), torch.device("cpu"))
    trainer.step()


def test_transfer_is_replayed_on_a_grid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["lr,bs,D,N,smooth loss"]
    for tokens, steps, sequences in itertools.product((1e9, 4e9, 16e9), range(8), range(8)):
        lr, batch, far = 2e-4 * 2**steps, 16 * 2**sequences, math.log2(tokens / 1e9)
        loss = 3 - 0.1 * far + 0.03 * (steps - 3 - 0.2 * far) ** 2 + 0.03 * (sequences - 2 - 0.6 * far) ** 2
        lines.append(f"{lr},{batch},{tokens},100000000,{loss}")
    (tmp_path / "grid.csv").write_text("\n".join(lines))
    grids = read(tmp_path / "grid.csv")
    assert [len(cells(grids, lengths)) for lengths in (1, 2)] == [3, 1]
    found = transfer.replay(cells(grids, 2)[0], 3, transfer.Exponents())
    assert set(found.regret) >= set(transfer.METHODS)
    assert found.regret["fit"].mean() < found.regret["winner"].mean()
    assert found.covered.mean() > 0.5
    transfer.show([found])
    assert "100M 1+4 -> 16" in capsys.readouterr().out


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore")  # the compiler's own
def test_what_a_step_costs_a_gpu_is_told_for_a_preset(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["gpu_budget", "--tiny", "--presets", "medium_rigorous"])
    gpu_budget.main()
    budget = json.loads(capsys.readouterr().out)
    assert budget["preset"] == "medium_rigorous"
    assert budget["micro_batches_per_step"] == 1
    assert budget["kernels_per_step_eager"] > 100
    assert 1 <= budget["graphs"] <= 6
    assert budget["recompiles_over_8_models"] == 0


@pytest.mark.heavy
def test_every_way_to_train_on_a_gpu_has_its_turn() -> None:
    command = [sys.executable, "-m", "benchmarks.gpu", "--tiny", "--device", "cpu", "--rounds", "1"]
    process = subprocess.run([*command, "--presets", "small_fast"], capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    lines = [line.strip() for line in process.stdout.splitlines()]
    for name in ("packed, compiled", "packed  ", "padded, compiled", "padded  ", "usual script, float16"):
        (line,) = [line for line in lines if line.startswith(name)]
        assert float(line[36:].split()[0].replace(",", "")) > 0
    assert sum(line.startswith("Hugging Face ESM") for line in lines) == 2
    assert lines[-1].startswith("projected")


@pytest.mark.heavy
def test_a_micro_batch_that_memory_does_not_hold_is_halved() -> None:
    config = bench_config(ModelConfig(hidden_size=16, n_heads=2, n_blocks=1, cond_dim=8), 4)

    class Large:
        def __init__(self, micro_batch: int, most: int) -> None:
            if micro_batch > most:
                raise torch.OutOfMemoryError("CUDA out of memory")
            self.most = most

        def step(self) -> None:
            if self.most == 3:
                raise RuntimeError("shapes differ\nat length")

    ways = {f"holds {most}": Candidate(partial(Large, most=most), 4) for most in (4, 3, 2, 0)}
    found = measure(ways, config, random_training_data(8, 4), torch.device("cpu"), 1)
    assert [one.micro_batch for one in found.values()] == [4, 2, 2, 0]
    assert [len(one.rates) > 0 for one in found.values()] == [True, False, True, False]
    assert [one.note for one in found.values()] == ["", "failed: shapes differ", "", ""]


@pytest.mark.heavy
def test_hugging_face_s_packed_sequences_give_what_padded_ones_give() -> None:
    pytest.importorskip("transformers")
    from benchmarks._hugging_face import HuggingFace

    config = bench_config(ModelConfig(hidden_size=32, n_heads=2, n_blocks=2, dropout=0.0), 3, precision="fp32")
    data = random_training_data(8, 4)
    packed, padded = (
        HuggingFace(config, data, torch.device("cpu"), compiled=False, packed=way) for way in (True, False)
    )
    padded.model.load_state_dict(packed.model.state_dict())
    rows = [packed.dicts[index] for index in (1, 3, 5)]
    lengths = torch.tensor([row["length"] for row in rows])
    with torch.no_grad(), packed_on_cpu():
        tokens = torch.cat([row["prot_tokens"][: row["length"]] for row in rows])[None]
        found = packed.model(tokens, **packed.starts(lengths)).logits[0]
        tokens = torch.stack([row["prot_tokens"] for row in rows])
        logits = padded.model(tokens, attention_mask=(tokens != PAD).long()).logits
    expected = torch.cat([row[:length] for row, length in zip(logits, lengths, strict=True)])
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
