"""AdamW with clipping, a learning rate schedule and an average of the weights, without waiting for the device."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from optsweep.config import TrainConfig
from optsweep.train.schedules import ema_decay, learning_rate

BETA1 = 0.9


class _GuardedAdamW(torch.optim.AdamW):
    found_inf: torch.Tensor
    """Where 1, the fused kernel leaves everything as it is; the protocol of torch.amp.GradScaler."""


class Optimizer:
    """Steps ``model`` and its exponential moving average ``ema``.

    A loss or gradient norm that is not finite sets ``diverged``, on the device: from then on no step changes anything,
    so that the host need not look at every step.
    """

    def __init__(self, model: nn.Module, config: TrainConfig, device: torch.device) -> None:
        self._config = config
        self._parameters: list[torch.Tensor] = list(model.parameters())
        self.ema = copy.deepcopy(model).eval().requires_grad_(False)
        self._averages: list[torch.Tensor] = list(self.ema.parameters())
        self.diverged = torch.zeros((), device=device)
        self._adamw = _GuardedAdamW(
            _parameter_groups(model, config.optim.weight_decay),
            lr=config.optim.lr,
            betas=(BETA1, config.optim.beta2),
            fused=True,
        )

    def step(self, step: int, loss: torch.Tensor) -> None:
        """Use the gradients, which are those of ``loss``, as optimiser step ``step`` (from 0), and drop them."""
        training, optim = self._config.training, self._config.optim
        gradients = [parameter.grad for parameter in self._parameters if parameter.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        torch.nn.utils.clip_grads_with_norm_(self._parameters, optim.grad_clip, norm)
        self.diverged = torch.maximum(self.diverged, (~torch.isfinite(norm + loss)).float())
        self._adamw.found_inf = self.diverged
        for group in self._adamw.param_groups:
            group["lr"] = learning_rate(optim, training.n_iters, step)
        self._adamw.step()
        self._adamw.zero_grad(set_to_none=True)
        decay = ema_decay(training.ema_fraction, training.n_iters, step)
        torch._foreach_lerp_(self._averages, self._parameters, 1 - decay)

    def state_dict(self) -> dict[str, Any]:
        """Tensors and plain containers; the average is in ``ema``."""
        return self._adamw.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._adamw.load_state_dict(state)


def _parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay for the matrices of linear layers only, not for embeddings and biases."""
    matrices = {module.weight for module in model.modules() if isinstance(module, nn.Linear)}
    others = [parameter for parameter in model.parameters() if parameter not in matrices]
    decayed = [parameter for parameter in model.parameters() if parameter in matrices]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
