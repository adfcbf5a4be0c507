"""What a checked request would do: the plan, its configs, and the disk that they take; stores nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from optsweep.errors import ConfigError
from optsweep.planning.plan import Plan, preview
from optsweep.planning.request import Session
from optsweep.results.folders import KEPT_BEST, study_directory
from optsweep.search.sampling import RandomRuns
from optsweep.study.parameter import Scalar
from optsweep.study.run_config import RunConfig

DISK_MARGIN = 1.2


@dataclass(frozen=True)
class Preview:
    """What `--dry-run` shows: the plan, a config for every run that has one already, and the disk it takes."""

    session: Session
    plan: Plan
    configs: dict[str, RunConfig]
    parameters: dict[str, dict[str, Scalar]]
    peak_disk_bytes: int | None
    """None if only the study's script knows what it writes."""


def preview_session(session: Session) -> Preview:
    """What the sweep would do; stores nothing."""
    plan = preview(session.existing, session.definition, session.corpus, session.origin)
    definition, trainer, random_runs = session.definition, session.trainer, RandomRuns(session.definition)
    parameters: dict[str, dict[str, Scalar]] = {}
    for run in plan.queued:
        if run.source == "random":
            parameters[run.run] = random_runs.parameters(run.index - len(definition.presets))
        elif run.source == "preset":
            parameters[run.run] = dict(run.fixed)
    configs = {
        run.run: trainer.resolve(known, preset=run.preset, seed=definition.seed_for(run.index))
        for run in plan.queued
        if (known := parameters.get(run.run)) is not None
    }
    return Preview(session, plan, configs, parameters, trainer.peak_disk(configs, len(session.slots), KEPT_BEST))


def check_disk(preview: Preview) -> None:
    """Refuse a start if runs cannot be written, or without 1.2 times the peak free; raises `ConfigError`."""
    directory = study_directory(preview.session.name).absolute()
    place = next(place for place in (directory, *directory.parents) if place.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        raise ConfigError(f"folder {place}", ["cannot be written, and the runs' files go there; start in another one"])
    free = shutil.disk_usage(Path.cwd()).free
    needed = int((preview.peak_disk_bytes or 0) * DISK_MARGIN)
    if preview.plan.queued and free < needed:
        raise ConfigError(
            f"disk of {Path.cwd()}",
            [f"{free / 1e9:.1f} GB are free, the sweep may need {needed / 1e9:.1f} GB (checkpoints); free some"],
        )
