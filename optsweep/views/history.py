"""A run's history: the document behind `show --json` and the lines of `show`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optsweep.plain import Plain
from optsweep.results.records import RunRecord
from optsweep.results.words import counted, moment, one_line

if TYPE_CHECKING:
    # Views load neither the database nor optuna.
    from optsweep.database.history import RunEvent

WORDS = {"reclaimed": "died, and its run was handed back", "out_of_memory": "out of memory"}
"""What does not say by itself what happened."""
NOTHING = "nothing is recorded: histories begin with the first worker of this version of optsweep"


def history_document(study: str, run: RunRecord, events: Sequence[RunEvent]) -> dict[str, Plain]:
    """The document of `show --json`; ``time`` is in epoch seconds by the database's clock."""
    return {
        "study": study,
        "run": run.run,
        "state": run.state,
        "events": [
            {
                "time": event.at,
                "event": event.what,
                "trial": event.trial,
                "worker": event.worker,
                "host": event.host,
                "detail": event.detail,
            }
            for event in events
        ],
    }


def history_lines(run: RunRecord, events: Sequence[RunEvent]) -> list[str]:
    """A head, then one line an event: when (UTC), which worker, what; the oldest first."""
    who = [_who(event) for event in events]
    width = max(map(len, who), default=0)
    lines = [f"{moment(event.at)}  {name:{width}}  {_what(event)}" for event, name in zip(events, who, strict=True)]
    return [f"{run.run}: {run.state}, {counted(run.attempts, 'attempt')}", *(lines or [NOTHING])]


def _who(event: RunEvent) -> str:
    worker, host = event.worker or "", event.host or ""
    return worker if not host or host in worker else f"{worker} on {host}"


def _what(event: RunEvent) -> str:
    words, detail = WORDS.get(event.what, event.what), one_line(event.detail or "")
    # Reasons of an end often begin with its name: "pruned at 40 %", "skipped by the user".
    return detail if detail.startswith(words) else f"{words}: {detail}" if detail else words
