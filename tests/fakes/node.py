"""What a job of SLURM does on a node, with workers that train falsely."""

from __future__ import annotations

from optsweep.workers import launcher
from optsweep.workers.node import NodeWork


class FakeNodeWork(NodeWork):
    def __call__(self) -> int:
        launcher.WORKER_MODULE = "tests.fakes.worker"
        return super().__call__()
