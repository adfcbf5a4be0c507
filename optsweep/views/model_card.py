"""The model card that lies beside exported weights."""

from __future__ import annotations

from optsweep.config import TrainConfig
from optsweep.results.records import StudySnapshot


def model_card(config: TrainConfig, snapshot: StudySnapshot, value: float, weights: str) -> str:
    """What the weights (a file name) are, how they were made, and what they were not shown."""
    model, training, origin = config.model, config.training, config.provenance
    synthetic = (
        "**Trained on synthetic sequences: of no use for real proteins.**\n\n" if snapshot.data.synthetic else ""
    )
    return f"""# {snapshot.study}: {origin["run"]}

{synthetic}A masked diffusion protein language model: width {model.hidden_size}, {model.n_blocks} blocks,
{model.n_heads} heads, trained for {training.n_iters:,} iterations of {training.effective_batch} sequences
({config.noise.schedule} schedule).

* Chosen by the study {snapshot.study} of {len(snapshot.runs)} runs, where it was scored
  {origin.get("value", "not at all")} nats per residue after {origin["swept_iterations"]:,} iterations on a subset.
* Trained on {origin["corpus"]}; the validation and confirmation sequences of {origin["subset"]} and
  their relatives in the corpus were left out.
* {value:.4f} nats per residue on the confirmation sequences, which had no part in any choice.
* `{weights}` holds the exponential moving average of the weights; `config.toml` everything that made them;
  `metrics.jsonl` the course of the training.
"""
