"""How a run has ended, kept in its folder before it is told: a database that lost it, or never heard it, is told again.

Without it a run whose checkpoint is gone would be trained once more.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from optsweep.files import write_text
from optsweep.study.run_config import RunConfig, course_text
from optsweep.train.report import Evaluation, TrainReport

FILE = "result.json"


class KeptResult:
    """The result in one run's folder; one of another study, trial or config is not believed."""

    def __init__(self, directory: Path, created: float, trial_id: int, config: RunConfig) -> None:
        self._path = directory / FILE
        self._of = [created, trial_id, hashlib.sha256(course_text(config).encode()).hexdigest()]

    def write(self, report: TrainReport, pruned: str | None) -> None:
        """Keep the result; ``pruned`` is the pruner's reason, if it cut the run."""
        losses = None if report.losses is None else report.losses.tolist()
        values = asdict(replace(report, losses=None))
        for counted in (values, *values["evaluations"]):
            if not counted["sequences"]:
                # Of a script's run they are not known.
                del counted["sequences"]
        write_text(self._path, json.dumps({"of": self._of, "report": values, "losses": losses, "pruned": pruned}))

    def read(self) -> tuple[TrainReport, str | None] | None:
        """The report, every evaluation as restored, and the pruner's reason; None if there is none of this trial."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["of"] != self._of:
                return None
            values, losses = kept["report"], kept["losses"]
            values = {"sequences": 0, **values}
            values["evaluations"] = [
                Evaluation(**{"sequences": 0, **one, "restored": True}) for one in values["evaluations"]
            ]
            values["losses"] = None if losses is None else np.float32(losses)
            return TrainReport(**values), kept["pruned"]
        # Whatever else is in that file, the run is trained.
        except (OSError, ValueError, KeyError, TypeError):
            return None
