"""MMseqs2, a program of its own: a search for similar proteins, in a temporary folder."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from optsweep.data.holding_out.kmers import available_cores
from optsweep.data.progress import OnProgress
from optsweep.data.sequences import Sequences
from optsweep.data.vocabulary import VOCABULARY_SIZE, decode
from optsweep.errors import DataError
from optsweep.machine.child import end_with_parent

_BLOCK_RESIDUES = 1 << 26
"""Of the targets at a time: about 2 GB of memory and 0.3 GB of disk."""
_SIGNS = 4 * 65
"""A search shows four progress bars of 65 signs each: three of the prefilter, one of the alignment."""
_LETTERS = decode(range(VOCABULARY_SIZE)).encode().ljust(256, b"X")
_NO_KMERS = "the sequences length is less than"
"""What the program says of targets that are all too short, unknown or repetitive to be found: no error for us."""
_MIN_UNGAPPED_SCORE = 30
"""Half of the alignments that its default of 15 asks for; on real proteins the relatives found are the same."""


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Which hits count."""

    min_identity: float
    min_coverage: float
    """Of the query or of the target."""
    max_e_value: float
    database_residues: int
    """For which the e-value is meant, whatever is searched and in how many blocks."""


def find_mmseqs() -> str | None:
    """The program, if it is on the PATH."""
    return shutil.which("mmseqs")


def mmseqs_version(program: str) -> str:
    """Raises `DataError` if the program does not run."""
    with tempfile.TemporaryDirectory(prefix="optsweep-mmseqs-") as folder:
        return _Runner(program, Path(folder)).run("version").strip()


def search(
    program: str,
    queries: Sequences,
    targets: Sequences,
    criteria: Criteria,
    sensitivity: float,
    on_progress: OnProgress = None,
) -> npt.NDArray[np.int64]:
    """(query, target) of each hit, int64[h, 2], as `mmseqs easy-search` finds them; raises `DataError` if it fails.

    The steps are called one by one, because a process without children of its own is easy to end together with us.
    """
    hits = [np.empty((0, 2), np.int64)]
    done, total = 0, targets.num_residues
    with _work_folder() as folder:
        runner = _Runner(program, Path(folder))
        if not _make_database(runner, "queries", queries, 0):
            return hits[0]
        for start, block in targets.blocks(_BLOCK_RESIDUES):
            if on_progress is not None:
                runner.on_sign = _counter(on_progress, done, block.num_residues, total)
            done += block.num_residues
            if _make_database(runner, "targets", block, start):
                e_value = criteria.max_e_value * block.num_residues / criteria.database_residues
                hits.append(_search_block(runner, criteria, sensitivity, e_value, len(block)))
    return np.concatenate(hits)


@contextlib.contextmanager
def _work_folder() -> Iterator[str]:
    """A temporary folder; `DataError` says which one it is if the work in it fails, since it may be full."""
    with tempfile.TemporaryDirectory(prefix="optsweep-mmseqs-") as folder:
        try:
            yield folder
        except (DataError, OSError) as error:
            words = f"{error.filename or folder}: {error.strerror}" if isinstance(error, OSError) else str(error)
            free = shutil.disk_usage(folder).free / 1e9
            place = f"it works in {folder} ({free:.1f} GB free; TMPDIR names another folder)"
            raise DataError(f"{words.removeprefix('error: ')}\n{place}") from None


def _search_block(
    runner: _Runner, criteria: Criteria, sensitivity: float, e_value: float, num_targets: int
) -> npt.NDArray[np.int64]:
    # As many results as there are targets: of its default of 300, large families would lose members.
    settings = ["-s", str(sensitivity), "--max-seqs", str(num_targets)]
    settings += ["--min-ungapped-score", str(_MIN_UNGAPPED_SCORE), "--threads", str(available_cores())]
    try:
        runner.run("prefilter", "queries", "targets", "near", *settings)
    except DataError as error:
        if _NO_KMERS not in str(error):
            raise
        runner.clear()
        return np.empty((0, 2), np.int64)
    settings = ["-e", f"{e_value:.6g}", "--min-seq-id", str(criteria.min_identity), "--alignment-mode", "3"]
    runner.run("align", "queries", "targets", "near", "aligned", *settings, "--threads", str(available_cores()))
    columns = ["--format-output", "query,target,fident,qcov,tcov", "--threads", str(available_cores())]
    runner.run("convertalis", "queries", "targets", "aligned", "hits.tsv", *columns)
    found = _read_hits(runner.folder / "hits.tsv", criteria)
    runner.clear()
    return found


def _read_hits(table: Path, criteria: Criteria) -> npt.NDArray[np.int64]:
    if not table.stat().st_size:
        return np.empty((0, 2), np.int64)
    values = np.loadtxt(table, ndmin=2)
    _, _, identity, query_coverage, target_coverage = values.T
    covered = np.maximum(query_coverage, target_coverage) >= criteria.min_coverage
    return values[covered & (identity >= criteria.min_identity), :2].astype(np.int64)


def _make_database(runner: _Runner, name: str, sequences: Sequences, first: int) -> bool:
    """Make a database of sequences that are named by their numbers from ``first`` on; False if all are empty."""
    fasta = runner.folder / f"{name}.fasta"
    with fasta.open("wb") as file:
        for start, block in sequences.blocks():
            letters = block.tokens.tobytes().translate(_LETTERS)
            for number, (begin, end) in enumerate(itertools.pairwise(block.offsets.tolist()), first + start):
                if end > begin:
                    file.write(b">%d\n%b\n" % (number, letters[begin:end]))
    if not fasta.stat().st_size:
        return False
    # Amino acids, even if the first ones look like nucleotides.
    runner.run("createdb", fasta.name, name, "--dbtype", "1", "--shuffle", "0")
    fasta.unlink()
    return True


def _counter(on_progress: Callable[[int, int], None], done: int, size: int, total: int) -> Callable[[int], None]:
    """Turns the signs that show while a block is searched into residues of all targets."""
    signs = 0

    def count(more: int) -> None:
        nonlocal signs
        signs = min(signs + more, _SIGNS)
        on_progress(done + size * signs // _SIGNS, total)

    return count


class _Runner:
    """Runs the program's commands in a folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self.folder = folder
        self.on_sign: Callable[[int], None] | None = None
        """Told how many signs of a progress bar have come."""
        self._program = os.path.abspath(program)

    def clear(self) -> None:
        """Remove all but the queries."""
        for path in self.folder.glob("[!q]*"):
            path.unlink()

    def run(self, command: str, *arguments: str) -> str:
        """What it prints; raises `DataError` with the last line of its errors."""
        errors = self.folder / "errors"
        with errors.open("wb") as stderr:
            try:
                process = subprocess.Popen(
                    [self._program, command, *arguments],
                    cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                    preexec_fn=_end_with_parent, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise DataError(f"{self._program}: cannot be run: {error.strerror or error}") from None
        try:
            printed = self._read(process)
            status = process.wait()
        finally:
            # With its children: on Debian the program is a script that starts another one.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if status:
            said = errors.read_text(errors="replace").strip().splitlines() or printed.strip().splitlines()
            reason = f"was ended by {signal.Signals(-status).name}" if status < 0 else (said or [f"exit {status}"])[-1]
            raise DataError(f"{self._program} {command}: failed: {reason}")
        return printed

    def _read(self, process: subprocess.Popen[bytes]) -> str:
        assert process.stdout is not None
        printed = b""
        with process.stdout as pipe:
            while chunk := os.read(pipe.fileno(), 1 << 16):
                printed = (printed + chunk)[-4096:]
                signs = chunk.count(b"=")
                if signs and self.on_sign is not None:
                    self.on_sign(signs)
        return printed.decode(errors="replace")


def _end_with_parent() -> None:
    end_with_parent(signal.SIGKILL)
