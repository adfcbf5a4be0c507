"""What has been measured of a study's trustworthiness so far, read from its linked studies; trains nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optsweep.report.fidelity.agreement import Fidelity, fidelity
from optsweep.report.fidelity.choose import COMPLETED
from optsweep.report.fidelity.confirmation import Confirmation, confirmation
from optsweep.report.fidelity.noise import SeedNoise, pooled_noise, ties
from optsweep.report.fidelity.pruning_risk import pruning_risk
from optsweep.report.fidelity.trust import Trust
from optsweep.sweep.linked import linked_studies
from optsweep.sweep.losses import read_losses
from optsweep.sweep.records import StudySnapshot
from optsweep.sweep.snapshot import read_snapshot
from optsweep.sweep.study import Study


def measure(study: Study, snapshot: StudySnapshot) -> Trust:
    """Read what has been measured so far; trains nothing."""
    noise = seed_noise(study, snapshot)
    return Trust(
        ties=ties(snapshot, read_losses(study), noise),
        noise=noise,
        fidelity=tuple(measured_fidelity(study, snapshot)),
        confirmation=measured_confirmation(study, snapshot),
        risk=pruning_risk(snapshot, completed_values(study), noise),
    )


def seed_noise(study: Study, snapshot: StudySnapshot) -> SeedNoise | None:
    """From the runs that `optsweep fidelity` trained again with other seeds, at the sweep's own setting."""
    repeated = [run for linked in linked_studies(study, "repeats") for run in read_snapshot(linked).runs]
    return pooled_noise([*snapshot.runs, *repeated])


def completed_values(study: Study) -> dict[str, float]:
    """Values of runs that the pruner had cut, trained to their end."""
    runs = [run for linked in linked_studies(study, "repeats") for run in read_snapshot(linked).runs]
    return {
        run.of: run.value
        for run in runs
        if run.of and run.run.endswith(COMPLETED) and run.state == "complete" and run.value is not None
    }


def measured_fidelity(study: Study, snapshot: StudySnapshot) -> list[Fidelity]:
    """One comparison for every larger setting that has complete runs."""
    cheap, cheap_losses = _at_own_setting(study, snapshot)
    noise = seed_noise(study, snapshot)
    weights = snapshot.data["weights"]["validation"] if "weights" in snapshot.data else []
    found = []
    for linked in linked_studies(study, "fidelity"):
        runs = [run for run in read_snapshot(linked).runs if run.state == "complete"]
        values = {run.of: run.value for run in runs if run.of is not None and run.value is not None}
        if not values.keys() & cheap.keys():
            continue
        losses = _by_origin(linked)
        setting = linked.attributes()["data"].get("setting", linked.name)
        found.append(fidelity(setting, cheap, values, losses=(cheap_losses, losses), weights=weights, noise=noise))
    return found


def _at_own_setting(study: Study, snapshot: StudySnapshot) -> tuple[dict[str, float], dict[str, NDArray[np.float32]]]:
    """Values and losses of whole curves: the sweep's complete runs, and pruned ones that were completed later."""
    values = {run.run: run.value for run in snapshot.ranking if run.value is not None}
    losses = {run: own for run, own in read_losses(study).items() if run in values}
    for linked in linked_studies(study, "repeats"):
        kept = read_losses(linked)
        for run in read_snapshot(linked).runs:
            if run.run.endswith(COMPLETED) and run.state == "complete" and run.of and run.value is not None:
                values[run.of] = run.value
                losses |= {run.of: kept[run.run]} if run.run in kept else {}
    return values, losses


def _by_origin(linked: Study) -> dict[str, NDArray[np.float32]]:
    kept = read_losses(linked)
    return {run.of: kept[run.run] for run in read_snapshot(linked).runs if run.of and run.run in kept}


def measured_confirmation(study: Study, snapshot: StudySnapshot) -> Confirmation | None:
    """How the finalists did on the confirmation sequences; None before `optsweep confirm`."""
    linked = next(iter(linked_studies(study, "confirm")), None)
    if linked is None or "weights" not in snapshot.data:
        return None
    noise = seed_noise(study, snapshot)
    return confirmation(snapshot, read_snapshot(linked), read_losses(linked), snapshot.data["weights"], noise)
