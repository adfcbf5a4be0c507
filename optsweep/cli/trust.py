"""`optsweep fidelity` and `optsweep confirm`: plan the linked studies, work on them, say what they show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from optsweep.cli.options import AsJson, CpuWorkers, DryRun, Gpus, Name, NoLaunch, StorageOption, print_json
from optsweep.cli.read_trust import read_trust
from optsweep.cli.study import study_of
from optsweep.cli.sweep import work
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.errors import EXIT_DONE, EXIT_FAILED, ConfigError
from optsweep.machine.devices import Slot
from optsweep.planning.defaults import choose_slots
from optsweep.planning.linked import plan_linked
from optsweep.planning.trained_again import Setting, factor, finished_ranking, larger, repeats, spread, with_seed
from optsweep.results.records import StudySnapshot
from optsweep.trust.pruning import ORDERS, recommended, recorded, replay_all
from optsweep.views.fidelity import SHOWN_WORKERS, advice, cost_lines, document, plan_lines, replay_table, trust_lines
from optsweep.views.terminal import plain_console, show


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
        return choose_slots(self.gpus, self.cpu_workers, self.workers_per_gpu, demo=study.data.demo)


def fidelity(
    runs: Annotated[int, typer.Option(min=4, help="Number of finished runs, denser at the top of the ranking.")] = 20,
    seeds: Annotated[
        int, typer.Option(min=1, max=100, help="Seeds for each of the five best, to measure the noise.")
    ] = 3,
    length: Annotated[
        str, typer.Option(metavar="FACTOR|full", help="A multiple of the sweep's length, or the full length.")
    ] = "full",
    sequences: Annotated[int | None, typer.Option(min=1, help="Sequences to train on (default: the corpus).")] = None,
    pruners: Annotated[
        bool, typer.Option("--pruner", help="Replay pruners over the study's complete curves; trains nothing.")
    ] = False,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    """Measure noise and fidelity, or (``dry_run``) say what would be trained; returns the exit code."""
    study = study_of(name, storage)
    if pruners:
        return _replay(study, as_json=as_json)
    workers = Workers(gpus, cpu_workers, workers_per_gpu, launch=not no_launch, as_json=as_json)
    setting = Setting(factor(length), sequences)
    snapshot = _checked(study, "fidelity")
    chosen = spread(finished_ranking(snapshot), runs)
    again = repeats(snapshot, chosen, seeds)
    large = larger(snapshot, chosen, setting)
    if dry_run:
        print("\n".join(plan_lines(again, large, setting)))
        return EXIT_DONE
    slots = workers.slots(study)
    for line in plan_lines(again, large, setting):
        workers.console.print(line)
    first = plan_linked(study, "repeats", again, command=["optsweep", "fidelity"]) if again else None
    second = plan_linked(
        study,
        "fidelity",
        large,
        suffix=setting.suffix,
        trains_on=snapshot.data.corpus,
        setting=setting.words,
        command=["optsweep", "fidelity"],
    )
    return _work(study, [linked for linked in (first, second) if linked is not None], slots, workers)


def confirm(
    top: Annotated[int, typer.Option(min=1, help="Number of finalists.")] = 3,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Fresh seeds for each.")] = 3,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    """Train the finalists again with fresh seeds, scored on the confirmation sequences; returns the exit code."""
    study = study_of(name, storage)
    workers = Workers(gpus, cpu_workers, workers_per_gpu, launch=not no_launch, as_json=as_json)
    snapshot = _checked(study, "confirm")
    if not snapshot.ranking:
        raise ConfigError("confirm", [f"study {study.name!r} has no complete run to confirm"])
    again = [
        with_seed(snapshot, run, number, "confirm") for number in range(1, seeds + 1) for run in snapshot.ranking[:top]
    ]
    if dry_run:
        print("\n".join([f"Finalists, {seeds} fresh seeds each:", *cost_lines(again)]))
        return EXIT_DONE
    slots = workers.slots(study)
    linked = plan_linked(study, "confirm", again, scores_confirmation=True, command=["optsweep", "confirm"])
    return _work(study, [linked], slots, workers)


def _checked(study: Study, command: str) -> StudySnapshot:
    """A snapshot of the study; raises `ConfigError` if its runs cannot be trained again in a linked study."""
    if linked := study.attributes().linked:
        again = f"trains runs of study {linked.origin!r} again; give --name {linked.origin}"
        raise ConfigError(command, [f"study {study.name!r} {again}"])
    snapshot = read_snapshot(study)
    snapshot.lengths(command)
    if snapshot.data.weights is None:
        raise ConfigError(command, [f"study {study.name!r} was begun by an older version; resume it once"])
    return snapshot


def _work(origin: Study, linked: list[Study], slots: list[Slot], workers: Workers) -> int:
    """Work on one study after the other and print what they show; without workers of our own, say how to start them."""
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


def _tell(study: Study, *, as_json: bool) -> None:
    """Print everything that has been measured."""
    trust = read_trust(study, read_snapshot(study))
    confirmed = trust.confirmation
    if as_json:
        print_json(
            {
                "seed_noise": trust.noise and asdict(trust.noise),
                "fidelity": [document(one) for one in trust.fidelity],
                "confirmation": confirmed and document(confirmed),
            }
        )
        return
    print("\n".join(trust_lines(trust)))
    if confirmed is not None:
        print(f"\nNext: optsweep promote --name {study.name} --run {confirmed.finalists[0].run}")


def _replay(study: Study, *, as_json: bool) -> int:
    """Print how every pruner would have done on the study's full curves; returns the exit code."""
    snapshot = read_snapshot(study)
    snapshot.lengths("fidelity --pruner")
    runs = recorded(snapshot)
    replays = replay_all(runs, snapshot.definition)
    choice = recommended(replays)
    if as_json:
        rows = [{"name": one.name, **asdict(one), "settings": one.settings.model_dump()} for one in replays]
        print_json({"runs": len(runs), "recommended": choice.name, "replays": rows})
        return EXIT_DONE
    show(Text(f"{len(runs)} full curves of {study.name}, {ORDERS} orders of arrival, {SHOWN_WORKERS} workers"))
    show(replay_table(replays))
    show(Text(advice(replays, choice)))
    return EXIT_DONE
