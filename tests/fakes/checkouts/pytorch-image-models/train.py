"""timm's command line: argparse with switches and lists of words; summary.csv, and a second header after a resume."""

import argparse
import csv
from pathlib import Path

from tests.fakes.checkouts import begin, die_once, load, save

parser = argparse.ArgumentParser(allow_abbrev=False)
for name in ("data-dir", "output", "experiment", "model", "device", "opt", "resume"):
    parser.add_argument(f"--{name}", type=str, default="")
for name in ("seed", "img-size", "num-classes", "epochs", "checkpoint-hist", "log-interval", "workers"):
    parser.add_argument(f"--{name}", type=int)
for name in ("warmup-epochs", "batch-size"):
    parser.add_argument(f"--{name}", type=int)
for name in ("lr", "momentum", "weight-decay", "smoothing"):
    parser.add_argument(f"--{name}", type=float)
parser.add_argument("--opt-betas", type=float, nargs="+")
for name in ("model-ema", "no-aug"):
    parser.add_argument(f"--{name}", action="store_true")
given = parser.parse_args()
assert (given.opt_betas is None) == (given.opt != "adamw")
assert (given.momentum is None) == (given.opt != "sgd")
folder = Path(given.output) / given.experiment
folder.mkdir(exist_ok=True)
first = load(Path(given.resume)) if given.resume else 0
begin(folder.parent, first)
columns = ["epoch", "train_loss", "eval_loss", "eval_top1", "eval_top5", "lr"]
with (folder / "summary.csv").open("a", newline="") as file:
    rows = csv.DictWriter(file, columns)
    rows.writeheader()
    for epoch in range(first, given.epochs):
        top1 = 50 + 40 * epoch / given.epochs - given.smoothing
        values = (epoch, 1.0, 1.2, top1, 99.0, given.lr)
        rows.writerow(dict(zip(columns, values, strict=True)))
        file.flush()
        save(folder / "last.pth.tar", epoch + 1)
        if 2 * epoch >= given.epochs:
            die_once(folder.parent)
