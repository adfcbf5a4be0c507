"""`tests.fakes.command` whose launcher meets an error that nobody expects: the first time that it does $FAKE_BROKEN."""

from __future__ import annotations

import os
import sys
from typing import Any

from optsweep import cli
from optsweep.database.queue import Queue
from optsweep.workers import launcher
from optsweep.workers.describing import Describing
from tests.fakes.lease import shorten_leases

PARTS: dict[str, tuple[Any, str]] = {"account": (Queue, "reclaim"), "describe": (Describing, "update")}


def fail_once(owner: Any, name: str) -> None:
    right = getattr(owner, name)

    def fail(*_: Any) -> None:
        setattr(owner, name, right)
        raise ValueError("nobody\x1b[31m expected this\nnor this")

    setattr(owner, name, fail)


if __name__ == "__main__":
    shorten_leases()
    launcher.WORKER_MODULE = "tests.fakes.worker"
    fail_once(*PARTS[os.environ["FAKE_BROKEN"]])
    sys.exit(cli.run(sys.argv[1:]))
