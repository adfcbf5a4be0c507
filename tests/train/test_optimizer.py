"""Our way to call AdamW is torch's own optimiser, without what that loads; steps that are not finite change nothing."""

from __future__ import annotations

import subprocess
import sys

import torch

from optsweep.train.learning_rate import learning_rate
from optsweep.train.model import Transformer
from optsweep.train.optimizer import BETA1, Optimizer
from tests.train.supply import make_config

CPU = torch.device("cpu")


def make_model() -> Transformer:
    torch.manual_seed(0)
    model = Transformer(make_config().model, 40)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model


def set_gradients(model: Transformer, step: int, scale: float = 1.0) -> torch.Tensor:
    random = torch.Generator().manual_seed(step)
    for parameter in model.parameters():
        parameter.grad = scale * torch.randn(parameter.shape, generator=random)
    return torch.tensor(scale)


def test_steps_are_those_of_torchs_own_adamw() -> None:
    config = make_config(optim__weight_decay=0.1, optim__grad_clip=0.5)
    ours, theirs = make_model(), make_model()
    optimizer = Optimizer(ours, config, CPU)
    matrices = [module.weight for module in theirs.modules() if isinstance(module, torch.nn.Linear)]
    others = [one for one in theirs.parameters() if all(one is not matrix for matrix in matrices)]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    plain = torch.optim.AdamW(groups, lr=1.0, betas=(BETA1, config.optim.beta2))
    for step in range(5):
        optimizer.step(step, set_gradients(ours, step))
        set_gradients(theirs, step)
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
        for group in plain.param_groups:
            group["lr"] = learning_rate(config.optim, config.training.n_iters, step)
        plain.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-6)


def test_after_a_step_that_is_not_finite_nothing_changes_any_more() -> None:
    model = make_model()
    optimizer = Optimizer(model, make_config(), CPU)
    optimizer.step(0, set_gradients(model, 0))
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer.step(1, set_gradients(model, 1, scale=float("nan")))
    optimizer.step(2, set_gradients(model, 2))
    assert bool(optimizer.diverged)
    assert all(torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))


def test_the_state_goes_on_where_it_was() -> None:
    model, other = make_model(), make_model()
    first, second = (Optimizer(one, make_config(), CPU) for one in (model, other))
    first.step(0, set_gradients(model, 0))
    other.load_state_dict(model.state_dict())
    second.load_state(first.state())
    for optimizer, one in ((first, model), (second, other)):
        optimizer.step(1, set_gradients(one, 1))
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))


def test_training_does_not_load_what_only_compiling_needs() -> None:
    code = (
        "import sys; from optsweep.train.loop import train; from tests.train.supply import make_config, make_data; "
        "train(make_config(), make_data(), 'cpu', lambda _: True); sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
