"""What a trained model is for: its weights for other programs, its score, and new proteins by ancestral sampling.

Sampling goes from all residues masked to none, the reverse of the masking that training sees (Sahoo et al. 2024,
arXiv:2406.07524): at each step the mask ratio falls, and as many residues as that leaves unmasked, chosen at
random, are drawn from the model's distribution.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray

from optsweep.config import Schedule, TrainConfig
from optsweep.data.training_data import load_training_data
from optsweep.data.vocabulary import BOS, EOS, FIRST_RESIDUE, MASK, PAD
from optsweep.files import atomic_path
from optsweep.train.checkpoint import CURRENT, load_ema
from optsweep.train.device import process_settings, resolve_device
from optsweep.train.evaluation import Evaluator
from optsweep.train.execution import execution_for
from optsweep.train.layout import Padded
from optsweep.train.micro_batch import first_micro_batch
from optsweep.train.model import Transformer
from optsweep.train.schedules import mask_ratio

MODEL_NAME = "model.safetensors"
BATCH_TOKENS = {"cpu": 8192, "cuda": 65536}


def export_model(directory: Path, subset: Path) -> tuple[TrainConfig, float]:
    """Write the EMA weights of the checkpoint in ``directory`` beside it as safetensors.

    Returns the model's config, and its NELBO on the confirmation sequences in nats per residue: nothing has been chosen
    by them.
    """
    device = resolve_device("auto")
    config, model = load_ema(directory / CURRENT, device)
    execution = execution_for(config, device)
    model.short_residual = execution.short_residual
    micro_batch = first_micro_batch(config, execution, config.training.effective_batch)
    evaluator = Evaluator(load_training_data(subset).confirmation, config, micro_batch, execution)
    # The kernels that scored the run.
    with process_settings(device, config.training.threads):
        value = evaluator.score(model).value
    with atomic_path(directory / MODEL_NAME) as temporary:
        safetensors.torch.save_file(model.state_dict(), temporary, metadata={"format": "pt"})
    return config, value


def generate(
    model: Transformer, lengths: NDArray[np.int64], *, schedule: Schedule, steps: int, seed: int
) -> list[NDArray[np.uint8]]:
    """One protein of each of ``lengths`` residues, as tokens uint8[length], in that order.

    ``model`` is in evaluation mode on its device; ``schedule`` is the one that it was trained with, cut into ``steps``.
    The same seed on the same device gives the same proteins.
    """
    device = next(model.parameters()).device
    random = torch.Generator(device).manual_seed(seed)
    ratios = mask_ratio(schedule, np.linspace(1, 0, steps + 1))
    ratios[0] = 1.0
    found: list[NDArray[np.uint8]] = [np.empty(0, np.uint8)] * len(lengths)
    for rows in _batches(lengths, BATCH_TOKENS.get(device.type, BATCH_TOKENS["cuda"])):
        for row, tokens in zip(rows, _generate(model, lengths[rows], ratios, random), strict=True):
            found[row] = tokens
    return found


def _batches(lengths: NDArray[np.int64], max_tokens: int) -> list[NDArray[np.int64]]:
    """Rows of similar lengths, so many that they fill ``max_tokens`` when padded."""
    order = np.argsort(-lengths, kind="stable")
    batches = []
    while len(order):
        size = max(1, max_tokens // int(lengths[order[0]] + 2))
        batches.append(order[:size])
        order = order[size:]
    return batches


@torch.no_grad()
def _generate(
    model: Transformer, lengths: NDArray[np.int64], ratios: NDArray[np.float64], random: torch.Generator
) -> list[NDArray[np.uint8]]:
    device = random.device
    residues = torch.from_numpy(lengths).to(device)
    place = torch.arange(int(lengths.max()) + 2, device=device)
    inside = (place >= 1) & (place <= residues[:, None])
    tokens = torch.full((len(lengths), len(place)), PAD, device=device)
    tokens[:, 0] = BOS
    tokens[inside] = MASK
    tokens[place == residues[:, None] + 1] = EOS
    # Each residue is unmasked in its turn: those of the lowest rank stay masked the longest.
    rank = torch.rand(inside.shape, generator=random, device=device).masked_fill(~inside, 2).argsort(1).argsort(1)
    layout = Padded.of(residues + 2, len(place))
    for now, after in itertools.pairwise(ratios.tolist()):
        remaining = torch.ceil(residues * after).long()
        chosen = (tokens == MASK) & (rank >= remaining[:, None])
        positions = chosen.flatten().nonzero().squeeze(1)
        if not len(positions):
            continue
        ratio = torch.full((len(lengths),), now, device=device)
        logits = model(tokens, layout, ratio, positions)
        # float64: in float32 the tail is cut off, which samples at a lower temperature (Zheng et al. 2024).
        drawn = torch.multinomial(logits.double().softmax(-1), 1, generator=random).squeeze(1)
        tokens.view(-1)[positions] = drawn + FIRST_RESIDUE
    host = tokens.cpu().numpy().astype(np.uint8)
    return [row[1 : length + 1] for row, length in zip(host, lengths.tolist(), strict=True)]
