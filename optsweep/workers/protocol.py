"""What launcher and worker agree on: exit codes, and the order that starts a worker."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

EXIT_REPLACE = 4


EXIT_FAULT = 5


EXIT_DISK_FULL = 6


EXIT_NO_TIME = 7


NO_SPACE = "no space is left on the disk"


@dataclass(frozen=True)
class WorkerOrder:
    """What a worker must know beside its environment (which holds the storage URL, GPU and thread limits)."""

    study: str
    label: str
    lock: str
    device: str
    threads: int
    launcher: int
    """Pid of the launcher: its death ends the worker; 0 for none."""
    data: str
    """The file to train on, on this host."""
    ends: float | None = None
    """When this place will be taken from us (the time limit of a job), epoch seconds by this host's clock."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))
