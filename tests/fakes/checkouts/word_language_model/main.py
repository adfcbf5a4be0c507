"""pytorch/examples word_language_model: argparse with words for values and switches; one file, no checkpoint."""

import argparse
from pathlib import Path

parser = argparse.ArgumentParser(allow_abbrev=False)
for name in ("data", "model", "save"):
    parser.add_argument(f"--{name}", type=str)
for name in ("emsize", "nhid", "nlayers", "epochs", "batch_size", "bptt", "seed", "log-interval"):
    parser.add_argument(f"--{name}", type=int)
for name in ("lr", "clip", "dropout"):
    parser.add_argument(f"--{name}", type=float)
parser.add_argument("--nhead", type=int, default=2)
for name in ("tied", "dry-run", "accel", "use-optimizer"):
    parser.add_argument(f"--{name}", action="store_true")
given = parser.parse_args()
assert not given.tied or given.nhid == given.emsize, "tied layers are equally wide"
for epoch in range(1, given.epochs + 1):
    loss = 5 + given.dropout - epoch / given.epochs
    print("-" * 89)
    print(f"| end of epoch {epoch:3d} | time:  0.10s | valid loss {loss:5.2f} | valid ppl {2.7**loss:8.2f}", flush=True)
    print("-" * 89)
    Path(given.save).write_text(str(epoch))
print(f"| End of training | test loss {loss:5.2f} | test ppl {2.7**loss:8.2f}")
