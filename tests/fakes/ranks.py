"""A script of several processes that knows nothing of optsweep: started by torchrun, they add numbers up by gloo.

``torchrun ranks.py --dir=DIR --lr=LR --go=FILE [--resume=FILE] [--trouble=raise]``. Each call writes DIR/call-N.json:
its port, and the process of each rank. It waits at step 3 until the file GO is there.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import torch
import torch.distributed as dist

STEPS = 10

parser = argparse.ArgumentParser()
parser.add_argument("--dir", type=Path)
parser.add_argument("--lr", type=float)
parser.add_argument("--go", type=Path)
parser.add_argument("--resume", type=Path)
parser.add_argument("--trouble", default="none")
given = parser.parse_args()

dist.init_process_group("gloo")
rank, size = dist.get_rank(), dist.get_world_size()
pids = [torch.zeros(1, dtype=torch.int64) for _ in range(size)]
dist.all_gather(pids, torch.tensor([os.getpid()]))
begun = int(given.resume.stem.split("-")[1]) if given.resume else 0
if rank == 0:
    number = len(list(given.dir.glob("call-*.json")))
    call = {"port": int(os.environ["MASTER_PORT"]), "pids": [int(one) for one in pids], "begun": begun}
    call["threads"] = os.environ["OMP_NUM_THREADS"]
    (given.dir / f"call-{number}.tmp").write_text(json.dumps(call))
    (given.dir / f"call-{number}.tmp").rename(given.dir / f"call-{number}.json")
if given.trouble == "raise" and rank == 1:
    raise ValueError("the second rank does not like this")
for step in range(begun + 1, STEPS + 1):
    total = torch.tensor([given.lr])
    dist.all_reduce(total)
    if rank == 0:
        with (given.dir / "log.jsonl").open("a") as log:
            log.write(json.dumps({"step": step, "loss": float(total) + 1 / step}) + "\n")
        (given.dir / f"step-{step}.ckpt").write_text("so far")
    while step == 3 and not given.go.exists():
        time.sleep(0.05)
dist.destroy_process_group()
