"""The best runs of a study: as a table, as a document, and the best one as a training config."""

from __future__ import annotations

from rich.console import RenderableType

from optsweep.config import config_to_toml
from optsweep.errors import UserError
from optsweep.plain import Plain
from optsweep.results.records import StudySnapshot
from optsweep.results.words import SYNTHETIC_NOTE, nats
from optsweep.views.documents import run_values
from optsweep.views.run_table import Column, RunTable, ranked_columns
from optsweep.views.summary import best_configuration
from optsweep.views.terminal import stack

NO_FINISHED_TRIAL = "no finished trial yet"


def best_table(snapshot: StudySnapshot, top: int) -> RenderableType:
    """The ``top`` best complete runs and the configuration of the first; in words if there is none."""
    ranked = snapshot.ranking[:top]
    if not ranked:
        return stack(f"Study {snapshot.study}: {NO_FINISHED_TRIAL}")
    columns = ranked_columns({run.run: str(place) for place, run in enumerate(ranked, start=1)}, ranked)
    columns.insert(3, Column("last value", lambda run: nats(run.last_value), "right"))
    note = [SYNTHETIC_NOTE] if snapshot.data.synthetic else []
    return stack(*note, RunTable(ranked, columns), "", *best_configuration(snapshot))


def best_document(snapshot: StudySnapshot, top: int) -> dict[str, Plain]:
    """The ``top`` best complete runs for programs; ``best`` is empty if none has finished."""
    return {
        "study": snapshot.study,
        "synthetic": snapshot.data.synthetic,
        "best": [
            {
                "rank": place,
                **run_values(run, "run", "trial", "preset", "source", "value", "last_value", "sequences", "seconds"),
                "dir": run.directory,
                "parameters": run.parameters,
                "config": run.stored_config,
            }
            for place, run in enumerate(snapshot.ranking[:top], start=1)
        ],
    }


def best_toml(snapshot: StudySnapshot) -> str:
    """The best run's training config as TOML that `optsweep train` reads.

    Raises `UserError` if no run has finished, `ConfigError` if the stored config is not one of this version.
    """
    snapshot.lengths("best --toml")
    best = snapshot.best
    if best is None:
        raise UserError(f"study {snapshot.study}: {NO_FINISHED_TRIAL}, so there is no best configuration to write")
    return config_to_toml(best.train_config)
