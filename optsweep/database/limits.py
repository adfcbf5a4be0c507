"""Limits of a study: a deadline, GPU-hours, a stop, on all hosts; the time that is left on this one."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from optsweep.durations import SECONDS, parse_duration
from optsweep.errors import ConfigError
from optsweep.results.attributes import Stop, StudyAttributes
from optsweep.results.forecast import expected_seconds

if TYPE_CHECKING:
    from optsweep.database.open_study import Study

LONGEST = 3650.0 * SECONDS["d"]


def seconds_until(deadline: str) -> float:
    """``36h``, ``90m``, ``2d`` from now, or a local time such as ``2026-11-23T08:00``; raises `ConfigError`."""
    seconds = parse_duration(deadline)
    if seconds is not None:
        if not 0 < seconds < LONGEST:
            raise ConfigError("--deadline", [f"{deadline} from now: must be more than 0 and less than 10 years"])
        return seconds
    try:
        moment = datetime.fromisoformat(deadline).astimezone()
    except (ValueError, OverflowError):
        raise ConfigError(
            "--deadline", [f"{deadline!r} is neither like 36h or 90m nor like 2026-11-23T08:00"]
        ) from None
    left = moment.timestamp() - time.time()
    if left <= 0:
        raise ConfigError("--deadline", [f"{deadline} has passed"])
    return left


def set_limits(study: Study, *, deadline: str | None, max_gpu_hours: float | None) -> None:
    """Store the limits of this start; a start without them lifts earlier ones."""
    at = None
    if deadline is not None:
        at = study.storage.transaction(study.storage.now) + seconds_until(deadline)
    study.store(StudyAttributes(deadline=at, max_gpu_hours=max_gpu_hours))


def stop(study: Study, *, drain: bool) -> None:
    """Ask every worker on every host to leave: at once with a checkpoint, or (drain) when its run has ended."""
    reason = "stopped by the user" + (" (running runs end first)" if drain else "")
    study.store(StudyAttributes(stop=Stop(reason=reason, drain=drain)))


def too_short(study: Study, seconds: float) -> str | None:
    """Why ``seconds`` are not enough for the run that is next, in words; None if they are, or if it cannot be told."""
    from optsweep.database.snapshot import read_snapshot

    run = study.queue.next_waiting()
    if run is None:
        return None
    snapshot = read_snapshot(study)
    record = next(record for record in snapshot.runs if record.run == run)
    expected = expected_seconds(snapshot, record)
    if expected is None or expected <= seconds:
        return None
    return f"{run} takes about {expected:.0f} s, and {max(0.0, seconds):.0f} s are left here"
