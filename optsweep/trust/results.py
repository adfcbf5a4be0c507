"""What has been measured of a study's trustworthiness so far, read from its linked studies; trains nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optsweep.database.losses import read_losses
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.planning.linked import Purpose, linked_studies
from optsweep.results.records import StudySnapshot
from optsweep.trust.agreement import Fidelity, fidelity
from optsweep.trust.chosen_runs import COMPLETED
from optsweep.trust.confirmation import Confirmation, confirmation
from optsweep.trust.noise import SeedNoise, pooled_noise, ties
from optsweep.trust.pruning_risk import pruning_risk
from optsweep.trust.trust import Trust


@dataclass(frozen=True)
class _Measured:
    """One setting's study as it stands."""

    snapshot: StudySnapshot
    losses: dict[str, NDArray[np.float32]]


def measure(study: Study, snapshot: StudySnapshot) -> Trust:
    """Read what has been measured so far; trains nothing."""
    sweep = _Measured(snapshot, read_losses(study))
    repeats = _read(study, "repeats")
    noise = pooled_noise([*snapshot.runs, *(run for again in repeats for run in again.snapshot.runs)])
    completed = _by_origin(repeats, COMPLETED)
    return Trust(
        ties=ties(snapshot, sweep.losses, noise),
        noise=noise,
        fidelity=_fidelity(sweep, completed, _read(study, "fidelity"), noise),
        confirmation=_confirmation(snapshot, _read(study, "confirm"), noise),
        risk=pruning_risk(snapshot, completed.values, noise),
    )


def _read(study: Study, purpose: Purpose) -> list[_Measured]:
    return [_Measured(read_snapshot(linked), read_losses(linked)) for linked in linked_studies(study, purpose)]


@dataclass(frozen=True)
class _Runs:
    """Complete runs by the run of the sweep that they train again."""

    values: dict[str, float]
    losses: dict[str, NDArray[np.float32]]


def _by_origin(linked: list[_Measured], ending: str = "") -> _Runs:
    """The complete runs of the studies whose ids end in ``ending``."""
    found = _Runs({}, {})
    for again in linked:
        for run in again.snapshot.ranking:
            if run.of is not None and run.value is not None and run.run.endswith(ending):
                found.values[run.of] = run.value
                if run.run in again.losses:
                    found.losses[run.of] = again.losses[run.run]
    return found


def _fidelity(
    sweep: _Measured, completed: _Runs, larger: list[_Measured], noise: SeedNoise | None
) -> tuple[Fidelity, ...]:
    """One comparison for every larger setting that has complete runs."""
    snapshot = sweep.snapshot
    values = {run.run: run.value for run in snapshot.ranking if run.value is not None}
    # Whole curves at the sweep's own setting: its complete runs, and pruned ones that were completed later.
    cheap = _Runs(values | completed.values, sweep.losses | completed.losses)
    weights = snapshot.data["weights"]["validation"] if "weights" in snapshot.data else []
    found = []
    for again in larger:
        large = _by_origin([again])
        if large.values.keys() & cheap.values.keys():
            setting = again.snapshot.data.get("setting", again.snapshot.study)
            losses = (cheap.losses, large.losses)
            found.append(fidelity(setting, cheap.values, large.values, losses=losses, weights=weights, noise=noise))
    return tuple(found)


def _confirmation(snapshot: StudySnapshot, confirmed: list[_Measured], noise: SeedNoise | None) -> Confirmation | None:
    """How the finalists did on the confirmation sequences; None before `optsweep confirm`."""
    if not confirmed or "weights" not in snapshot.data:
        return None
    return confirmation(snapshot, confirmed[0].snapshot, confirmed[0].losses, snapshot.data["weights"], noise)
