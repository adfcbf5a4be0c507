"""A model of the recorded runs: curve and cost of any configuration of the space, without the seeds' noise."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.search.make_table import TABLE

FloatArray = NDArray[np.float64]

LOGARITHMIC = ("lr", "weight_decay", "hidden_size", "head_dim", "cond_dim", "effective_batch", "ema_fraction")
FOLDS = 10
NUM_FEATURES = 15
FLOOR_MARGIN = 0.002
"""Nats below the best recorded value: what no prediction goes below."""


@dataclass(frozen=True)
class Recorded:
    """The table: parameters of each run, its curve [runs, points] in nats per residue, its seconds."""

    parameters: Sequence[Mapping[str, Any]]
    curves: FloatArray
    seconds: FloatArray

    @property
    def values(self) -> FloatArray:
        best: FloatArray = self.curves.min(axis=1)
        return best


def read_table() -> Recorded:
    rows = json.loads(TABLE.read_text())
    curves = np.array([row["curve"] for row in rows])
    return Recorded([row["parameters"] for row in rows], curves, np.array([row["seconds"] for row in rows]))


def features(parameters: Mapping[str, Any]) -> list[float]:
    """A configuration as numbers, those that span decades by their logarithm."""
    numbers = []
    for name in sorted({*parameters, "preschool_fraction"}):
        value = parameters.get(name, 0.0)
        number = float(value == "cosine") if name == "schedule" else float(value)
        numbers.append(math.log(number) if name in LOGARITHMIC else number)
    return numbers


class Surrogate:
    """A Gaussian process over the table, one length scale a parameter; answers for any configuration."""

    def __init__(self, recorded: Recorded) -> None:
        self._inputs = np.array([features(parameters) for parameters in recorded.parameters])
        # Logarithms above a floor: early points differ by ten times as much as late ones, and none may undershoot.
        self._floor = float(recorded.curves.min()) - FLOOR_MARGIN
        self._outputs = np.log(np.column_stack([recorded.curves - self._floor, recorded.seconds]))
        self._model = _process().fit(self._inputs, self._outputs)

    def rank_error(self, recorded: Recorded) -> tuple[float, float]:
        """Spearman and root mean square error (nats) of values that ten-fold cross-validation predicts."""
        folds = KFold(FOLDS, shuffle=True, random_state=0)
        outputs = cross_val_predict(_process(), self._inputs, self._outputs, cv=folds)
        predicted = self._curves(outputs).min(axis=1)
        error = float(np.sqrt(np.mean((predicted - recorded.values) ** 2)))
        return float(spearmanr(predicted, recorded.values).statistic), error

    def curves(self, many: Sequence[Mapping[str, Any]]) -> FloatArray:
        """[runs, points], without noise."""
        return self._curves(self._model.predict(np.array([features(parameters) for parameters in many])))

    def _curves(self, outputs: FloatArray) -> FloatArray:
        found: FloatArray = self._floor + np.exp(outputs[:, :-1])
        return found

    def run(self, parameters: Mapping[str, Any]) -> tuple[FloatArray, float]:
        """The curve of one run without a seed's noise, and its seconds."""
        outputs = self._model.predict(np.array([features(parameters)]))
        return self._curves(outputs)[0], math.exp(outputs[0, -1])


def _process() -> Pipeline:
    scales = Matern(length_scale=np.full(NUM_FEATURES, 3.0), length_scale_bounds=(0.3, 1e3), nu=1.5)
    kernel = ConstantKernel(1.0, (1e-2, 1e3)) * scales + WhiteKernel(0.1, (1e-3, 2.0))
    return make_pipeline(StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True, random_state=0))
