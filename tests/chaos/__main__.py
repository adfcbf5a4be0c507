"""``make chaos``: strike real sweeps again and again on every kind of database, and print what became of them."""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.chaos.plain_drill import plain_drill
from tests.chaos.suite import chaos, chaos_of_scripts
from tests.chaos.verdict import Verdict, header, row
from tests.databases import KINDS
from tests.model.many import many_histories


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="strikes in each drill")
    parser.add_argument("--seed", help="one or more, with commas; drawn and printed where none is given")
    parser.add_argument("--databases", default=",".join(KINDS), help="with commas")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--scripts", action="store_true", help="the same drill on a study of a script")
    kind.add_argument("--plain", action="store_true", help="the same drill on plain Optuna")
    kind.add_argument("--model", type=int, metavar="N", help="in place of drills: N histories of the model check")
    options = parser.parse_args(arguments)
    if options.model is not None:
        return many_histories(options.model, int(options.seed or 1))
    seeds = [int(seed) for seed in (options.seed or str(random.randrange(10_000))).split(",")]
    databases = options.databases.split(",")
    wrong = [kind for kind in databases if kind not in KINDS]
    if wrong:
        parser.error(f"unknown database {', '.join(wrong)}; there are {', '.join(KINDS)}")
    drill: Callable[[str, int, int, Path], tuple[Verdict, list[str]]] = (
        plain_drill if options.plain else chaos_of_scripts if options.scripts else chaos
    )
    print(f"{options.kills} strikes each; seeds {', '.join(map(str, seeds))}\n\n{header()}", flush=True)
    holds, problems = True, []
    folder = Path(tempfile.mkdtemp(prefix="optsweep-chaos-"))
    for seed in seeds:
        for kind in databases:
            verdict, found = drill(kind, seed, options.kills, folder)
            print(row(verdict), flush=True)
            holds = holds and verdict.holds
            problems += [f"{kind}, seed {seed}: {problem}" for problem in found]
    print("", *problems, sep="\n")
    if options.plain or (holds and not problems):
        shutil.rmtree(folder)
        return 0
    print(f"An invariant is broken; everything is kept in {folder}")
    return 1


if __name__ == "__main__":
    # A drill that is stopped ends its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(sys.argv[1:]))
