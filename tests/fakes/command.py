"""The whole command line with workers that train falsely: ``python -m tests.fakes.command sweep ...``."""

from __future__ import annotations

import sys

from optsweep import cli
from optsweep.sweep import launcher

if __name__ == "__main__":
    launcher.WORKER_MODULE = "tests.fakes.worker"
    sys.exit(cli.run(sys.argv[1:]))
