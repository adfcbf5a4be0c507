"""A masked language model of proteins with Hugging Face's Trainer. Knows nothing of optsweep.

python train.py --datafile rows.pt --output_dir runs/1 --learning_rate 1e-3 --hidden_size 64 --max_steps 100
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Dataset
from transformers import BertConfig, BertForMaskedLM, HfArgumentParser, Trainer, TrainingArguments

VOCABULARY, PAD, MASK = 25, 1, 4


@dataclass
class ScriptArguments:
    datafile: str
    hidden_size: int = 64
    num_layers: int = 2
    max_length: int = 64


class Proteins(Dataset):
    """Rows of a list of dicts that hold ``prot_tokens``."""

    def __init__(self, rows: list[dict[str, Any]], max_length: int) -> None:
        self._rows = [row["prot_tokens"][:max_length] for row in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self._rows[index]


def mask(rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    tokens = torch.stack(rows)
    chosen = (torch.rand(tokens.shape) < 0.15) & (tokens > MASK)
    return {
        "input_ids": tokens.masked_fill(chosen, MASK),
        "attention_mask": (tokens != PAD).long(),
        "labels": tokens.masked_fill(~chosen, -100),
    }


def last_checkpoint(folder: Path) -> str | None:
    """The newest whole one: the Trainer writes its state last, and may have been killed before."""
    whole = [path.parent for path in folder.glob("checkpoint-*/trainer_state.json")]
    return str(max(whole, key=lambda path: int(path.name.partition("-")[2]))) if whole else None


def main() -> None:
    script, training = HfArgumentParser((ScriptArguments, TrainingArguments)).parse_args_into_dataclasses()
    rows = torch.load(script.datafile, weights_only=True)
    torch.manual_seed(training.seed)
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=script.hidden_size,
        intermediate_size=4 * script.hidden_size,
        num_hidden_layers=script.num_layers,
        num_attention_heads=4,
        max_position_embeddings=script.max_length,
        pad_token_id=PAD,
    )
    trainer = Trainer(
        model=BertForMaskedLM(config),
        args=training,
        data_collator=mask,
        train_dataset=Proteins(rows[200:], script.max_length),
        eval_dataset=Proteins(rows[:200], script.max_length),
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(Path(training.output_dir)))


if __name__ == "__main__":
    main()
