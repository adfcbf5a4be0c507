"""A language model of proteins in plain PyTorch: which residue follows the last few? Knows nothing of optsweep.

python train.py --config config.toml --datafile data_sweep.pt --work-dir runs/1
"""

import argparse
import json
import signal
import tomllib
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn

VOCABULARY = 25


def load_windows(path: str, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Windows of tokens int64[n, length + 1], of the training and of the validation sequences."""
    data = torch.load(path, weights_only=True)
    tokens, offsets = data["tokens"].long(), data["offsets"].tolist()
    held_out = set(data["validation"].tolist()) | set(data["confirmation"].tolist())
    groups: dict[bool, list[torch.Tensor]] = {True: [], False: []}
    for index, (start, end) in enumerate(pairwise(offsets)):
        if end - start > length:
            groups[index in held_out].append(tokens[start:end].unfold(0, length + 1, length))
    return torch.cat(groups[False]), torch.cat(groups[True])


class Model(nn.Module):
    def __init__(self, length: int, width: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.layers = nn.Sequential(
            nn.Linear(length * width, 4 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(4 * width, VOCABULARY)
        )

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.layers(self.embedding(tokens).flatten(1))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--datafile", required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    args = parser.parse_args()
    config = tomllib.loads(Path(args.config).read_text())
    model_config, optim, training = config["model"], config["optim"], config["training"]

    torch.manual_seed(training["seed"])
    train, validation = load_windows(args.datafile, model_config["context"])
    validation = validation[:: max(1, len(validation) // 2000)]
    model = Model(model_config["context"], model_config["width"], model_config["dropout"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=optim["lr"], weight_decay=optim["weight_decay"])
    checkpoint, first = args.work_dir / "checkpoint.pt", 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"]

    stopped = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    with (args.work_dir / "metrics.jsonl").open("a", buffering=1) as metrics:
        for step in range(first + 1, training["steps"] + 1):
            model.train()
            batch = train[torch.randint(len(train), (training["batch"],))]
            loss = nn.functional.cross_entropy(model(batch[:, :-1]), batch[:, -1])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % training["evaluate_every"] == 0 or step == training["steps"]:
                model.eval()
                with torch.no_grad():
                    score = nn.functional.cross_entropy(model(validation[:, :-1]), validation[:, -1])
                line = {"step": step, "loss": loss.item(), "validation": {"loss": score.item()}}
                metrics.write(json.dumps(line) + "\n")
            if stopped or step % training["evaluate_every"] == 0 or step == training["steps"]:
                state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
                torch.save(state, checkpoint.with_suffix(".new"))
                checkpoint.with_suffix(".new").rename(checkpoint)
            if stopped:
                return


if __name__ == "__main__":
    main()
