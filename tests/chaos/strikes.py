"""When and whom to kill: a list drawn from a seed."""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass

WORK = 2500
"""Iterations over which the kills are spread; a study of 24 runs computes more."""
BURST_SHARE = 0.3
"""Share of the kills that follow the one before at once, while everything is still starting."""
MAX_DELAY_SECONDS = 1.5

PROCESSES: dict[tuple[str, ...], int] = {
    ("worker",): 5,
    ("launcher",): 3,
    ("worker", "launcher"): 2,
    ("all workers", "launcher"): 1,
}
SERVERS: dict[tuple[str, ...], int] = {
    ("server",): 3,
    ("server", "worker"): 1,
    ("server", "launcher"): 1,
}
"""Whom a kill meets -> its weight."""


@dataclass(frozen=True)
class Strike:
    """One kill: who, how, and when."""

    targets: tuple[str, ...]
    signal: signal.Signals
    iterations: int
    """It waits until so many more iterations are computed,"""
    seconds: float
    """and then for so long."""
    choice: float
    """Which of the workers, 0..1."""
    away_seconds: float
    """How long a killed server stays away."""

    def __str__(self) -> str:
        return f"{self.signal.name} to {' and '.join(self.targets)}"


def draw_strikes(seed: int, kills: int, targets: dict[tuple[str, ...], int]) -> list[Strike]:
    """The same list for the same arguments."""
    generator = random.Random(seed)
    return [_draw(generator, targets, 2 * WORK // kills) for _ in range(kills)]


def _draw(generator: random.Random, targets: dict[tuple[str, ...], int], max_iterations: int) -> Strike:
    who = generator.choices(list(targets), list(targets.values()))[0]
    # A polite signal is for one process alone, as from a scheduler or a person.
    polite = len(who) == 1 and who != ("server",) and generator.random() < 0.25
    burst = generator.random() < BURST_SHARE
    return Strike(
        targets=who,
        signal=signal.SIGTERM if polite else signal.SIGKILL,
        iterations=0 if burst else generator.randrange(max_iterations),
        seconds=generator.uniform(0, MAX_DELAY_SECONDS),
        choice=generator.random(),
        away_seconds=generator.choice([0.0, generator.uniform(0, 3)]),
    )
