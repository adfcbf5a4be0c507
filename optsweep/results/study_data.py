"""What a study knows of its data: paths, sizes, fingerprints, and what values are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Stored(BaseModel):
    """Base of what is stored as JSON beside a study; a later version's keys are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")


class CorpusRecord(Stored):
    """The file that the user named; all that is known of the data before it is imported."""

    corpus: str
    """Its path."""
    fingerprint: str
    content: str = ""
    """Digest of the sequences and their split; empty before the import."""

    @property
    def imported_from(self) -> list[str]:
        """Fingerprints of the files that the corpus was imported from."""
        return []

    def same_as(self, other: CorpusRecord) -> bool:
        """Whether ``other`` is this file, what it was imported from, or holds the same sequences."""
        if self.content and self.content == other.content:
            return True
        return other.fingerprint in (self.fingerprint, *self.imported_from)


class Weights(Stored):
    """By how many residues each scored sequence counts in a value: comparisons need the database alone."""

    validation: list[int]
    confirmation: list[int]


class StudyData(CorpusRecord):
    """The data of a study. What only some studies know is None in the others."""

    demo: bool
    """Whether it is the synthetic demo corpus, because no data was given."""
    subset: str
    """Path of the subset, which the runs train on."""
    num_sequences: int
    """How many the subset has."""
    source_sequences: int
    """How many the corpus has."""
    synthetic: bool
    manifest: Mapping[str, object] = {}
    """The subset's."""
    weights: Weights | None = None
    """None in studies of the first versions."""
    reference: Annotated[dict[str, float], Field(default_factory=dict)]
    """unigram_entropy and composition_entropy of the scored sequences, nats per residue; empty if a script trains."""
    trains_on: str | None = None
    """A corpus to train on in place of the subset."""
    scores_confirmation: bool = False
    setting: str | None = None
    """What a linked study's runs are trained at, in words."""

    @property
    def imported_from(self) -> list[str]:
        origin = self.manifest.get("source_manifest")
        sources = origin.get("sources") if isinstance(origin, Mapping) else None
        listed = sources if isinstance(sources, list) else []
        return [str(source.get("fingerprint")) for source in listed if isinstance(source, Mapping)]
