"""Sampling where a sweep has most of the GPU's memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from optsweep import cli
from optsweep.data.corpus import write_corpus
from optsweep.data.subset import ensure_subset
from optsweep.errors import EXIT_USAGE
from optsweep.train import checkpoint, trained_model
from optsweep.train.loop import train
from tests.train.supply import Listener, make_config, make_data, make_sequences


@pytest.mark.heavy
@pytest.mark.parametrize(("module", "name"), [(checkpoint, "load_ema"), (trained_model, "generate")])
def test_too_little_memory_is_said_in_one_line(
    module: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise torch.AcceleratorError("CUDA error: out of memory\nCUDA kernel errors might be reported later")

    write_corpus(tmp_path / "random.pt", make_sequences(200, shortest=30), {})
    subset = ensure_subset(tmp_path / "random.pt").path
    run = tmp_path / "run"
    train(make_config(training__n_iters=4), make_data(), "cpu", Listener(), directory=run)
    monkeypatch.setattr(module, name, fail)
    assert cli.run(["sample", str(run), "--data", str(subset), "--device", "cpu"]) == EXIT_USAGE
    out, errors = capsys.readouterr()
    assert (out, errors) == ("", "error: --device cpu: its free memory does not suffice; give another one, or cpu\n")
    assert not (run / "samples.fasta").exists()
