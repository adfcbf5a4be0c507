"""Ridge regression on random features of a curve; prints one number at its end, as scripts around scikit-learn do."""

import argparse

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float, default=1.0)
parser.add_argument("--features", type=int, default=50)
parser.add_argument("--kind", choices=["cos", "tanh"], default="cos")
parser.add_argument("--standardize", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

data = np.random.default_rng(0)
x = data.uniform(-3, 3, 300)
y = np.sin(3 * x) + 0.3 * x**2 + data.normal(0, 0.2, 300)

draws = np.random.default_rng(args.seed)
inner = np.outer(x, draws.normal(0, 2, args.features)) + draws.uniform(0, 6, args.features)
design = np.cos(inner) if args.kind == "cos" else np.tanh(inner)
if args.standardize:
    design = (design - design.mean(0)) / design.std(0)
design = np.column_stack([np.ones(300), design])

left_out = np.empty(300)
for fold in range(5):
    test = np.arange(300) % 5 == fold
    seen = design[~test]
    weights = np.linalg.solve(seen.T @ seen + args.alpha * np.eye(seen.shape[1]), seen.T @ y[~test])
    left_out[test] = design[test] @ weights
print(f"R2: {1 - ((y - left_out) ** 2).sum() / ((y - y.mean()) ** 2).sum():.5f}")
