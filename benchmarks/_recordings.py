"""Sweeps as a reader of their database saw them, kept in a small file: to ask at every moment what was said of it then.

A recording holds the study file, and of each run what changed when; neither data nor curves.
"""

from __future__ import annotations

import json
import math
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from optsweep.results.attributes import StudyAttributes
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.definition import StudyDefinition

FIXED = ("source", "preset", "index")
CHANGING = (
    "run", "state", "cut", "reason", "progress", "worker", "attempts", "sequences", "seconds", "started", "ended",
    "stored_config", "value", "repeat_of",
)  # fmt: skip
TIMES = ("started", "ended")


def record(read: Callable[[], StudySnapshot], path: Path, every: float, patience: float = math.inf) -> None:
    """Follow a study into the file at ``path`` until all of its runs have ended, or for ``patience`` seconds."""
    snapshot, give_up = read(), time.monotonic() + patience
    began, known = snapshot.now, dict[tuple[bool, int], dict[str, Any]]()
    runs: dict[tuple[bool, int], dict[str, Any]] = {}
    while True:
        at = round(snapshot.now - began, 2)
        for run in snapshot.runs:
            # A repeat has another name until it is claimed.
            key, now = (run.source == "repeat", run.index), _state(run, began)
            changed = {name: value for name, value in now.items() if known.get(key, {}).get(name) != value}
            kept = runs.setdefault(key, {name: getattr(run, name) for name in FIXED} | {"changes": []})
            if changed:
                kept["changes"].append([at, changed])
            known[key] = now
        if snapshot.ended or time.monotonic() > give_up:
            break
        time.sleep(every)
        snapshot = read()
    lines = ",\n".join(json.dumps(run, separators=(",", ":")) for run in runs.values())
    head = {
        "target": snapshot.target,
        "definition": snapshot.definition.model_dump(mode="json"),
        "measured": [list(one) for one in snapshot.attributes.measured],
    }
    path.write_text(json.dumps(head, separators=(",", ":"))[:-1] + f',\n"runs":[\n{lines}\n]}}\n')


def _state(run: RunRecord, began: float) -> dict[str, Any]:
    state = {name: getattr(run, name) for name in CHANGING}
    state["stored_config"] = {name: value for name, value in run.stored_config.items() if name != "provenance"}
    # What a run has come to matters once it is complete: repeats are of the best ones.
    state["value"] = state["value"] if run.state == "complete" else None
    state |= {name: None if state[name] is None else round(state[name] - began, 2) for name in TIMES}
    return state | {name: round(state[name], 4) for name in ("progress", "seconds")}


@dataclass(frozen=True)
class Recording:
    """A sweep that has ended; moments are seconds since the recording began."""

    name: str
    contents: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> Recording:
        return cls(path.stem, json.loads(path.read_text()))

    @cached_property
    def definition(self) -> StudyDefinition:
        return StudyDefinition.model_validate(self.contents["definition"])

    @cached_property
    def _timelines(self) -> list[tuple[dict[str, Any], list[float], list[RunRecord]]]:
        """Of each run what never changes, and its record after each change."""
        found = []
        for run in self.contents["runs"]:
            state: dict[str, Any] = {name: run[name] for name in FIXED} | {"trial": run["index"]}
            times, records = [], []
            for at, changed in run["changes"]:
                state = state | changed
                times.append(at)
                records.append(RunRecord(**state))
            found.append((run, times, records))
        return found

    @cached_property
    def begin(self) -> float:
        """The first claim."""
        return min(run.started for run in self.at(float("inf")).runs if run.started is not None)

    @cached_property
    def end(self) -> float:
        return max(run.ended for run in self.at(float("inf")).runs if run.ended is not None)

    @cached_property
    def pauses(self) -> list[tuple[float, float]]:
        """When nothing ran between the first claim and the last end, for longer than between two runs."""
        moments = sorted({at for _, times, _ in self._timelines for at in times if self.begin <= at <= self.end})
        idle = [at for at in moments if not any(run.state == "running" for run in self.at(at).runs)]
        after = {at: min((later for later in moments if later > at), default=at) for at in idle}
        return [(at, then) for at, then in after.items() if then - at > 2.0]

    def at(self, moment: float) -> StudySnapshot:
        """The study as it was shown at that moment."""
        return StudySnapshot(
            study=self.name,
            target=self.contents["target"],
            runs=[records[max(0, bisect_right(times, moment) - 1)] for _, times, records in self._timelines],
            definition=self.definition,
            data=None,
            now=moment,
            attributes=StudyAttributes(measured=self.contents["measured"]),
        )

    def truth(self, moment: float) -> float:
        """How long the sweep took from then on, without the pauses in which nobody worked on it."""
        pauses = sum(max(0.0, then - max(at, moment)) for at, then in self.pauses)
        return self.end - moment - pauses

    def moments(self, count: int, since: float = 1 / 3) -> list[float]:
        """Moments from a third of the sweep on, evenly spread over the time in which somebody worked on it."""
        whole = self.truth(self.begin)
        wanted = [whole * (since + (1 - since) * place / count) for place in range(count)]
        moments = []
        for worked in wanted:
            moment = self.begin + worked
            for at, then in self.pauses:
                moment += then - at if moment >= at else 0.0
            moments.append(moment)
        return moments
