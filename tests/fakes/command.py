"""The whole command line with workers that train falsely: ``python -m tests.fakes.command sweep ...``."""

from __future__ import annotations

import os
import sys

from optsweep import cli
from optsweep.workers import describing, launcher, slurm
from tests.fakes.lease import shorten_leases

if __name__ == "__main__":
    shorten_leases()
    launcher.WORKER_MODULE = "tests.fakes.worker"
    describing.DESCRIBE = os.environ.get("FAKE_DESCRIBE") or describing.DESCRIBE
    slurm.COMMAND_MODULE = "tests.fakes.command"
    sys.exit(cli.run(sys.argv[1:]))
