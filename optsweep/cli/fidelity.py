"""`optsweep fidelity` and `optsweep confirm`: plan the linked studies, work on them, say what they show."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from rich.console import Console

from optsweep.cli.read_trust import read_trust
from optsweep.cli.sweep import work
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.errors import EXIT_DONE, EXIT_FAILED, ConfigError
from optsweep.machine.devices import Slot
from optsweep.planning.defaults import choose_slots
from optsweep.planning.linked import RunAgain, plan_linked
from optsweep.planning.trained_again import Setting, finished_ranking, larger, repeats, spread, with_seed
from optsweep.results.records import COMPLETED, StudySnapshot
from optsweep.results.words import duration, quantity
from optsweep.views.fidelity import (
    confirmation_lines,
    document,
    fidelity_lines,
    fidelity_table,
    noise_words,
    risk_words,
    tie_words,
)
from optsweep.views.terminal import plain_console


@dataclass(frozen=True)
class Workers:
    """Who trains: the slots of this machine, or (launch False) only those that join from elsewhere."""

    gpus: str | None
    cpu_workers: int | None
    workers_per_gpu: int
    launch: bool
    as_json: bool

    @property
    def console(self) -> Console:
        # Programs read standard output; with --json people's lines go to standard error.
        return plain_console(stderr=self.as_json)

    def slots(self, study: Study) -> list[Slot]:
        return choose_slots(self.gpus, self.cpu_workers, self.workers_per_gpu, demo=study.data["demo"])


def run_fidelity(study: Study, setting: Setting, *, runs: int, seeds: int, workers: Workers | None) -> int:
    """Measure noise and fidelity, or (``workers`` None) say what would be trained; returns the exit code."""
    snapshot = _checked(study, "fidelity")
    chosen = spread(finished_ranking(snapshot), runs)
    again = repeats(snapshot, chosen, seeds)
    large = larger(snapshot, chosen, setting)
    if workers is None:
        print("\n".join(_plan_lines(snapshot, again, large, setting)))
        return EXIT_DONE
    slots = workers.slots(study)
    for line in _plan_lines(snapshot, again, large, setting):
        workers.console.print(line)
    first = plan_linked(study, "repeats", again, command=["optsweep", "fidelity"]) if again else None
    second = plan_linked(
        study,
        "fidelity",
        large,
        suffix=setting.suffix,
        data={"trains_on": snapshot.data["corpus"], "setting": setting.words},
        command=["optsweep", "fidelity"],
    )
    return _work(study, [linked for linked in (first, second) if linked is not None], slots, workers)


def run_confirm(study: Study, *, top: int, seeds: int, workers: Workers | None) -> int:
    """Train the finalists again with fresh seeds, scored on the confirmation sequences; returns the exit code."""
    snapshot = _checked(study, "confirm")
    if not snapshot.ranking:
        raise ConfigError("confirm", [f"study {study.name!r} has no complete run to confirm"])
    again = [
        with_seed(snapshot, run, number, "confirm") for number in range(1, seeds + 1) for run in snapshot.ranking[:top]
    ]
    if workers is None:
        print("\n".join([f"Finalists, {seeds} fresh seeds each:", *_cost_lines(snapshot, again)]))
        return EXIT_DONE
    slots = workers.slots(study)
    linked = plan_linked(study, "confirm", again, data={"scores_confirmation": True}, command=["optsweep", "confirm"])
    return _work(study, [linked], slots, workers)


def _checked(study: Study, command: str) -> StudySnapshot:
    """The study as it stands; raises `ConfigError` where its runs cannot be trained again in a linked study."""
    if linked := study.attributes().get("linked"):
        again = f"trains runs of study {linked['origin']!r} again; give --name {linked['origin']}"
        raise ConfigError(command, [f"study {study.name!r} {again}"])
    snapshot = read_snapshot(study)
    snapshot.check_builtin(command)
    if "weights" not in snapshot.data:
        raise ConfigError(command, [f"study {study.name!r} was begun by an older version; resume it once"])
    return snapshot


def _work(origin: Study, linked: list[Study], slots: list[Slot], workers: Workers) -> int:
    """Work on one study after the other and tell what they show; where nothing is launched, say who is to work."""
    if not workers.launch:
        for study in linked:
            workers.console.print(f"Planned; start workers with: optsweep worker --name {study.name}")
        return EXIT_DONE
    code = _run(linked, slots, workers.console)
    _tell(origin, as_json=workers.as_json)
    return code


def _run(linked: list[Study], slots: list[Slot], console: Console) -> int:
    """The exit code of all; one run that fails keeps nobody from the other studies."""
    code = EXIT_DONE
    for study in linked:
        snapshot = read_snapshot(study)
        if snapshot.ended:
            console.print(f"Study {study.name}: all {snapshot.target} runs have ended")
            ended = EXIT_FAILED if snapshot.counts["failed"] else EXIT_DONE
        else:
            console.print(f"Study {study.name}: {snapshot.target} runs")
            ended = work(study, slots, console)
        if ended not in (EXIT_DONE, EXIT_FAILED):
            return ended
        code = code or ended
    return code


def _plan_lines(snapshot: StudySnapshot, again: list[RunAgain], large: list[RunAgain], setting: Setting) -> list[str]:
    completed = sum(run.run.endswith(COMPLETED) for run in again)
    return [
        f"At the sweep's own setting: {completed} pruned runs to their end, {len(again) - completed} with other seeds",
        *_cost_lines(snapshot, again),
        f"At {setting.words}: {len(large)} runs",
        *_cost_lines(snapshot, large),
    ]


def _cost_lines(snapshot: StudySnapshot, again: list[RunAgain]) -> list[str]:
    """What the runs will cost, from the speed of the same configurations in the sweep."""
    seconds = 0.0
    for run in again:
        origin = run.origin
        seconds += origin.seconds / max(1, origin.sequences) * run.config.total_sequences
    sequences = sum(run.config.total_sequences for run in again)
    names = ", ".join(dict.fromkeys(run.origin.run for run in again))
    cost = f"{quantity(sequences)} sequences, about {duration(seconds)} on the devices"
    return [f"  {names}", f"  {cost}"] if again else []


def _tell(study: Study, *, as_json: bool) -> None:
    """Print everything that has been measured."""
    trust = read_trust(study, read_snapshot(study))
    confirmed = trust.confirmation
    if as_json:
        found = {
            "seed_noise": trust.noise and asdict(trust.noise),
            "fidelity": [document(one) for one in trust.fidelity],
            "confirmation": confirmed and document(confirmed),
        }
        print(json.dumps(found, indent=2, allow_nan=False))
        return
    lines = [noise_words(trust.noise), *tie_words(trust.ties), *risk_words(trust.risk)]
    for one in trust.fidelity:
        lines += ["", *fidelity_lines(one), "", *_table(fidelity_table(one))]
    if confirmed is not None:
        lines += ["", *confirmation_lines(confirmed)]
        lines += ["", f"Next: optsweep promote --name {study.name} --run {confirmed.finalists[0].run}"]
    print("\n".join(lines))


def _table(table: list[tuple[str, str, str, str, str]]) -> list[str]:
    rows = [("run", "rank", "value", "rank there", "value there"), *table]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
