"""What a sweep found, what it cost and what to type next; the best runs as a table, a document, a training config."""

from __future__ import annotations

from pathlib import Path

from rich.console import RenderableType

from optsweep.config import config_to_toml
from optsweep.errors import UserError
from optsweep.plain import Plain
from optsweep.results import words
from optsweep.results.costs import device_seconds, patience_seconds, saved_seconds, wall_seconds
from optsweep.results.folders import RunDirectory
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.script.config import ScriptConfig
from optsweep.study.shareable import shareable
from optsweep.trainers.by_hand import FILE as BY_HAND
from optsweep.trainers.by_hand import by_hand
from optsweep.trust.trust import Trust
from optsweep.views.export import about_data, run_values
from optsweep.views.fidelity import budget_words, risk_words
from optsweep.views.ranking import ranking_part
from optsweep.views.status import reasons
from optsweep.views.terminal import PAIRS, Line, notes, stack

NO_FINISHED_TRIAL = "no finished trial yet"


def summary(snapshot: StudySnapshot, trust: Trust) -> RenderableType:
    """The verdict, the ranking, the winner's configuration and what it all cost."""
    table = ["", *ranking_part(snapshot, trust.ranking), *reasons(snapshot.runs)]
    return stack(
        Line(f"Study {words.one_line(snapshot.study)}: {words.counts_words(snapshot)}", "bold"),
        *notes(snapshot),
        *trust.verdict.lines,
        *(table if snapshot.runs else ()),
        *(["", *best] if (best := best_configuration(snapshot, winner_run(snapshot, trust))) else ()),
        "",
        *_costs(snapshot, trust),
    )


def winner_run(snapshot: StudySnapshot, trust: Trust) -> RunRecord | None:
    """The verdict's, whom fresh seeds may have put before the sweep's own best."""
    winner = trust.verdict.winner
    return snapshot.best if winner is None else next(run for run in snapshot.runs if run.run == winner.run)


def best_configuration(snapshot: StudySnapshot, best: RunRecord | None) -> list[RenderableType]:
    """The parameters of ``best``, its last value and the reference lines; without it only these."""
    references = words.reference_lines(snapshot)
    if best is None:
        return [*references]
    summary = snapshot.definition.summary
    earlier = "the best one was seen before the run's end"
    why = earlier if summary == "best" else f"its value is {words.summary_words(summary)}"
    last = f"  its last value: {words.value_words(best.last_value)} ({why})"
    differs = words.finite(best.last_value) is not None and best.last_value != best.value
    settings = words.configuration_lines(best)
    width = max((len(section) for section, _ in settings), default=0)
    lines = [Line(f"  {section:{width}}  {values}", indent=width + 4, pieces=PAIRS) for section, values in settings]
    title = Line(f"Configuration of {words.one_line(best.run)}", "bold")
    return [title, *lines, *([last] if differs else []), *references]


def _costs(snapshot: StudySnapshot, trust: Trust) -> list[str]:
    lines = [
        f"Wall time: {words.duration(wall_seconds(snapshot))} (first start to last end), "
        f"{words.duration(device_seconds(snapshot))} of device time"
    ]
    if cut := sum(run.cut for run in snapshot.runs):
        lines.append(
            f"Pruning: cut {words.counted(cut, 'run')}, saved about {words.duration(saved_seconds(snapshot))} "
            "of device time (an estimate: as if each cut run had gone on to its end at its own speed)"
        )
    else:
        lines.append("Pruning: cut no run")
    early, seconds = patience_seconds(snapshot)
    if early:
        saved = f"saved about {words.duration(seconds)} of device time"
        lines.append(f"Patience: ended {words.counted(early, 'run')} that overfitted, {saved}")
    return [*lines, *risk_words(trust.risk), *budget_words(snapshot)]


def best_table(snapshot: StudySnapshot, trust: Trust, top: int) -> RenderableType:
    """The ``top`` best complete runs and the configuration of the first; in words if there is none."""
    ranked = [one for one in trust.ranking if one.rank is not None][:top]
    if not ranked:
        return stack(f"Study {snapshot.study}: {NO_FINISHED_TRIAL}")
    return stack(*notes(snapshot), *ranking_part(snapshot, ranked), "", *best_configuration(snapshot, snapshot.best))


def best_document(snapshot: StudySnapshot, top: int) -> dict[str, Plain]:
    """The ``top`` best complete runs for programs; ``best`` is empty if none has finished."""
    head = ("run", "trial", "preset", "source", "value", "last_value")
    names = (*head, "seconds") if snapshot.data is None else (*head, "sequences", "seconds")
    return {
        "study": snapshot.study,
        **about_data(snapshot),
        "best": [
            {
                "rank": place,
                **run_values(run, *names),
                "dir": run.directory,
                "parameters": run.parameters,
                "config": shareable(run.stored_config),
            }
            for place, run in enumerate(snapshot.ranking[:top], start=1)
        ],
    }


def best_command(snapshot: StudySnapshot) -> str:
    """The shell script that calls the best run's training by hand, as the run's folder keeps it.

    Raises `UserError` if no run has finished, or if the study has no script of its own.
    """
    best = snapshot.best
    if best is None:
        raise UserError(f"study {snapshot.study}: {NO_FINISHED_TRIAL}, so there is no best configuration to call")
    config, folder = best.config, RunDirectory.of(snapshot.study, best.run).path
    if not isinstance(config, ScriptConfig):
        raise UserError(f"best --command: study {snapshot.study} has no script of its own; see best --toml")
    kept, data = folder / BY_HAND, None if snapshot.data is None else Path(snapshot.data.subset)
    return kept.read_text(encoding="utf-8") if kept.exists() else by_hand(config, folder, data)


def best_toml(snapshot: StudySnapshot) -> str:
    """The best run's training config as TOML that `optsweep train` reads.

    Raises `UserError` if no run has finished, `ConfigError` if the stored config is not one of this version.
    """
    snapshot.lengths("best --toml")
    best = snapshot.best
    if best is None:
        raise UserError(f"study {snapshot.study}: {NO_FINISHED_TRIAL}, so there is no best configuration to write")
    return "".join(f"# {line}\n" for line in toml_notes(snapshot)) + config_to_toml(best.train_config)


def toml_notes(snapshot: StudySnapshot) -> list[str]:
    """What the config of `best --toml` is not: as long as a full run's. Nothing in a study of longer runs."""
    best = snapshot.best
    if best is None or snapshot.attributes.linked is not None:
        return []
    iterations = best.train_config.training.n_iters
    return [
        f"{words.one_line(best.run)} of study {words.one_line(snapshot.study)} with the sweep's short length: "
        f"{iterations:,} iterations",
        f"the full-length config: optsweep promote --name {words.one_line(snapshot.study)}",
    ]
