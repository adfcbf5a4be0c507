"""A model of how often residues follow each other, with Lightning. Knows nothing of optsweep.

python train.py --config config.yaml --datafile data_sweep.pt --folder runs/1
"""

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Any

import lightning
import torch
import yaml
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

VOCABULARY = 25
LENGTH = 64


def load(path: str) -> torch.Tensor:
    """The first tokens of every sequence that has so many, int64[n, LENGTH]."""
    data = torch.load(path, weights_only=True)
    spans = pairwise(data["offsets"].tolist())
    return torch.stack([data["tokens"][start : start + LENGTH].long() for start, end in spans if end - start >= LENGTH])


class Model(lightning.LightningModule):
    def __init__(self, hidden: int, lr: float, dropout: float) -> None:
        super().__init__()
        self.lr = lr
        self.embedding = nn.Embedding(VOCABULARY, hidden)
        self.recurrent = nn.GRU(hidden, hidden, batch_first=True)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden, VOCABULARY))

    def loss(self, batch: list[torch.Tensor]) -> torch.Tensor:
        (tokens,) = batch
        states, _ = self.recurrent(self.embedding(tokens[:, :-1]))
        return nn.functional.cross_entropy(self.head(states).transpose(1, 2), tokens[:, 1:])

    def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
        loss = self.loss(batch)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: list[torch.Tensor], index: int) -> None:
        self.log("val_loss", self.loss(batch))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=self.lr)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--datafile", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    config: dict[str, Any] = yaml.safe_load(Path(args.config).read_text())

    lightning.seed_everything(config["seed"])
    tokens = load(args.datafile)
    train = DataLoader(TensorDataset(tokens[500:]), batch_size=config["data"]["batch"], shuffle=True, drop_last=True)
    validation = DataLoader(TensorDataset(tokens[:500]), batch_size=250)
    last = args.folder / "last.ckpt"
    trainer = lightning.Trainer(
        max_steps=config["trainer"]["max_steps"],
        val_check_interval=config["trainer"]["val_check_interval"],
        log_every_n_steps=10,
        accelerator="auto",
        enable_progress_bar=False,
        enable_model_summary=False,
        logger=CSVLogger(args.folder, name="logs"),
        callbacks=[ModelCheckpoint(args.folder, save_last=True, save_on_train_epoch_end=False)],
    )
    trainer.fit(Model(**config["model"]), train, validation, ckpt_path=last if last.exists() else None)


if __name__ == "__main__":
    main()
