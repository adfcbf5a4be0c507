"""AdamW with clipping, a learning rate schedule and an average of the weights, without waiting for the device."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import nn

# The function, not the class `torch.optim.AdamW`: to make one imports torch._dynamo, two seconds of every new process.
from torch.optim.adamw import adamw

from optsweep.config import TrainConfig
from optsweep.train.learning_rate import learning_rate
from optsweep.train.schedules import ema_decay

Network = TypeVar("Network", bound=nn.Module)
BETA1 = 0.9
EPSILON = 1e-8


@dataclass(frozen=True)
class _Group:
    """Parameters with one weight decay, and what AdamW keeps of them (Loshchilov & Hutter 2019, arXiv:1711.05101)."""

    weight_decay: float
    parameters: list[torch.Tensor]
    state: list[list[torch.Tensor]]
    """[average, squared average, steps][parameter]"""


class Optimizer(Generic[Network]):
    """Steps ``model`` and its exponential moving average ``ema``.

    A loss or gradient norm that is not finite sets ``diverged``, on the device: from then on no step changes anything,
    so that the host need not look at every step.
    """

    def __init__(self, model: Network, config: TrainConfig, device: torch.device) -> None:
        self._config = config
        self._parameters: list[torch.Tensor] = list(model.parameters())
        self.ema: Network = copy.deepcopy(model).eval().requires_grad_(False)
        self._averages: list[torch.Tensor] = list(self.ema.parameters())
        self.diverged = torch.zeros((), device=device)
        self._groups = _groups(model, config.optim.weight_decay)

    @torch.no_grad()
    def step(self, step: int, loss: torch.Tensor) -> None:
        """Use the gradients, which are those of ``loss``, as optimiser step ``step`` (from 0), and drop them."""
        training, optim = self._config.training, self._config.optim
        norm = torch.nn.utils.get_total_norm(_gradients(self._parameters))
        torch.nn.utils.clip_grads_with_norm_(self._parameters, optim.grad_clip, norm)
        self.diverged = torch.maximum(self.diverged, (~torch.isfinite(norm + loss)).float())
        for group in self._groups:
            averages, squared_averages, steps = group.state
            adamw(
                group.parameters,
                _gradients(group.parameters),
                averages,
                squared_averages,
                [],
                steps,
                fused=True,
                # Where 1, the fused kernel leaves everything as it is.
                found_inf=self.diverged,
                amsgrad=False,
                beta1=BETA1,
                beta2=optim.beta2,
                lr=learning_rate(optim, training.n_iters, step),
                weight_decay=group.weight_decay,
                eps=EPSILON,
                maximize=False,
            )
        for parameter in self._parameters:
            parameter.grad = None
        decay = ema_decay(training.ema_fraction, training.n_iters, step)
        torch._foreach_lerp_(self._averages, self._parameters, 1 - decay)

    def state(self) -> list[list[list[torch.Tensor]]]:
        """[group][average, squared average, steps][parameter]; the average of the weights is in ``ema``."""
        return [group.state for group in self._groups]

    def load_state(self, state: list[list[list[torch.Tensor]]]) -> None:
        """Take over what `state` gave; copied into place."""
        for group, kept in zip(self._groups, state, strict=True):
            for own, other in zip(group.state, kept, strict=True):
                torch._foreach_copy_(own, other)


def _gradients(parameters: list[torch.Tensor]) -> list[torch.Tensor]:
    found = [parameter.grad for parameter in parameters if parameter.grad is not None]
    assert len(found) == len(parameters), "every parameter takes part in every loss"
    return found


def _groups(model: nn.Module, weight_decay: float) -> list[_Group]:
    """Weight decay for the matrices of linear layers only, not for embeddings and biases."""
    matrices = {module.weight for module in model.modules() if isinstance(module, nn.Linear)}
    everything: list[torch.Tensor] = list(model.parameters())
    groups = []
    for decay, is_matrix in ((weight_decay, True), (0.0, False)):
        parameters = [parameter for parameter in everything if (parameter in matrices) == is_matrix]
        averages, squared = ([torch.zeros_like(parameter) for parameter in parameters] for _ in range(2))
        steps = [torch.zeros((), device=parameter.device) for parameter in parameters]
        groups.append(_Group(decay, parameters, [averages, squared, steps]))
    return groups
