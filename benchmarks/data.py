"""Data: import beside Biopython's reader, corpora of any size beside torch's loader, legacy files beside the recipe.

    python -m benchmarks.data [--sequences 5000000,60000000] [--large 4500000] [--rows 50000] [--rounds 5]

All times are CPU time, so that other programs on the machine change little; those of MMseqs2 too, on all cores. Import
is the slope between a small and a large file; the other numbers are those of a fresh process each and its children,
with the sum of their peaks of resident memory, files in the page cache. Files are made here and deleted.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from Bio import SeqIO
from Bio.SeqIO.FastaIO import SimpleFastaParser

from benchmarks._files import compress, write_fasta, write_legacy, write_packed
from benchmarks._machine import print_machine
from benchmarks._paired import Spread, interleaved, spread
from optsweep.importing.fasta import import_fasta

SMALL, LARGE = 40_000_000, 200_000_000
MMSEQS_SEQUENCES = 200_000
"""A search by MMseqs2 takes minutes for these, and grows with the corpus."""

CHILD = """
import json, resource, sys, time
from pathlib import Path

def cpu():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime

{imports}
started = cpu()
{body}
seconds = cpu() - started
# Not ru_maxrss, which a process takes over from its parent.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
peak += resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({{"seconds": seconds, "peak_mb": peak / 1024}}))
"""


class Body(NamedTuple):
    """What a process is timed at; its imports are not part of the time."""

    imports: str
    body: str


OPEN = Body(
    "import random\nfrom optsweep.data.corpus import open_corpus",
    """
corpus = open_corpus(Path(sys.argv[1]))
corpus.take(random.Random(42).sample(range(corpus.num_sequences), 10_000))
""",
)
TORCH_OPEN = Body(
    "import random, torch",
    """
corpus = torch.load(sys.argv[1], mmap=True, weights_only=True)
tokens, offsets = corpus["tokens"], corpus["offsets"]
for index in random.Random(42).sample(range(len(offsets) - 1), 10_000):
    tokens[offsets[index] : offsets[index + 1]].clone()
""",
)
SUBSET = Body(
    "from optsweep.data.subset import ensure_subset",
    "ensure_subset(Path(sys.argv[1]), size=int(sys.argv[3]), output=Path(sys.argv[2]))",
)
EXCLUDE = Body(
    "from optsweep.data.holding_out.exclusion import ensure_exclusion\nfrom optsweep.data.subset import ensure_subset",
    """
ensure_subset(Path(sys.argv[1]))
started = cpu()
ensure_exclusion(Path(sys.argv[1]))
""",
)
RECIPE = Body(
    "import random, torch",
    """
rows = torch.load(sys.argv[1], weights_only=False)
torch.save([rows[index] for index in random.Random(42).sample(range(len(rows)), 10_000)], sys.argv[2])
""",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", default="5000000,60000000")
    parser.add_argument("--large", type=int, default=4_500_000)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print_machine("numpy", "torch", "biopython")
    with tempfile.TemporaryDirectory(prefix="optsweep-bench-") as folder:
        importing(Path(folder), given.rounds)
        for count in map(int, given.sequences.split(",")):
            opening(Path(folder), count)
        splitting(Path(folder), given.large)
        legacy(Path(folder), given.rows, given.rounds)


def importing(folder: Path, rounds: int) -> None:
    small, large = folder / "small.fasta", folder / "large.fasta"
    difference = write_fasta(large, LARGE, seed=1) - write_fasta(small, SMALL, seed=2)
    timings = interleaved(
        {
            "small": lambda: _import(small, folder),
            "large": lambda: _import(large, folder),
            "SeqIO small": lambda: _parse(small),
            "SeqIO large": lambda: _parse(large),
            "simple small": lambda: _parse_simply(small),
            "simple large": lambda: _parse_simply(large),
        },
        rounds,
        clock=time.process_time,
    ).seconds

    def rates(small: str, large: str) -> list[float]:
        return [difference / 1e6 / (b - a) for a, b in zip(timings[small], timings[large], strict=True)]

    ours = rates("small", "large")
    print(f"\nimport, plain FASTA: {spread(ours):.0f} MB/s of CPU time; best {max(ours):.0f}")
    for name, kind in (("SeqIO.parse", "SeqIO"), ("SimpleFastaParser", "simple")):
        theirs = rates(f"{kind} small", f"{kind} large")
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        print(f"{name} of Biopython, reading alone: {spread(theirs):.0f} MB/s")
        print(f"import is {spread(ratios):.2f} times as fast as that")
    packed = folder / "small.fasta.gz"
    compress(small, packed)
    timings = interleaved(
        {"import": lambda: _import(packed, folder), "decompress": lambda: _decompress(packed)},
        rounds,
        clock=time.process_time,
    ).seconds
    shares = [b / a for a, b in zip(timings["import"], timings["decompress"], strict=True)]
    print(f"import, gzip: decompression alone is {spread(shares):.0%} of the CPU time", flush=True)


def _import(source: Path, folder: Path) -> None:
    output = folder / "imported.pt"
    import_fasta([source], output)
    output.unlink()


def _parse(source: Path) -> None:
    for _ in SeqIO.parse(source, "fasta"):
        pass


def _parse_simply(source: Path) -> None:
    with source.open() as file:
        for _ in SimpleFastaParser(file):
            pass


def _decompress(source: Path) -> None:
    with gzip.open(source) as file:
        while file.read(1 << 20):
            pass


def opening(folder: Path, count: int) -> None:
    corpus = folder / "corpus.pt"
    write_packed(corpus, count)
    size = corpus.stat().st_size / 1e9
    took = {name: [_child(body, corpus, folder) for _ in range(3)] for name, body in BODIES_OF_OPENING.items()}
    for name, results in took.items():
        seconds, peak = spread([one["seconds"] for one in results]), max(one["peak_mb"] for one in results)
        print(f"{count:,} sequences ({size:.1f} GB), {name}: {seconds:.2f} s; peak {peak:.0f} MB", flush=True)
    took_all = _child(SUBSET, corpus, folder, without_mmseqs=True)
    print(
        f"{count:,} sequences, subset of 10,000 with checksums and split (near duplicates): "
        f"{took_all['seconds']:.1f} s; peak {took_all['peak_mb']:.0f} MB",
        flush=True,
    )
    corpus.unlink()


BODIES_OF_OPENING = {
    "open and 10,000 of them, optsweep": OPEN,
    "the same by torch.load(mmap=True)": TORCH_OPEN,
}


def splitting(folder: Path, count: int) -> None:
    """A large subset, and what training on the full corpus leaves out: by near duplicates, and by MMseqs2."""
    corpus = folder / "corpus.pt"
    write_packed(corpus, count)
    took = _child(SUBSET, corpus, folder, size=min(1_000_000, count // 2), without_mmseqs=True)
    print(
        f"subset of {min(1_000_000, count // 2):,} of {count:,}, near duplicates: {took['seconds']:.0f} s; "
        f"peak {took['peak_mb']:.0f} MB",
        flush=True,
    )
    excluding(folder, count, "near duplicates")
    if shutil.which("mmseqs"):
        write_packed(corpus, min(count, MMSEQS_SEQUENCES))
        excluding(folder, min(count, MMSEQS_SEQUENCES), "MMseqs2")
    corpus.unlink()


def excluding(folder: Path, count: int, rule: str) -> None:
    took = _child(EXCLUDE, folder / "corpus.pt", folder, without_mmseqs=rule != "MMseqs2")
    print(
        f"exclusion over {count:,}, {rule}: {took['seconds']:.0f} s; peak {took['peak_mb']:.0f} MB",
        flush=True,
    )
    for made in folder.glob("corpus_sweep*"):
        made.unlink()


def legacy(folder: Path, rows: int, rounds: int) -> None:
    source = folder / "legacy.pt"
    write_legacy(source, rows)
    bodies = {"recipe": RECIPE, "ours": SUBSET, "open": OPEN}
    took: dict[str, list[dict[str, float]]] = {name: [] for name in bodies}
    for _ in range(rounds):
        for name, body in bodies.items():
            took[name].append(_child(body, source, folder, without_mmseqs=True))

    def ratio(name: str, figure: str) -> Spread:
        pairs = zip(took[name], took["recipe"], strict=True)
        return spread([ours[figure] / recipe[figure] for ours, recipe in pairs])

    recipe = took["recipe"][0]
    print(f"legacy, {rows:,} rows, the usual recipe: {recipe['seconds']:.1f} s, {recipe['peak_mb']:.0f} MB")
    print(f"open and take 10,000 of them: {ratio('open', 'seconds'):.2f} of its time")
    print(f"subset with its split: {ratio('ours', 'seconds'):.2f} of its time,")
    print(f"and {ratio('ours', 'peak_mb'):.2f} of its memory")


def _child(
    body: Body, source: Path, folder: Path, *, size: int = 10_000, without_mmseqs: bool = False
) -> dict[str, float]:
    target = folder / "subset.pt"
    target.unlink(missing_ok=True)
    script = CHILD.format(imports=body.imports, body=body.body)
    # The rule is chosen by what is on the PATH.
    environment = {**os.environ, "PATH": "/nowhere"} if without_mmseqs else dict(os.environ)
    done = subprocess.run(
        [sys.executable, "-c", script, str(source), str(target), str(size)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    main()
