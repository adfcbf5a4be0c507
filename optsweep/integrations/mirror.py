"""Mirrors a study's runs into trackers beside its sweep, which neither waits for that nor fails with it.

`mirrored` starts a process, as ``python -m optsweep.integrations.mirror '["STUDY", "TRACKER", ...]'``. It follows
every metrics.jsonl, and ends after a last look when its standard input closes, as it also does if the sweep dies.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from optsweep.files import write_text
from optsweep.integrations.trackers import TRACKERS, Config, Tracker, is_evaluation
from optsweep.machine.child import end_by, start_module
from optsweep.results.folders import log_to_stdout, study_directory
from optsweep.train.report import METRICS_FILE, MetricsLine, read_metrics

LOOK_SECONDS = 5.0
NICENESS = 10
LEAVE_SECONDS = 30.0
"""How long the process may take for its last look."""

_logger = logging.getLogger(__name__)


@contextlib.contextmanager
def mirrored(study: str, names: Sequence[str], say: Callable[[str], None]) -> Iterator[None]:
    """Mirror the study's runs into these trackers while the block runs; without any, nothing is started."""
    if not names:
        yield
        return
    folder, order = study_directory(study) / "trackers", json.dumps([study, *names])
    process = start_module("optsweep.integrations.mirror", order, folder / "log.txt", {}, piped=True)
    assert process.stdin is not None
    say(f"Runs are mirrored to {', '.join(names)}: {folder}")
    try:
        yield
    finally:
        died = process.poll() is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        if not end_by(process, time.monotonic() + LEAVE_SECONDS) or died:
            say(f"The mirror to {', '.join(names)} ended early, which affects no run; its log: {folder / 'log.txt'}")


class Mirror:
    """Hands each new line of every run to every tracker, once, also over several starts of the sweep."""

    def __init__(self, runs: Path, trackers: Mapping[str, Tracker], positions: Path) -> None:
        self._runs = runs
        self._trackers = trackers
        self._file = positions
        self._positions: dict[str, list[int]] = json.loads(positions.read_text()) if positions.exists() else {}
        """tracker/run -> last mirrored step of training and of evaluation."""
        self._sizes: dict[Path, tuple[int, int]] = {}

    def look(self) -> None:
        """Mirror what is new; an error of a tracker is logged, and its lines are tried again with the next look."""
        for metrics in sorted(self._runs.glob(f"*/{METRICS_FILE}")):
            state = metrics.stat()
            if self._sizes.get(metrics) != (state.st_size, state.st_mtime_ns):
                lines, config = read_metrics(metrics, finite=True), read_flat_config(metrics.with_name("config.toml"))
                done = [self._mirror(name, metrics.parent.name, config, lines) for name in self._trackers]
                if all(done):
                    self._sizes[metrics] = (state.st_size, state.st_mtime_ns)

    def _mirror(self, name: str, run: str, config: Config, lines: list[MetricsLine]) -> bool:
        last = self._positions.setdefault(f"{name}/{run}", [-1, -1])
        # A run that went on from a checkpoint writes some steps again, with the same values.
        new = [line for line in lines if line["step"] > last[is_evaluation(line)]]
        try:
            if new:
                self._trackers[name].log(run, config, new)
        except Exception as error:
            _logger.warning("%s: %s: %s: %s", name, run, type(error).__name__, error)
            return False
        for line in new:
            last[is_evaluation(line)] = max(line["step"], last[is_evaluation(line)])
        write_text(self._file, json.dumps(self._positions))
        return True

    def close(self) -> None:
        for name, tracker in self._trackers.items():
            try:
                tracker.close()
            except Exception as error:
                _logger.warning("%s: %s: %s", name, type(error).__name__, error)


def read_flat_config(path: Path) -> Config:
    """``{"optim.lr": 1e-4, ...}`` of a run's config.toml, without its provenance and its script's command."""
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    told = {section: values for section, values in sections.items() if section not in ("provenance", "trainer")}
    # Some values of a script's run stand in no section.
    tables = {section: values for section, values in told.items() if isinstance(values, dict)}
    return {f"{section}.{name}": value for section, values in tables.items() for name, value in values.items()}


def main(study: str, *names: str) -> None:
    """Mirror until standard input closes."""
    log_to_stdout()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    folder = study_directory(study) / "trackers"
    trackers: dict[str, Tracker] = {}
    for name in names:
        try:
            trackers[name] = TRACKERS[name](study, folder)
        except Exception as error:
            _logger.warning("%s cannot be used: %s: %s", name, type(error).__name__, error)
    mirror = Mirror(study_directory(study) / "runs", trackers, folder / "positions.json")
    while not select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
        mirror.look()
    mirror.look()
    mirror.close()


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
