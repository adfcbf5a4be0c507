"""Logistic regression that tells its loss by a call of `optsweep.report`; run by hand, the call does nothing."""

import argparse

import numpy as np

from optsweep import report

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--momentum", type=float, default=0.9)
parser.add_argument("--epochs", type=int, default=50)
args = parser.parse_args()

draws = np.random.default_rng(0)
x = draws.normal(size=(400, 20))
y = (x @ draws.normal(size=20) + draws.normal(size=400) > 0).astype(float)
weights, velocity = np.zeros(20), np.zeros(20)
for epoch in range(1, args.epochs + 1):
    error = 1 / (1 + np.exp(-x[:300] @ weights)) - y[:300]
    velocity = args.momentum * velocity - args.lr * x[:300].T @ error / 300
    weights += velocity
    margin = (2 * y[300:] - 1) * (x[300:] @ weights)
    report(step=epoch, loss=float(np.logaddexp(0, -margin).mean()))
