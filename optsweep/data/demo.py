"""The demo corpus: synthetic protein families, so that a first sweep needs no data.

An ancestor is a string of segments, each of one kind (helix, strand, loop: kinds differ in composition, as in real
proteins), made of short motifs from a library that all families share, and linkers between them. Descendants are
evolved by a substitution model that mostly keeps a site's kind and changes motif sites rarely. So there is something
to learn that frequencies do not tell, first a segment's kind, then its motifs. Nothing in it is a real protein.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from optsweep.data._building import cannot_write, sole_builder
from optsweep.data.corpus import Corpus, open_corpus, write_corpus
from optsweep.data.holding_out.rule import KnownFamilies
from optsweep.data.progress import OnProgress
from optsweep.data.recipe import Drawn
from optsweep.data.sequences import Sequences, from_arrays
from optsweep.data.vocabulary import FIRST_RESIDUE, RESIDUES
from optsweep.errors import DataError
from optsweep.files import remove_leftovers
from optsweep.plain import Plain

DEMO_PATH = Path("data/demo.pt")
NUM_SEQUENCES = 12_000
MAX_SEQUENCES = 1_000_000
"""They are made in memory."""
SEED = 20_250_101

_VERSION = 1
_KINDS = ("AELKQRM", "VIYFTWC", "GPSDNH")
"""Residues that helices, strands and loops favour (Chou and Fasman 1978, simplified)."""
_KIND_SHARE = 0.85
"""Share of a segment's residues that are drawn from those of its kind, the others from all."""
_MOTIFS_PER_KIND = 16
_MOTIF_LENGTHS = (6, 12)
_LINKER_LENGTHS = (1, 5)
_SEGMENT_LENGTHS = (12, 30)
_LENGTHS = (40, 510)
_MEDIAN_LENGTH = 180
_LENGTH_SPREAD = 0.5
"""Standard deviation of log length; UniRef50's is 0.7."""
_FRAGMENT_PART = 8
"""At most one of so many parts of a sequence is missing at each of its ends."""
_MEAN_FAMILY_SIZE = 12
_RECENT_SHARE = 0.3
"""Share of descendants that parted from their ancestor lately: they are close relatives of each other."""
_MOTIF_CHANGE = 0.15
"""Share of motif sites that are drawn anew at full divergence, and of linker sites below."""
_LINKER_CHANGE = 0.9

_PER_CENT = "8.25 1.38 5.46 6.72 3.86 7.07 2.27 5.91 5.80 9.64 2.41 4.06 4.74 3.93 5.53 6.65 5.36 6.86 1.10 2.92"
"""Residue frequencies of UniProtKB/Swiss-Prot, in the order of RESIDUES."""
_FREQUENCIES = np.array([float(share) for share in _PER_CENT.split()])
_FREQUENCIES /= _FREQUENCIES.sum()


def _kind_frequencies(kind: str) -> npt.NDArray[np.float64]:
    favoured = np.isin(list(RESIDUES), list(kind)) * _FREQUENCIES
    frequencies: npt.NDArray[np.float64] = _KIND_SHARE * favoured / favoured.sum() + (1 - _KIND_SHARE) * _FREQUENCIES
    return frequencies


_KIND_FREQUENCIES = np.array([_kind_frequencies(kind) for kind in _KINDS])

Array = npt.NDArray[np.int64]


def make_demo(path: Path, num_sequences: int = NUM_SEQUENCES, seed: int = SEED) -> Path:
    """Write a demo corpus, labelled synthetic; the same arguments give the same sequences."""
    if not 3 <= num_sequences <= MAX_SEQUENCES:
        raise DataError(f"a demo corpus of {num_sequences} sequences cannot be made; 3 to {MAX_SEQUENCES} are right")
    # Looked at before the work is done, too.
    with cannot_write(path):
        write_corpus(path, _evolved(num_sequences, seed)[0], _manifest(num_sequences, seed))
    return path


def expected_length() -> float:
    """The mean length of a demo corpus' sequences, within a few per cent, without making one."""
    deviates = np.array([NormalDist().inv_cdf((step + 0.5) / 100) for step in range(100)])
    lengths = np.clip(_MEDIAN_LENGTH * np.exp(_LENGTH_SPREAD * deviates), *_LENGTHS)
    return float(lengths.mean()) * (1 - 1 / _FRAGMENT_PART)


def ensure_demo(path: Path = DEMO_PATH) -> Path:
    """The demo corpus at ``path``, made where it is missing or of an older version."""
    with sole_builder(path):
        if path.exists():
            corpus = open_corpus(path)
            if not corpus.synthetic:
                raise DataError(f"{path}: is there already and is no demo corpus; move it away")
            if corpus.manifest.get("version") == _VERSION:
                return path
        remove_leftovers(path)
        return make_demo(path)


class DemoFamilies(KnownFamilies):
    """The families that a demo corpus was made of."""

    name = "demo families"
    words = "the demo corpus' own families"

    def __init__(self, families: Array) -> None:
        super().__init__()
        self._families = families

    def families(self, drawn: Drawn, on_progress: OnProgress = None) -> Array:
        return self._families[drawn.rows]

    def relatives_in_corpus(self, drawn: Drawn, held_out: Array, on_progress: OnProgress = None) -> Array:
        return np.flatnonzero(np.isin(self._families, self._families[drawn.rows[held_out]]))


def demo_families(corpus: Corpus) -> DemoFamilies | None:
    """The families of a demo corpus, by making it again; None if it is none, or if it was made by another numpy."""
    manifest, num = corpus.manifest, corpus.num_sequences
    seed = manifest.get("seed")
    if not isinstance(seed, int) or seed < 0 or manifest != _manifest(num, seed) or num > MAX_SEQUENCES:
        return None
    sequences, families = _evolved(num, seed)
    same = np.array_equal(sequences.offsets, corpus.sequences.offsets)
    return DemoFamilies(families) if same and np.array_equal(sequences.tokens, corpus.sequences.tokens) else None


def _manifest(num_sequences: int, seed: int) -> dict[str, Plain]:
    return {
        "kind": "corpus",
        "synthetic": True,
        "description": "synthetic protein families, evolved from random ancestors by a substitution model",
        "version": _VERSION,
        "num_sequences": num_sequences,
        "seed": seed,
    }


@dataclass(frozen=True)
class _Ancestor:
    residues: Array
    """Indices into RESIDUES, [length]."""
    kinds: Array
    """Of the segment in which each site stands, [length]."""
    is_motif: npt.NDArray[np.bool_]


def _evolved(num_sequences: int, seed: int) -> tuple[Sequences, Array]:
    """The sequences, and the family of each, int64[num_sequences]."""
    rng = np.random.default_rng(seed)
    library = [[_draw(rng, kind, _MOTIF_LENGTHS) for _ in range(_MOTIFS_PER_KIND)] for kind in range(len(_KINDS))]
    descendants: list[npt.NDArray[np.uint8]] = []
    sizes: list[int] = []
    while len(descendants) < num_sequences:
        sizes.append(min(int(rng.geometric(1 / _MEAN_FAMILY_SIZE)), num_sequences - len(descendants)))
        for residues in _evolve(rng, _ancestor(rng, library), sizes[-1]):
            # Fragments: real family members differ in length.
            start, missing = rng.integers(0, 1 + len(residues) // _FRAGMENT_PART, 2)
            descendants.append((residues[start : len(residues) - missing] + FIRST_RESIDUE).astype(np.uint8))
    order = rng.permutation(num_sequences)
    return from_arrays([descendants[index] for index in order]), np.repeat(np.arange(len(sizes)), sizes)[order]


def _draw(rng: np.random.Generator, kind: int, lengths: tuple[int, int]) -> Array:
    return rng.choice(len(RESIDUES), rng.integers(*lengths, endpoint=True), p=_KIND_FREQUENCIES[kind])


def _ancestor(rng: np.random.Generator, library: list[list[Array]]) -> _Ancestor:
    length = int(np.clip(_MEDIAN_LENGTH * np.exp(rng.normal(0, _LENGTH_SPREAD)), *_LENGTHS))
    pieces: list[Array] = []
    kinds: list[int] = []
    is_motif: list[bool] = []
    kind = int(rng.integers(len(_KINDS)))
    while len(kinds) < length:
        end = len(kinds) + rng.integers(*_SEGMENT_LENGTHS, endpoint=True)
        while len(kinds) < end:
            motif = library[kind][rng.integers(_MOTIFS_PER_KIND)]
            linker = _draw(rng, kind, _LINKER_LENGTHS)
            pieces += [motif, linker]
            kinds += [kind] * (len(motif) + len(linker))
            is_motif += [True] * len(motif) + [False] * len(linker)
        kind = (kind + int(rng.integers(1, len(_KINDS)))) % len(_KINDS)
    return _Ancestor(np.concatenate(pieces)[:length], np.array(kinds)[:length], np.array(is_motif)[:length])


def _evolve(rng: np.random.Generator, ancestor: _Ancestor, size: int) -> Array:
    """Descendants of one ancestor, [size, length]: each site is drawn anew or not, at its own rate."""
    length = len(ancestor.residues)
    is_recent = rng.random((size, 1)) < _RECENT_SHARE
    divergence = np.where(is_recent, 0.1 * rng.random((size, 1)), rng.beta(4, 2, (size, 1)))
    rates = np.where(ancestor.is_motif, _MOTIF_CHANGE, _LINKER_CHANGE)
    substitutes = np.empty((size, length), np.int64)
    for kind, frequencies in enumerate(_KIND_FREQUENCIES):
        sites = np.flatnonzero(ancestor.kinds == kind)
        substitutes[:, sites] = rng.choice(len(RESIDUES), (size, len(sites)), p=frequencies)
    return np.where(rng.random((size, length)) < divergence * rates, substitutes, ancestor.residues)
