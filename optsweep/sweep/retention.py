"""What stays on the disk of an ended run (invariant 14): EMA weights of the best three and of the presets."""

from __future__ import annotations

from optsweep.sweep.runs import RunDirectory
from optsweep.sweep.snapshot import read_snapshot
from optsweep.sweep.study import Study

KEPT_BEST = 3


def tidy(study: Study, ended: str) -> None:
    """After the run ``ended`` has ended: shrink or remove its checkpoint, and that of the run that it displaced."""
    # Not at the top: the launcher counts disk by KEPT_BEST and must not load torch.
    from optsweep.train.checkpoint import keep_ema_only, remove_checkpoints

    snapshot = read_snapshot(study)
    records = {record.run: record for record in snapshot.runs}
    if not (records[ended].finished or records[ended].state == "failed"):
        return
    best = [record.run for record in snapshot.ranking[:KEPT_BEST]]
    for record in [records[ended], *snapshot.ranking[KEPT_BEST : KEPT_BEST + 1]]:
        directory = RunDirectory.of(study.name, record.run).path
        if record.state == "failed":
            continue  # --retry-failed goes on from its checkpoint
        if record.preset is not None or record.run in best:
            keep_ema_only(directory)
        else:
            remove_checkpoints(directory)
