"""What is stored beside Optuna's own study and trials, as its user attributes, and what a study knows of its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from optsweep.plain import Plain
from optsweep.study.scalar import Parameters


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


class TrainingSize(Stored):
    """The sequences that runs train on, and their residues as they are cropped."""

    sequences: int
    residues: int


class StudyData(CorpusRecord):
    """The data of a study. What only some studies know is None in the others."""

    demo: bool
    """Whether it is the synthetic demo corpus, because no data was given."""
    subset: str
    """Path of the subset, which has the split, and which the runs train on unless ``trains_on`` names more."""
    num_sequences: int
    """How many the subset has."""
    source_sequences: int
    """How many the corpus has."""
    synthetic: bool
    manifest: Mapping[str, object] = {}
    """The subset's."""
    weights: Weights | None = None
    """None in studies of the first versions."""
    training: TrainingSize | None = None
    """All that there is to train on in the file that runs train on; None in studies of the first versions.

    In a linked study with a ``setting`` of its own it is still the origin's.
    """
    reference: Annotated[dict[str, float], Field(default_factory=dict)]
    """unigram_entropy and composition_entropy of the scored sequences, nats per residue; empty if a script trains."""
    trains_on: str | None = None
    """A corpus to train on in place of the subset."""
    scores_confirmation: bool = False
    setting: str | None = None
    """What a linked study's runs are trained at, in words."""

    def same_as(self, other: CorpusRecord) -> bool:
        if isinstance(other, StudyData) and self.trains_on is not None and other.trains_on is not None:
            # Two corpora may have one subset.
            return super().same_as(other) and self.training == other.training
        return super().same_as(other)

    @property
    def imported_from(self) -> list[str]:
        origin = self.manifest.get("source_manifest")
        sources = origin.get("sources") if isinstance(origin, Mapping) else None
        listed = sources if isinstance(sources, list) else []
        return [str(source.get("fingerprint")) for source in listed if isinstance(source, Mapping)]


LADDER_SEQUENCES = "ladder_sequences"
"""In the provenance of a ladder's run: its length, before it was rounded to whole steps."""
PREFIX = "optsweep:"
"""What the names of our attributes begin with."""

Source = Literal["preset", "random", "tpe", "user", "repeat", "linked"]
""""repeat": a further training seed of another run of the study; see `optsweep.database.repeats`.
"linked": a run of another study, trained again; see `optsweep.planning.trained_again`."""
NEVER_CUT: Sequence[Source] = ("preset", "repeat")
"""What no pruner ends (invariant 8)."""
Purpose = Literal["repeats", "fidelity", "confirm", "ladder"]
"""What the runs of another study are trained again for."""

Anew = Literal["", "asked", "begun"]
"""Whether the run's next attempt is to begin anew (`retry --fresh`), or has begun anew by itself."""


class Stop(Stored):
    """Why no run is claimed any more."""

    reason: str
    drain: bool
    """Whether runs that have begun go on to their end."""


class SweepEnd(Stored):
    """What ended the last sweep, or the last worker that joined, while runs were left."""

    reason: str


class Link(Stored):
    """The study whose runs a linked study trains again."""

    origin: str
    purpose: str
    """A `Purpose`, or one that a later version knows."""

    @property
    def command(self) -> str:
        """The command of ours that plans such studies."""
        return self.purpose if self.purpose in ("confirm", "ladder") else "fidelity"


class StudyAttributes(Stored):
    """The attributes of a study, stored one by one in this order; those of a study being planned may be missing."""

    linked: Link | None = None
    versions: Mapping[str, str] = {}
    """The versions of optsweep, optuna and torch that the study began with."""
    data: StudyData | None = None
    """None if the study's script is given none; a study that an earlier version began has a corpus all the same."""
    command: Sequence[str] = ()
    """The command that began the study."""
    created: float = 0.0
    """Epoch seconds."""
    definition: dict[str, JsonValue] | None = None
    """The study file. Stored after all of the above: a study with a definition is whole."""
    stop: Stop | None = None
    last_end: SweepEnd | None = None
    """None while a sweep is at work, after one that was killed, and in studies of earlier versions."""
    target: int | None = None
    """How many runs it is to finish; what planning stores last."""
    deadline: float | None = None
    """Epoch seconds of the database's clock."""
    max_gpu_hours: float | None = None
    measured: Sequence[tuple[float, float, float]] = ()
    """What `sweep --dry-run --measure` found beforehand: iterations, multiplications, and the seconds of both."""
    slurm_jobs: Sequence[str] = ()
    """Ids of the jobs that were ever submitted for it."""

    @classmethod
    def read(cls, user_attributes: Mapping[str, Plain]) -> StudyAttributes:
        own = {key.removeprefix(PREFIX): value for key, value in user_attributes.items() if key.startswith(PREFIX)}
        return cls.model_validate(own)


@dataclass(frozen=True, kw_only=True)
class RunIdentity:
    """What a trial knows of its run; the names of the fields are those of its attributes."""

    run: str
    index: int
    """Position in the plan, from 0, of which seeds are derived; of a repeat its position among the repeats."""
    source: Source
    preset: str | None
    fixed: Parameters
    """Parameters that are given; empty for a sampled run."""
    config: Mapping[str, Plain] = field(default_factory=dict)
    """The resolved config; empty until a worker has drawn the parameters."""
    random_start: bool = False
    """Whether a "tpe" run was drawn at random, because too few runs had finished for TPE to learn from."""
    of: str | None = None
    """The run of the origin that a linked study's run trains again."""
    repeat_of: str | None = None
    """The run of which this one is a further seed; None for a repeat until it is claimed."""
    after_choice: bool = False
    """Whether it was claimed once the leader was chosen, in which it has no part."""
    anew: Anew = ""
    forked_from: str | None = None
    """The study that this run was taken over from, finished."""
    standing: Mapping[str, Plain] = field(default_factory=dict)
    """What its row holds then."""

    @classmethod
    def read(cls, user_attributes: Mapping[str, Plain]) -> RunIdentity:
        """From the attributes of a trial that optsweep has made."""
        known: dict[str, Any] = {NAMES[key]: value for key, value in user_attributes.items() if key in NAMES}
        return RunIdentity(**known)

    def stored(self) -> dict[str, Plain]:
        """The attributes of its trial; those that not every run has are left out while they say nothing."""
        known = {key: getattr(self, name) for key, name in NAMES.items()}
        return {key: value for key, value in known.items() if value or NAMES[key] in ALWAYS}

    @property
    def sampled(self) -> bool:
        return self.source in ("random", "tpe")

    @property
    def number(self) -> int:
        """The number of a sampled run or a user's, from 0: 6 for tpe-007."""
        return int(self.run.rpartition("-")[2]) - 1


def after_choice(repeats: int) -> int:
    """How many of a study's repeats, the last ones, are seeds of the leader after the choice."""
    return min(2, (repeats + 1) // 2)


def is_repeat(user_attributes: Mapping[str, Any]) -> bool:
    """Whether the trial with these attributes is a further seed of another's configuration, or a slot for one."""
    return user_attributes.get(f"{PREFIX}source") == "repeat"


def seed_run(first: str, number: int) -> str:
    """The id of a configuration's seed number ``number``, from 2; ``first`` is the run of its first seed."""
    return f"{first}-seed{number}"


def seed_number(run: str) -> int:
    """Which seed of its configuration a repeat is: 2 for tpe-007-seed2."""
    return int(run.rpartition("-seed")[2])


NAMES = {PREFIX + known.name: known.name for known in fields(RunIdentity)}
"""Attribute of a trial -> field."""
ALWAYS = ("run", "index", "source", "preset", "fixed")
