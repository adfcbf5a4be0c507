"""A run's learning curve as a small SVG picture for its note; the standard library only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from optsweep.train.report import read_metrics

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT, MARGIN = 640, 360, 40
MOST_POINTS = 400
BLUE, GREY = "#0072B2", "#999999"


def draw_curve(title: str, metrics: Path) -> str | None:
    """SVG of training loss (grey) and evaluations (blue, with dots) over the steps; None without any line yet."""
    lines = read_metrics(metrics, finite=True)
    training = [(line["step"], line["train_loss"]) for line in lines if "train_loss" in line]
    evaluations = [(line["step"], line["val_nelbo"]) for line in lines if "val_nelbo" in line]
    evaluations = evaluations or [(line["step"], line["value"]) for line in lines if "value" in line]
    if not training and not evaluations:
        return None
    last = max(step for step, _ in [*training, *evaluations])
    # From the lowest value to where most are: the first losses would flatten the rest.
    ordered = sorted(value for _, value in [*training, *evaluations])
    low, high = ordered[0], ordered[math.ceil(0.95 * (len(ordered) - 1))]

    def placed(points: Points) -> list[tuple[float, float]]:
        scale = (HEIGHT - 2 * MARGIN) / (high - low or 1)
        return [
            (MARGIN + (WIDTH - 2 * MARGIN) * step / (last or 1), HEIGHT - MARGIN - scale * (min(value, high) - low))
            for step, value in points
        ]

    def line(points: Points, color: str, width: int) -> str:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed(points))
        return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"/>'

    thinned = training[:: max(1, len(training) // MOST_POINTS)]
    words = {
        24: f"{title}; validation blue, training grey",
        HEIGHT - 14: f"from {low:.3f} to {high:.3f}, {last:,.0f} steps",
    }
    parts = [line(thinned, GREY, 1), line(evaluations, BLUE, 2)]
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{BLUE}"/>' for x, y in placed(evaluations)]
    parts += [f'<text x="{MARGIN}" y="{y}">{escape(text)}</text>' for y, text in words.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )
