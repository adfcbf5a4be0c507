"""`optsweep sample`: proteins from a checkpoint as FASTA, and the figures that tell whether they look like proteins."""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from optsweep.config import TrainConfig
from optsweep.data.quality import Quality, quality
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.training_data import load_training_data
from optsweep.data.vocabulary import decode
from optsweep.errors import DataError, DeviceError, UserError
from optsweep.files import write_text
from optsweep.machine.devices import waiting
from optsweep.results.words import rounded_percent

LINE_WIDTH = 60
SAMPLES = "samples.fasta"
"""Beside the checkpoint, where the dashboard finds it."""


def sample(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint.pt, or the folder of a run.")],
    count: Annotated[int, typer.Option("-n", min=1, max=1_000_000, help="Number of proteins.")] = 10,
    data: Annotated[Path | None, typer.Option(help="Its training data (default: what its config names).")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="FASTA file (default: standard output).")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=10_000, help="Steps from fully masked to unmasked.")] = 64,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 0,
    device: str = "auto",
) -> None:
    """Without ``output`` the proteins go to standard output and to samples.fasta beside the checkpoint.

    Lengths are drawn from the training sequences. Raises a `UserError` if there is no checkpoint, or if nothing says
    what the model was trained on.
    """
    from optsweep.train.checkpoint import CURRENT, load_ema
    from optsweep.train.device import resolve_device

    os.environ.update(waiting())
    from optsweep.train.trained_model import generate

    path = checkpoint / CURRENT if checkpoint.is_dir() else checkpoint
    if not path.exists():
        raise DataError(
            f"{path}: there is no checkpoint; an ended run keeps one only if it is a preset or among the best"
        )
    with _within_memory(device):
        config, model = load_ema(path, resolve_device(device))
    training = _training_sequences(config, data)
    lengths = np.random.default_rng(seed).choice(training.lengths, count)
    lengths = np.clip(lengths, 1, config.data.max_protein_len - 2)
    with _within_memory(device):
        proteins = generate(model, lengths, schedule=config.noise.schedule, steps=steps, seed=seed)
    fasta = _fasta(proteins, path)
    if output is None:
        sys.stdout.write(fasta)
        with contextlib.suppress(OSError):  # the run may be another user's
            write_text(path.with_name(SAMPLES), fasta)
    else:
        write_text(output, fasta)
        print(f"Wrote {output}: {count} proteins")
    for line in quality_lines(quality(from_arrays(proteins), training)):
        print(line, file=sys.stderr if output is None else sys.stdout)


@contextlib.contextmanager
def _within_memory(device: str) -> Iterator[None]:
    """A sweep or another program may have most of the GPU's memory: raises `DeviceError` where it runs out."""
    from optsweep.train.device import is_out_of_memory

    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise DeviceError(f"--device {device}: its free memory does not suffice; give another one, or cpu") from None


def _training_sequences(config: TrainConfig, data: Path | None) -> Sequences:
    """What the model was trained on: ``data``, else what the run's provenance names."""
    known = config.provenance.get("corpus") or config.provenance.get("subset")
    path = data or (Path(known) if isinstance(known, str) else None)
    if path is None or not path.exists():
        where = f"; {path} is not there" if path else ""
        raise UserError(f"--data: name the corpus or subset that the model was trained on{where}")
    return load_training_data(path).sample(config.data.num_sequences)


def _fasta(proteins: list[NDArray[np.uint8]], checkpoint: Path) -> str:
    return "".join(
        f">sample_{number} {checkpoint.parent.name}\n{textwrap.fill(decode(tokens), LINE_WIDTH)}\n"
        for number, tokens in enumerate(proteins, start=1)
    )


def quality_lines(found: Quality) -> list[str]:
    """One figure a line."""
    return [
        f"valid {rounded_percent(found.valid)} of {found.count}",
        f"mean length {found.mean_length:.0f}",
        f"distinct amino acids {found.distinct_residues:.1f} (training sequences: "
        f"{found.reference_distinct_residues:.1f})",
        f"KL divergence of composition {found.composition_divergence:.4f} nats, "
        f"of dipeptides {found.dipeptide_divergence:.4f} nats",
        f"copies of training sequences: {100 * found.exact_copies:.1f} % exact, {100 * found.near_copies:.1f} % near",
    ]
