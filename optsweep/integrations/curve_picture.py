"""A run's learning curve as a small SVG picture, drawn from its metrics.jsonl; the standard library only."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 36, 40
MOST_POINTS = 400
BLUE, GREY = "#0072B2", "#999999"


def draw_curve(title: str, metrics: Path) -> str | None:
    """SVG of training loss (grey) and evaluations (blue, with dots) over the steps; None without any line yet.

    The evaluations are NELBO ("val_nelbo"), or what a script of somebody else's calls its value.
    """
    training, evaluations = _read(metrics)
    if not training and not evaluations:
        return None
    points = [*training, *evaluations]
    frame = _Frame(max(step for step, _ in points), _limits([value for _, value in points]))
    parts = [frame.axes(title), frame.line(_thinned(training), GREY, 1), frame.line(evaluations, BLUE, 2)]
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{BLUE}"/>' for x, y in frame.placed(evaluations)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )


def _read(metrics: Path) -> tuple[Points, Points]:
    """(step, train_loss) and (step, evaluation); what is not finite, and a line cut off by a kill, is left out."""
    found: dict[str, list[tuple[float, float]]] = {"train_loss": [], "val_nelbo": [], "value": []}
    for text in metrics.read_text(encoding="utf-8").splitlines() if metrics.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        for name, points in found.items():
            value = line.get(name)
            if value is not None and math.isfinite(value):
                points.append((line["step"], value))
    return found["train_loss"], found["val_nelbo"] or found["value"]


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """From the lowest value to where most are: the first losses would flatten the rest."""
    ordered = sorted(values)
    low, high = ordered[0], ordered[math.ceil(0.95 * (len(ordered) - 1))]
    room = 0.05 * (high - low) or 0.01
    return low - room, high + room


def _thinned(points: Points) -> Points:
    return points[:: max(1, len(points) // MOST_POINTS)]


class _Frame:
    """Where steps and values lie in the picture."""

    def __init__(self, last_step: float, limits: tuple[float, float]) -> None:
        self._last, self._limits = last_step, limits

    def placed(self, points: Points) -> Iterable[tuple[float, float]]:
        low, high = self._limits
        for step, value in points:
            x = LEFT + (WIDTH - LEFT - RIGHT) * step / (self._last or 1)
            share = min(1.0, (value - low) / (high - low))
            yield x, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    def line(self, points: Points, color: str, width: int) -> str:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in self.placed(points))
        return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"/>'

    def axes(self, title: str) -> str:
        low, high = self._limits
        bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
        texts = [
            (WIDTH / 2, 20, "middle", f"{title}; validation blue, training grey"),
            (LEFT - 6, TOP + 10, "end", f"{high:.3f}"),
            (LEFT - 6, bottom, "end", f"{low:.3f}"),
            (LEFT, bottom + 18, "middle", "0"),
            (right, bottom + 18, "end", f"step {self._last:,.0f}"),
        ]
        words = "".join(
            f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>' for x, y, anchor, text in texts
        )
        return f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="black"/>{words}'
