"""`optsweep fidelity --pruner`: replay pruners over a study's full curves and say which one its curves ask for."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.errors import EXIT_DONE
from optsweep.results.words import percent
from optsweep.trust.pruner_replay import (
    MOST_LOST,
    MOST_REGRET,
    ORDERS,
    WORKERS,
    Replay,
    candidates,
    recommended,
    recorded,
    replay,
)
from optsweep.views.terminal import show

SHOWN_WORKERS = 4


def tell_replay(study: Study, *, as_json: bool) -> int:
    """Print the account of every pruner, or as JSON; returns the exit code."""
    snapshot = read_snapshot(study)
    snapshot.check_builtin("fidelity --pruner")
    runs = recorded(snapshot)
    definition = snapshot.definition
    points = definition.budget.num_evaluations
    replays = [
        replay(runs, settings, points, workers) for settings in candidates(definition.pruner) for workers in WORKERS
    ]
    choice = recommended(replays)
    if as_json:
        rows = [{"name": one.name, **asdict(one), "settings": one.settings.model_dump()} for one in replays]
        print(json.dumps({"runs": len(runs), "recommended": choice.name, "replays": rows}, indent=2))
        return EXIT_DONE
    show(Text(f"{len(runs)} full curves of {study.name}, {ORDERS} orders of arrival, {SHOWN_WORKERS} workers"))
    show(_table([one for one in replays if one.workers == SHOWN_WORKERS]))
    show(Text(_advice(replays, choice)))
    return EXIT_DONE


def _advice(replays: list[Replay], choice: Replay) -> str:
    saved = ", ".join(percent(one.saved) for one in replays if one.name == choice.name)
    numbers = ", ".join(map(str, WORKERS))
    return (
        f"Recommended: {choice.name}. With {numbers} workers it saves {saved} of the time; it cuts the best sampled "
        f"run in at most {percent(MOST_LOST)} of the orders and costs at most {MOST_REGRET:g} nats on average."
    )


def _table(replays: list[Replay]) -> Table:
    table = Table("pruner", "saved", "cut", "best cut", "of top 3 cut", "regret", "top-3 regret", box=None)
    for one in sorted(replays, key=lambda one: -one.saved):
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
