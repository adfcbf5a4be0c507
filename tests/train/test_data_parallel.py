"""Several processes that train one model give what one gives; what they saved, any number of them goes on with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from optsweep.config import write_config
from optsweep.data.demo import make_demo
from optsweep.data.subset import ensure_subset
from optsweep.train.loop import train
from tests.train.supply import make_config, make_data
from tests.train.test_ranks import together

CHANGES = {"training__n_iters": 50, "training__effective_batch": 7, "model__dropout": 0.0}
SUPPLY = f"""
from pathlib import Path
from optsweep.train.loop import train
from optsweep.train.train_state import TrainState
from tests.train.supply import InterruptAt, PADDED, make_config, make_data
torch.set_num_threads(1)
config, losses = make_config(**{CHANGES}), []
"""
TRAIN = """
report = train(config, make_data(), "cpu", lambda _: True, directory=Path({directory!r}), ranks=ranks,
    interrupted=InterruptAt({end}), on_metrics=lambda line: losses.append(line.get("train_loss")))
print([loss for loss in losses if loss is not None], "|", report.outcome, report.step, report.best.value)
"""
GRADIENTS = """
state = TrainState(config, make_data(), PADDED, 2, ranks)
state.optimizer.step = lambda *_: None
state.iterate()
print(torch.cat([parameter.grad.flatten() for parameter in state.model.parameters()]).tolist())
"""


def trained(size: int, directory: Path, end: int = 1000) -> tuple[list[float], str]:
    """The losses that the first of ``size`` processes tells, and how the run ended; all must end alike."""
    ended = together(size, SUPPLY + TRAIN.format(directory=str(directory), end=end))
    assert [code for code, _, _ in ended] == [0] * size, ended
    ends = {output.split("|")[1] for _, output, _ in ended}
    assert len(ends) == 1
    return json.loads(ended[0][1].split("|")[0]), ends.pop().strip()


@pytest.mark.heavy
def test_the_first_gradients_are_those_of_one_process() -> None:
    alone, *_ = (json.loads(output) for _, output, _ in together(1, SUPPLY + GRADIENTS))
    for _, output, errors in together(2, SUPPLY + GRADIENTS):
        assert output, errors
        scale = sum(one**2 for one in alone) ** 0.5
        assert sum((a - b) ** 2 for a, b in zip(alone, json.loads(output), strict=True)) ** 0.5 <= 1e-6 * scale


@pytest.mark.heavy
def test_fifty_steps_of_two_processes_are_those_of_one(tmp_path: Path) -> None:
    alone, ended_alone = trained(1, tmp_path / "one")
    two, ended = trained(2, tmp_path / "two")
    assert len(alone) == 50
    assert two == pytest.approx(alone, rel=1e-4)
    assert ended.split()[:2] == ended_alone.split()[:2] == ["complete", "50"]
    assert float(ended.split()[2]) == pytest.approx(float(ended_alone.split()[2]), rel=1e-4)
    assert list((tmp_path / "two").glob("checkpoint.pt"))


@pytest.mark.heavy
@pytest.mark.parametrize("others", [1, 3])
def test_a_run_of_two_goes_on_with_another_number(tmp_path: Path, others: int) -> None:
    whole = train(make_config(**CHANGES), make_data(), "cpu", lambda _: True)
    _, ended = trained(2, tmp_path, end=20)
    assert ended.startswith("interrupted 20")
    losses, ended = trained(others, tmp_path)
    assert len(losses) == 30
    assert ended.startswith("complete 50")
    assert whole.best is not None
    assert float(ended.split()[2]) == pytest.approx(whole.best.value, rel=1e-4)


@pytest.mark.heavy
@pytest.mark.parametrize(("part", "call"), [("nelbo", 3), ("draw_step", 3), ("Optimizer", 1)])
def test_memory_that_fails_in_one_process_halves_the_micro_batch_of_all(part: str, call: int) -> None:
    """While a step is computed, while it is made, and before the first."""
    program = f"""
from optsweep.train import train_state
original, calls = train_state.{part}, []
def fails(*arguments):
    calls.append(1)
    if ranks.rank == 1 and len(calls) == {call}:
        raise torch.OutOfMemoryError("pretended")
    return original(*arguments)
train_state.{part} = fails
report = train(config, make_data(), "cpu", lambda _: True, ranks=ranks)
print(report.outcome, report.step, report.micro_batch)
"""
    ended = together(2, SUPPLY + program)
    assert [output for _, output, _ in ended] == ["complete 50 1\n"] * 2, ended


GROUP = """
import sys
from optsweep.machine.group import run_group
command = [sys.executable, "-m", "optsweep", "train", "--device=cpu", *sys.argv[1:]]
sys.exit(run_group([command, command], ["first", "second"], {"OMP_NUM_THREADS": "1"}))
"""


@pytest.mark.heavy
def test_a_killed_process_ends_the_command_with_one_line(tmp_path: Path) -> None:
    make_demo(tmp_path / "demo.pt", 300)
    data = ensure_subset(tmp_path / "demo.pt").path
    write_config(tmp_path / "run.toml", make_config(training__n_iters=100_000, evaluation__every_sequences=100))
    arguments: list[Any] = [tmp_path / "run.toml", f"--data={data}"]
    command = [sys.executable, "-c", GROUP, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "step" in process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == 2
    subprocess.run(["kill", f"-{signal.SIGKILL.value}", children[1]], check=True)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors == "error: rank 1 of 2 (second) was killed by SIGKILL; the same command resumes\n"
