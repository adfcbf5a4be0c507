"""The best runs of a study: as a table, as a document, and the best one as a training config."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from optsweep.config import config_to_toml
from optsweep.errors import UserError
from optsweep.results.documents import Json
from optsweep.results.records import StudySnapshot
from optsweep.results.words import SYNTHETIC_NOTE, finite, is_synthetic, nats
from optsweep.views.summary import best_configuration
from optsweep.views.terminal import RUN, SEQUENCES, SOURCE, VALUE, AsciiSafe, Column, RunTable, seconds_column

NO_FINISHED_TRIAL = "no finished trial yet"


def best_table(snapshot: StudySnapshot, top: int) -> RenderableType:
    """The ``top`` best complete runs and the configuration of the first; in words where there is none."""
    ranked = snapshot.ranking[:top]
    if not ranked:
        return AsciiSafe(Text(f"Study {snapshot.study}: {NO_FINISHED_TRIAL}"))
    ranks = {run.run: str(place) for place, run in enumerate(ranked, start=1)}
    rank = Column("rank", lambda run: ranks[run.run], "right")
    last = Column("last value", lambda run: nats(run.last_value), "right")
    columns = [rank, RUN, VALUE, last, SOURCE, SEQUENCES, seconds_column(ranked)]
    note = [Text(SYNTHETIC_NOTE)] if is_synthetic(snapshot) else []
    return AsciiSafe(Group(*note, RunTable(ranked, columns), Text(), *best_configuration(snapshot)))


def best_document(snapshot: StudySnapshot, top: int) -> dict[str, Json]:
    """The ``top`` best complete runs as a JSON-able document; ``best`` is empty where none has finished."""
    return {
        "study": snapshot.study,
        "synthetic": is_synthetic(snapshot),
        "best": [
            {
                "rank": place,
                "run": run.run,
                "trial": run.trial,
                "preset": run.preset,
                "source": run.source,
                "value": finite(run.value),
                "last_value": finite(run.last_value),
                "sequences": run.sequences,
                "seconds": finite(run.seconds),
                "dir": run.directory,
                "parameters": run.parameters,
                "config": run.stored_config,
            }
            for place, run in enumerate(snapshot.ranking[:top], start=1)
        ],
    }


def best_toml(snapshot: StudySnapshot) -> str:
    """The best run's training config as TOML that `optsweep train` reads.

    Raises `UserError` where no run has finished, `ConfigError` where the stored config is not one of this version.
    """
    snapshot.check_builtin("best --toml")
    best = snapshot.best
    if best is None:
        raise UserError(f"study {snapshot.study}: {NO_FINISHED_TRIAL}, so there is no best configuration to write")
    return config_to_toml(best.train_config)
