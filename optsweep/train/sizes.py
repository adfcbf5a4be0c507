"""How large a model is: parameters, checkpoint bytes, arithmetic; without torch, for planning."""

from __future__ import annotations

from optsweep.config import ModelConfig, TrainConfig
from optsweep.data.vocabulary import FIRST_RESIDUE, VOCABULARY_SIZE

MLP_RATIO = 4
"""Width of the perceptron's inner layer, in hidden sizes."""
NUM_RATIO_FEATURES = 32
"""Features of the mask ratio."""

FLOAT_BYTES = 4
NUM_COPIES = 4
"""Copies of each parameter in a checkpoint: weights, EMA and the two moments of AdamW."""
CHECKPOINT_OVERHEAD = 1500
"""Bytes that each tensor's name, place and zip entry take in a checkpoint, over its four copies."""


def weight_shapes(model: ModelConfig) -> dict[str, tuple[int, ...]]:
    """The network's weights by name, in its own order; the first of the token ids are not predicted."""
    hidden, cond, residues = model.hidden_size, model.cond_dim, VOCABULARY_SIZE - FIRST_RESIDUE
    block = {
        "modulation.weight": (6 * hidden, cond),
        "modulation.bias": (6 * hidden,),
        "qkv.weight": (3 * hidden, hidden),
        "attention_out.weight": (hidden, hidden),
        "mlp_in.weight": (MLP_RATIO * hidden, hidden),
        "mlp_out.weight": (hidden, MLP_RATIO * hidden),
    }
    return {
        "embedding.weight": (VOCABULARY_SIZE, hidden),
        "condition.0.weight": (cond, NUM_RATIO_FEATURES),
        "condition.0.bias": (cond,),
        "condition.2.weight": (cond, cond),
        "condition.2.bias": (cond,),
        **{f"blocks.{i}.{name}": shape for i in range(model.n_blocks) for name, shape in block.items()},
        "final_modulation.weight": (2 * hidden, cond),
        "final_modulation.bias": (2 * hidden,),
        "head.weight": (residues, hidden),
        "head.bias": (residues,),
    }


def parameter_count(model: ModelConfig) -> int:
    """Parameters of the network, however many blocks a config asks for."""
    hidden, cond = model.hidden_size, model.cond_dim
    condition = NUM_RATIO_FEATURES * cond + cond + cond * cond + cond
    block = (4 + 2 * MLP_RATIO) * hidden * hidden + (cond + 1) * 6 * hidden
    head = (cond + 1) * 2 * hidden + (hidden + 1) * (VOCABULARY_SIZE - FIRST_RESIDUE)
    return VOCABULARY_SIZE * hidden + condition + model.n_blocks * block + head


def checkpoint_bytes(model: ModelConfig) -> int:
    """Size of one checkpoint file, within a few per cent."""
    num_tensors = 9 + 6 * model.n_blocks
    return NUM_COPIES * FLOAT_BYTES * parameter_count(model) + CHECKPOINT_OVERHEAD * num_tensors


def ema_bytes(model: ModelConfig) -> int:
    """Size of what is left of a checkpoint when only its EMA weights are kept."""
    return checkpoint_bytes(model) // NUM_COPIES


def relative_cost(config: TrainConfig) -> float:
    """Multiplications of the whole run, roughly: what longest-first means.

    Per token and block 12 d^2 for the projections and the feed-forward part, 2 d L for attention.
    """
    hidden, length = config.model.hidden_size, config.data.max_protein_len
    per_sequence = length * config.model.n_blocks * (12 * hidden**2 + 2 * hidden * length)
    return float(config.total_sequences * per_sequence)
