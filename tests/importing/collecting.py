"""What an import would write, without a corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from optsweep.data.inputs import open_input
from optsweep.data.vocabulary import decode
from optsweep.importing.fasta import Importer, ImportReport


@dataclass
class Collected:
    sequences: list[str] = field(default_factory=list)
    names: list[int] = field(default_factory=list)

    def add(self, tokens: bytes, lengths: npt.NDArray[np.int64], names: npt.NDArray[np.int64]) -> None:
        letters, ends = decode(np.frombuffer(tokens, np.uint8)), np.cumsum(lengths).tolist()
        self.sequences += [letters[end - length : end] for end, length in zip(ends, lengths.tolist(), strict=True)]
        self.names += names.tolist()


def collect(path: Path) -> tuple[Collected, ImportReport]:
    """Read a file as `import_fasta` does; of the reasons to drop a sequence, the report has those that occurred."""
    collected = Collected()
    importer = Importer(collected.add)
    with open_input(path) as file:
        for _ in importer.read(file):
            pass
    report = importer.finish(path)
    report.dropped = {reason: count for reason, count in report.dropped.items() if count}
    return collected, report
