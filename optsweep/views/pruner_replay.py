"""What pruners would have saved and lost on a study's full curves, and which one its curves ask for."""

from __future__ import annotations

from rich.table import Table

from optsweep.results.words import percent
from optsweep.trust.pruner_replay import MOST_LOST, MOST_REGRET, WORKERS, Replay

SHOWN_WORKERS = 4


def advice(replays: list[Replay], choice: Replay) -> str:
    """The pruner to take, and what it saves and costs."""
    saved = ", ".join(percent(one.saved) for one in replays if one.name == choice.name)
    numbers = ", ".join(map(str, WORKERS))
    return (
        f"Recommended: {choice.name}. With {numbers} workers it saves {saved} of the time; it cuts the best sampled "
        f"run in at most {percent(MOST_LOST)} of the orders and costs at most {MOST_REGRET:g} nats on average."
    )


def replay_table(replays: list[Replay]) -> Table:
    """One row for each pruner, the one that saves most first."""
    table = Table("pruner", "saved", "cut", "best cut", "of top 3 cut", "regret", "top-3 regret", box=None)
    shown = [one for one in replays if one.workers == SHOWN_WORKERS]
    for one in sorted(shown, key=lambda one: -one.saved):
        table.add_row(
            one.name,
            percent(one.saved),
            percent(one.cut),
            percent(one.best_cut),
            f"{one.top_cut:.2f}",
            f"{one.regret:.5f}",
            f"{one.top_regret:.5f}",
        )
    return table
