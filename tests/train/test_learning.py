"""What takes a while: a small model on real proteins, and compiled code."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from optsweep.data.reference import unigram_entropy
from optsweep.data.training_data import load_training_data
from optsweep.importing.prepare import prepare
from optsweep.train.loop import train
from tests.train.supply import Listener, make_config, make_data


@pytest.mark.heavy
def test_a_tiny_model_beats_the_unigram_entropy_of_real_proteins(real_proteins: Path, workplace: Path) -> None:
    data = load_training_data(prepare(real_proteins).subset.path)
    config = make_config(
        model__hidden_size=64,
        model__cond_dim=32,
        training__n_iters=320,
        training__effective_batch=32,
        training__micro_batch="auto",
        optim__lr=4e-3,
        optim__warmup=32,
        optim__beta2=0.99,
        data__max_protein_len=128,
        evaluation__every_sequences=2560,
    )
    report = train(config, data, "cpu", Listener())
    assert report.best is not None
    assert report.best.value < unigram_entropy(data.validation, max_residues=126) - 0.01


@pytest.mark.heavy
@pytest.mark.timeout(1500)
@pytest.mark.filterwarnings("ignore")  # the compiler's own
def test_compiled_training_gives_the_same_values() -> None:
    plain, compiled = (
        train(
            make_config(training__compile=choice, model__dropout=0.0, training__n_iters=4),
            make_data(),
            "cpu",
            Listener(),
        )
        for choice in (False, True)
    )
    assert [e.value for e in compiled.evaluations] == pytest.approx([e.value for e in plain.evaluations], abs=1e-3)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_agrees_with_the_cpu() -> None:
    values = []
    for device in ("cpu", "cuda"):
        report = train(make_config(model__dropout=0.0), make_data(), device, Listener())
        values.append([e.value for e in report.evaluations])
    assert values[0] == pytest.approx(values[1], abs=1e-3)
