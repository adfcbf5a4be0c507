"""How many held-out sequences have a relative among those trained on, by the rule of the split.

    python -m benchmarks.leakage FASTA

Prints a markdown table. A relative is a hit of `mmseqs easy-search -s 6 -e 1e-3` that is at least 30 % identical over
at least 80 % of the query; queries are the validation or the confirmation sequences, targets what is trained on.
Seconds are those of the whole subset, and of the cluster file before it. Needs mmseqs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks._machine import print_machine
from optsweep.data.corpus import Corpus, open_corpus, write_corpus
from optsweep.data.recipe import trained_on
from optsweep.data.sequences import Sequences
from optsweep.data.subset import ensure_subset
from optsweep.data.vocabulary import decode
from optsweep.importing.fasta import import_fasta

MIN_IDENTITY, MIN_COVERAGE = 0.3, 0.8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fasta", type=Path)
    given = parser.parse_args()
    if shutil.which("mmseqs") is None:
        sys.exit("mmseqs is not on the PATH (Debian: mmseqs2)")
    print_machine("numpy", "scipy")
    with tempfile.TemporaryDirectory(prefix="optsweep-leakage-") as name:
        folder = Path(name)
        report = import_fasta([given.fasta], folder / "corpus.pt")
        print(f"{given.fasta.name}: {report.num_kept:,} sequences\n")
        print("| split by | validation | confirmation | sequences held out | left out | seconds |")
        print("|---|---|---|---|---|---|")
        for rule, make in splits(given.fasta.resolve(), folder):
            before = time.perf_counter()
            subset = open_corpus(make())
            seconds = time.perf_counter() - before
            parts = [part for part in (subset.validation, subset.confirmation) if part is not None]
            shares = " | ".join(f"{hit_share(subset, part, folder):.1%}" for part in parts)
            sizes = " + ".join(str(len(part)) for part in parts)
            left_out = 0 if subset.left_out is None else len(subset.left_out)
            print(f"| {rule} | {shares} | {sizes} | {left_out} | {seconds:.0f} |", flush=True)


def splits(fasta: Path, folder: Path) -> Iterator[tuple[str, Callable[[], Path]]]:
    """(words, what makes the subset and returns its path) of each rule."""
    corpus, path = folder / "corpus.pt", os.environ["PATH"]

    def by_kmers() -> Path:
        os.environ["PATH"] = ""
        try:
            return ensure_subset(corpus, output=folder / "kmers.pt").path
        finally:
            os.environ["PATH"] = path

    def by_clusters() -> Path:
        command = ["mmseqs", "easy-cluster", str(fasta), "clusters", "work", "--min-seq-id", "0.3", "-c", "0.8"]
        subprocess.run([*command, "-v", "1"], check=True, cwd=folder)
        clusters = folder / "clusters_cluster.tsv"
        return ensure_subset(corpus, output=folder / "clusters.pt", clusters=clusters).path

    yield "near duplicates (15-mers)", by_kmers
    yield "nothing (at random)", lambda: at_random(folder / "kmers.pt", folder / "random.pt")
    yield "cluster file (easy-cluster --min-seq-id 0.3 -c 0.8)", by_clusters
    yield "MMseqs2", lambda: ensure_subset(corpus, output=folder / "mmseqs.pt").path


def at_random(subset: Path, output: Path) -> Path:
    """The same sequences with a split that knows nothing of relatives."""
    corpus = open_corpus(subset)
    chosen = np.random.default_rng(42).permutation(corpus.num_sequences)[: corpus.num_sequences // 10]
    validation, confirmation = np.array_split(chosen, 2)
    write_corpus(output, corpus.sequences, {}, {"validation": validation, "confirmation": confirmation})
    return output


def hit_share(subset: Corpus, held_out: npt.NDArray[np.int64], folder: Path) -> float:
    """Share (0..1) of held-out sequences with a relative among those that are trained on."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        _write(subset.take(held_out), work / "queries.fasta")
        train = subset.take(trained_on(subset))
        _write(train, work / "targets.fasta")
        subprocess.run(
            [
                "mmseqs", "easy-search", "queries.fasta", "targets.fasta", "hits.tsv", "work",
                "-s", "6", "-e", "1e-3", "--max-seqs", str(len(train)), "--dbtype", "1",
                "--format-output", "query,fident,qcov", "-v", "1",
            ],
            check=True, cwd=work,
        )  # fmt: skip
        hits = [line.split("\t") for line in (work / "hits.tsv").read_text().splitlines()]
        found = {
            query for query, identity, coverage in hits
            if float(identity) >= MIN_IDENTITY and float(coverage) >= MIN_COVERAGE
        }  # fmt: skip
    return len(found) / len(held_out)


def _write(sequences: Sequences, path: Path) -> None:
    path.write_text("".join(f">{index}\n{decode(sequences[index])}\n" for index in range(len(sequences))))


if __name__ == "__main__":
    main()
