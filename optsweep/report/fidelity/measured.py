"""What has been measured of a study's trustworthiness so far, read from its linked studies; trains nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optsweep.report.fidelity.agreement import Fidelity, fidelity
from optsweep.report.fidelity.confirmation import Confirmation, confirmation
from optsweep.report.fidelity.noise import seed_noise
from optsweep.sweep.linked import linked_studies
from optsweep.sweep.losses import read_losses
from optsweep.sweep.records import StudySnapshot
from optsweep.sweep.snapshot import read_snapshot
from optsweep.sweep.study import Study


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
            if run.run.endswith("-completed") and run.state == "complete" and run.of and run.value is not None:
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
    return confirmation(snapshot, read_snapshot(linked), read_losses(linked), snapshot.data["weights"])
