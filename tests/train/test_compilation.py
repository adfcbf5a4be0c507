"""torch.compile in a worker that trains one model after the other: what is compiled, when, and what is said."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from optsweep.train import speed
from optsweep.train.evaluation import Evaluator
from optsweep.train.execution import Execution
from optsweep.train.speed import Compilation
from optsweep.train.train_state import TrainState
from tests.train.supply import CPU, PADDED, make_config, make_data

# What torch warns of while it compiles is its own.
pytestmark = [pytest.mark.usefixtures("varlen"), pytest.mark.filterwarnings("default")]
AS_ON_A_GPU = Execution(CPU, bfloat16=True, packed=True, short_residual=True)
GRAPHS_OF_A_MODEL = 4
"""Training and evaluation, a block and the last block."""


class Backend:
    """Compiles nothing and counts."""

    def __init__(self) -> None:
        self.num_graphs = 0

    def __call__(self, graph: torch.fx.GraphModule, _: Any) -> Any:
        self.num_graphs += 1
        return graph.forward


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    # Torch writes a book about every graph, which pytest would keep.
    monkeypatch.setattr(logging.getLogger("torch.__trace"), "disabled", True)
    made = Backend()
    monkeypatch.setattr(speed, "compiler", lambda _: {"backend": made})
    # What a run or a test sets is put back.
    with torch._dynamo.config.patch(recompile_limit=8, accumulated_recompile_limit=256):
        yield made


def compiled(**changes: Any) -> TrainState:
    state = TrainState(make_config(**changes), make_data(40), AS_ON_A_GPU, 4)
    assert Compilation(True, CPU, [state.model, state.optimizer.ema]).is_on
    return state


@pytest.mark.parametrize("num_models", [2, pytest.param(8, marks=pytest.mark.heavy)])
def test_a_worker_compiles_each_of_its_models_once(backend: Backend, num_models: int) -> None:
    # Of all models together; a worker reaches torch's own limit after some sixty.
    torch._dynamo.config.accumulated_recompile_limit = GRAPHS_OF_A_MODEL
    ended: list[weakref.ref[torch.nn.Module]] = []
    for number in range(num_models):
        changes = {"hidden_size": 16 * (1 + number % 4), "n_blocks": 2 + number // 4, "dropout": number / 100}
        state = compiled(**{f"model__{name}": value for name, value in changes.items()}, evaluation__draws=2)
        before = backend.num_graphs
        state.iterate()
        state.evaluate()
        assert backend.num_graphs == before + GRAPHS_OF_A_MODEL
        for _ in range(4):
            state.iterate()
        state.evaluate()
        assert backend.num_graphs == before + GRAPHS_OF_A_MODEL
        ended += [weakref.ref(state.model), weakref.ref(state.optimizer.ema)]
    del state
    gc.collect()
    assert not any(model() for model in ended)


def test_compiled_blocks_compute_what_uncompiled_ones_do(backend: Backend) -> None:
    state, plain = (
        compiled(model__dropout=0.0),
        TrainState(make_config(model__dropout=0.0), make_data(40), AS_ON_A_GPU, 4),
    )
    for _ in range(3):
        assert state.iterate()[0] == pytest.approx(float(plain.iterate()[0]), rel=1e-3)


@pytest.mark.heavy
def test_padded_micro_batches_of_all_kinds_stay_compiled(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    """Some have padding and some have none, some have one row, some are scored as a whole: more than eight programs."""
    config, data = make_config(training__effective_batch=8), make_data(40)
    state = TrainState(config, data, PADDED, 1)
    assert Compilation(True, CPU, [state.model]).is_on
    for _ in range(10):
        state.iterate()
    Evaluator(data.validation, config, 1, PADDED).score(state.model)
    assert backend.num_graphs > 8
    assert not [record.message for record in caplog.records if "given up" in record.message]


def test_it_says_when_torch_gives_up(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(speed, "PROGRAMS_PER_MODEL", 1)
    state = compiled()
    with caplog.at_level(logging.WARNING, "optsweep.train"):
        state.iterate()
        state.iterate()
    lost = [record.message for record in caplog.records if "given up" in record.message]
    assert len(lost) == 1, "once for a model, not at every block"
