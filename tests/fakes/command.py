"""The whole command line with workers that train falsely: ``python -m tests.fakes.command sweep ...``."""

from __future__ import annotations

import sys

from optsweep import cli
from optsweep.workers import launcher
from optsweep.workers import node as joining
from tests.fakes.lease import shorten_leases
from tests.fakes.node import FakeNodeWork

if __name__ == "__main__":
    shorten_leases()
    launcher.WORKER_MODULE = "tests.fakes.worker"
    setattr(joining, "NodeWork", FakeNodeWork)  # noqa: B010  (a class is not to be assigned)
    sys.exit(cli.run(sys.argv[1:]))
