"""When to strike, and what: a list drawn from a seed."""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass

WORK = 2500
"""Iterations over which the strikes are spread; a study of 24 runs computes more."""
BURST_SHARE = 0.3
"""Share of the strikes that follow the one before at once, while everything is still starting."""
MAX_DELAY_SECONDS = 1.5

Targets = tuple[str, ...]
PROCESSES: dict[Targets, int] = {
    ("worker",): 5,
    ("launcher",): 3,
    ("worker", "launcher"): 2,
    ("all workers", "launcher"): 1,
    ("worker, stopped",): 2,
    ("study",): 1,
    ("planner",): 1,
}
SCRIPTS: dict[Targets, int] = {("guard", "worker"): 4}
SERVERS: dict[Targets, int] = {
    ("server",): 3,
    ("server", "worker"): 1,
    ("server", "launcher"): 1,
    ("answers",): 4,
    ("last seconds",): 2,
    ("plan's session",): 1,
}
"""What a strike meets -> its weight. What each of them is: `tests.chaos.dealing`."""
ASKED = [("worker",), ("all workers",), ("launcher",)]
"""Whom a scheduler or a person sometimes asks to leave (SIGTERM), one process or kind of them alone."""


@dataclass(frozen=True)
class Strike:
    """One strike: at what, how, and when."""

    targets: Targets
    signal: signal.Signals
    iterations: int
    """It waits until so many more iterations are computed,"""
    seconds: float
    """and then for so long."""
    choice: float
    """Which of the workers, or how much of it: 0..1."""
    away_seconds: float
    """How long a killed server stays away."""

    def __str__(self) -> str:
        return f"{self.signal.name} to {' and '.join(self.targets)}"


def draw_strikes(seed: int, number: int, targets: dict[Targets, int]) -> list[Strike]:
    """The same list for the same arguments; it has every kind of strike, if it is long enough."""
    generator = random.Random(seed)
    kinds = list(targets)
    whom = generator.sample(kinds, min(number, len(kinds)))
    whom += generator.choices(kinds, list(targets.values()), k=number - len(whom))
    generator.shuffle(whom)
    return [_draw(generator, who, 2 * WORK // number) for who in whom]


def _draw(generator: random.Random, who: Targets, max_iterations: int) -> Strike:
    polite = who in ASKED and generator.random() < 0.25
    burst = generator.random() < BURST_SHARE
    return Strike(
        targets=who,
        signal=signal.SIGTERM if polite else signal.SIGKILL,
        iterations=0 if burst else generator.randrange(max_iterations),
        seconds=generator.uniform(0, MAX_DELAY_SECONDS),
        choice=generator.random(),
        away_seconds=generator.choice([0.0, generator.uniform(0, 3)]),
    )
