"""Growth: what each part costs at 1, 10 and 100 times the size, in CPU time.

python -m benchmarks.growth [--largest 10000]
"""

from __future__ import annotations

import argparse
import functools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks._files import write_fasta, write_packed
from benchmarks._machine import print_machine
from benchmarks._studies import study_with
from optsweep.data.corpus import open_corpus
from optsweep.database.connection import open_storage
from optsweep.database.snapshot import read_snapshot
from optsweep.importing.fasta import import_fasta
from optsweep.search.pruning_rule import CurvePruner

STEPS = (100, 10, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=10_000, help="finished runs of the largest study")
    largest = parser.parse_args().largest
    print_machine("numpy", "optuna")
    print(f"\nat 100x: {largest:,} finished runs, 100 MB of FASTA, {largest * 500:,} sequences")
    print(f"{'':44}{'1x':>10}{'10x':>10}{'100x':>10}")
    parts: dict[str, Callable[[int], dict[str, float]]] = {
        "data": lambda step: data_costs(largest * 500 // step, 100_000_000 // step),
        "study": lambda step: study_costs(largest // step),
    }
    for measure in parts.values():
        columns = [measure(step) for step in STEPS]
        for name in columns[0]:
            print(f"{name:44}" + "".join(f"{column[name]:9.3f}s" for column in columns), flush=True)


def data_costs(num_sequences: int, num_bytes: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as name:
        folder = Path(name)
        write_fasta(folder / "some.fasta", num_bytes, seed=1)
        write_packed(folder / "corpus.pt", num_sequences)
        return {
            "import": _seconds(lambda: import_fasta([folder / "some.fasta"], folder / "some.pt")),
            "open a corpus": _seconds(lambda: open_corpus(folder / "corpus.pt")),
        }


def study_costs(num_finished: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as name:
        study = study_with(Path(name), num_finished)
        url = study.storage.url
        study.storage.close()
        storage = open_storage(url)
        optuna_study = study.optuna()
        trial = study.storage.backend.get_all_trials(study.study_id, deepcopy=False)[-1]
        pruner = CurvePruner(study.definition)
        pruner.reason(optuna_study, trial)

        def report_and_decide(step: int) -> None:
            study.storage.backend.set_trial_intermediate_value(6, step, 2.9)
            pruner.reason(optuna_study, trial)

        costs = {
            "read all finished runs": _seconds(lambda: storage.optuna.get_all_trials(study.study_id, deepcopy=False)),
            "status": _seconds(lambda: read_snapshot(study)),
            "report and prune decision": statistics.median(
                _seconds(functools.partial(report_and_decide, step)) for step in range(1, 20)
            ),
        }
        storage.close()
        study.storage.close()
        return costs


def _seconds(call: Callable[[], object]) -> float:
    before = time.process_time()
    call()
    return time.process_time() - before


if __name__ == "__main__":
    main()
