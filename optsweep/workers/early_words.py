"""What a launcher says early of a script's first run: that no value comes, and what there is instead."""

from __future__ import annotations

from collections.abc import Callable

from optsweep.results.folders import RunDirectory
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.results.words import duration
from optsweep.study.definition import StudyDefinition
from optsweep.study.script.config import ScriptConfig
from optsweep.study.script.study import ScriptStudy
from optsweep.trainers.numbers.found import missing_value
from optsweep.trainers.numbers.readers import open_reader
from optsweep.trainers.set_aside import WORK

SILENT_SECONDS = 60.0
"""By then a script's first run should have told a value; if it has not, its author may want to know."""

MAX_BYTES = 1 << 24
"""More is not read: the launcher has other things to do, and little memory."""


class EarlyWords:
    """Of a study that trains with a script; says nothing of others."""

    def __init__(
        self,
        study: str,
        definition: StudyDefinition,
        say: Callable[[str], None],
    ) -> None:
        self._study, self._say = study, say
        self._looks = isinstance(definition, ScriptStudy)

    def look(self, snapshot: StudySnapshot) -> None:
        """Say once what is missing, if no run of the study has a value yet though one has trained for a while."""
        self._looks &= not any(run.value is not None or run.curve for run in snapshot.runs)
        running = [(run.started, run) for run in snapshot.runs if run.state == "running" and run.started is not None]
        if not self._looks or not running:
            return
        started, first = min(running, key=lambda one: one[0])
        since = snapshot.now - started
        if since >= SILENT_SECONDS and (words := _missing(self._study, first)):
            self._looks = False
            self._say(f"{first.run}: no value after {duration(since)}: {words}")
            self._say(
                "    if none is to come, stop it (Ctrl-C), mend [trainer.metrics], try optsweep sweep STUDY --check"
            )


def _missing(study: str, run: RunRecord) -> str:
    """Why the run has no value so far; empty if there is one, or if the run is on another host."""
    config, folder = run.config, RunDirectory.of(study, run.run)
    work = folder.path / WORK
    if not isinstance(config, ScriptConfig) or not work.is_dir():
        return ""
    reader = open_reader(config.trainer.metrics, work, folder.log)
    if sum(path.stat().st_size for path in reader.folder.glob(reader.pattern)) > MAX_BYTES:
        return ""
    reader.rows()
    return "" if reader.found.names[config.trainer.metrics.value] else missing_value(reader.found, work)
