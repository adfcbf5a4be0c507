"""What `--measure` times is the program that the run would have: compiled where it compiles, after warming up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from optsweep.errors import DeviceError
from optsweep.train import measure as module
from optsweep.train import speed
from optsweep.train.measure import measure
from tests.train.supply import make_config, make_data

pytestmark = pytest.mark.filterwarnings("ignore")  # the compiler's own

COMPILING = 0.3
"""Seconds that the pretended compiler takes for each graph: far longer than an iteration."""


@pytest.fixture
def graphs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[torch.fx.GraphModule]]:
    """What was compiled, by a compiler that takes its time and changes nothing."""
    compiled: list[torch.fx.GraphModule] = []
    compile_: Callable[..., Any] = torch.compile

    def backend(graph: torch.fx.GraphModule, _: Any) -> Callable[..., Any]:
        time.sleep(COMPILING)
        compiled.append(graph)
        return graph.forward

    monkeypatch.setattr(
        torch, "compile", lambda function, **options: compile_(function, backend=backend, dynamic=options["dynamic"])
    )
    monkeypatch.setattr(module, "SECONDS", 0.0)
    torch._dynamo.reset()
    yield compiled
    torch._dynamo.reset()


def measured(**changes: Any) -> dict[str, float]:
    config = make_config(model__n_blocks=1, model__dropout=0.0, training__micro_batch=4, **changes)
    found = measure(config, make_data(), "cpu")
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.heavy
def test_a_run_that_compiles_is_timed_compiled_and_what_that_takes_apart(graphs: list[Any]) -> None:
    found = measured(training__compile=True, training__n_iters=200)
    # Training and evaluation, of either network.
    assert len(graphs) >= 2
    assert found["compilation"] > len(graphs) * COMPILING
    assert found["iteration"] < COMPILING
    assert found["evaluation"] < COMPILING


@pytest.mark.parametrize(("n_iters", "compiles"), [(100_000, True), (20, False), (5, False)])
def test_auto_is_decided_as_in_a_run_of_that_length(
    n_iters: int, compiles: bool, graphs: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Iterations here take some milliseconds: 20 of them are not worth a second."""
    monkeypatch.setattr(speed, "COST_SECONDS", {"cpu": 1.0})
    found = measured(training__compile="auto", training__n_iters=n_iters)
    assert bool(graphs) is compiles
    assert bool(found["compilation"]) is compiles
    assert found["iteration"] < COMPILING


def test_a_run_that_never_compiles_is_timed_as_it_is(graphs: list[Any]) -> None:
    found = measured(training__compile=False, training__n_iters=100_000)
    assert graphs == []
    assert found["compilation"] == 0


def test_what_does_not_fit_has_no_time_to_compile_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise torch.AcceleratorError("CUDA error: out of memory")

    monkeypatch.setattr(module, "TrainState", fail)
    found = measure(make_config(), make_data(), "cpu")
    assert set(found) == {"iteration", "evaluation", "compilation", "memory", "power"}
    assert set(found.values()) == {None}


def test_a_card_without_bfloat16_is_refused_as_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Tesla T4")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    monkeypatch.setattr(torch, "zeros", lambda *size, device: torch.empty(size).zero_())
    with pytest.raises(DeviceError, match=r'precision "bf16": Tesla T4 \(cuda:0\) has no bfloat16'):
        measure(make_config(training__precision="bf16"), make_data(), "cuda")


@pytest.mark.heavy
def test_the_real_compiler_is_timed() -> None:
    found = measured(training__compile=True, training__n_iters=200)
    assert found["compilation"] > 100 * found["iteration"]
