"""pytorch/examples mnist: argparse with dashes and switches; no directory, no checkpoint."""

import argparse

parser = argparse.ArgumentParser(allow_abbrev=False)
for name in ("batch-size", "test-batch-size", "epochs", "seed", "log-interval"):
    parser.add_argument(f"--{name}", type=int)
for name in ("lr", "gamma"):
    parser.add_argument(f"--{name}", type=float)
for name in ("no-accel", "dry-run", "save-model"):
    parser.add_argument(f"--{name}", action="store_true")
given = parser.parse_args()
assert not given.no_accel
for epoch in range(1, given.epochs + 1):
    print(f"Train Epoch: {epoch} [0/640 (0%)]\tLoss: {2.3 / epoch:.6f}")
    loss = given.gamma / epoch
    print(f"\nTest set: Average loss: {loss:.4f}, Accuracy: {150 + epoch}/160 (97%)\n", flush=True)
