"""Everything that is known of how far a study's ranking can be trusted, as its views and reports show it."""

from __future__ import annotations

from dataclasses import dataclass

from optsweep.trust.agreement import Fidelity
from optsweep.trust.confirmation import Confirmation
from optsweep.trust.noise import SeedNoise, Ties
from optsweep.trust.pruning_risk import PruningRisk


@dataclass(frozen=True)
class Trust:
    """None and empty where nothing has been measured yet; `optsweep.trust.results` reads it."""

    ties: Ties | None = None
    noise: SeedNoise | None = None
    fidelity: tuple[Fidelity, ...] = ()
    confirmation: Confirmation | None = None
    risk: PruningRisk | None = None

    def mark(self, run: str) -> str:
        """ "=" behind the rank of a run that cannot be told from the best one."""
        return "=" if self.ties is not None and self.ties.tied(run) else ""


NOT_MEASURED = Trust()
