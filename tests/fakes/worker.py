"""`optsweep.workers.worker` with the fake training in place of torch's; `tests.fakes.command` starts it."""

from __future__ import annotations

import json
import sys
from typing import Any

import tests.fakes.training as fake

modules: dict[str, Any] = {f"optsweep.train.{name}": fake for name in ("loop", "checkpoint", "device")}
sys.modules.update(modules)

from optsweep.workers.protocol import WorkerOrder  # noqa: E402
from optsweep.workers.worker import main  # noqa: E402
from tests.fakes.lease import shorten_leases  # noqa: E402

if __name__ == "__main__":
    shorten_leases()
    sys.exit(main(WorkerOrder(**json.loads(sys.argv[1]))))
