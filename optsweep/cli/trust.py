"""`optsweep fidelity` and `optsweep confirm`: plan the linked studies, work on them, say what they show.

What they need is imported by their functions: help and mistakes in the command line are quick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.cli.agreement import Trust
from optsweep.cli.study import (
    AsJson,
    CpuWorkers,
    DryRun,
    Gpus,
    Name,
    NoLaunch,
    StorageOption,
    print_json,
    read_trust,
    study_of,
)
from optsweep.errors import EXIT_DONE, ConfigError

if TYPE_CHECKING:
    from optsweep.database.open_study import Study
    from optsweep.machine.devices import Slot
    from optsweep.results.records import RunRecord, StudySnapshot


def fidelity(
    runs: Annotated[int, typer.Option(min=4, help="Number of finished runs, denser at the top of the ranking.")] = 20,
    seeds: Annotated[
        int, typer.Option(min=1, max=100, help="Seeds for each of the five best, to measure the noise.")
    ] = 3,
    length: Annotated[
        str, typer.Option(metavar="FACTOR|full", help="A multiple of the sweep's length, or the full length.")
    ] = "full",
    sequences: Annotated[int | None, typer.Option(min=1, help="Sequences to train on (default: the corpus).")] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="sequences=N[,M...]",
            help="Also train the runs at their own length on N sequences: which number ranks like the larger setting?",
        ),
    ] = None,
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
    from optsweep.planning import equal_cost, trained_again
    from optsweep.planning.defaults import choose_slots
    from optsweep.planning.trained_again import plan_linked
    from optsweep.views.fidelity import plan_lines
    from optsweep.views.terminal import plain_console

    if pruners and against is not None:
        raise ConfigError("--pruner and --against", ["give one of the two: the first trains nothing"])
    study = study_of(name, storage, only_looks=pruners or dry_run)
    if pruners:
        return _replay(study, as_json=as_json)
    setting = trained_again.Setting(trained_again.factor(length), sequences)
    snapshot = worth_training_again(study, "fidelity")
    chosen = trained_again.spread(trained_again.finished_ranking(snapshot), runs)
    again = trained_again.repeats(snapshot, chosen, seeds)
    settings = [*([] if against is None else equal_cost.against(against, snapshot, setting)), setting]
    trained = [(one, trained_again.larger(snapshot, chosen, one)) for one in settings]
    lines = "\n".join(plan_lines(again, trained))
    if dry_run:
        print(lines)
        return EXIT_DONE
    slots = choose_slots(gpus, cpu_workers, workers_per_gpu, demo=study.corpus.demo)
    plain_console(stderr=as_json).print(lines)
    linked = [plan_linked(study, "repeats", again)] if again else []
    for one, large in trained:
        data = {"trains_on": snapshot.corpus.corpus, "setting": one.words}
        linked.append(plan_linked(study, "fidelity", large, suffix=one.suffix, data=data))
    tell = partial(_tell, study, as_json=as_json)
    return work_on_linked(linked, slots, tell, launch=not no_launch, as_json=as_json)


def confirm(
    top: Annotated[int, typer.Option(min=1, help="Number of finalists.")] = 3,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Fresh seeds for each.")] = 3,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    trust: Trust = None,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    """Train the finalists again with fresh seeds, scored on the confirmation sequences; returns the exit code.

    A script scores its runs itself.
    """
    from optsweep.cli.agreement import require_agreed
    from optsweep.planning.defaults import choose_slots
    from optsweep.planning.trained_again import plan_linked, with_seed
    from optsweep.results.words import counted
    from optsweep.study.commands import commands_digest
    from optsweep.views.fidelity import cost_lines
    from optsweep.views.terminal import plain_console

    study = study_of(name, storage, only_looks=dry_run)
    snapshot = _worth_confirming(study)
    if not snapshot.ranking:
        raise ConfigError("confirm", [f"study {study.name!r} has no complete run to confirm"])
    again = [
        with_seed(snapshot, run, number, "confirm") for number in range(1, seeds + 1) for run in snapshot.ranking[:top]
    ]
    lines = [f"Finalists, {counted(seeds, 'fresh seed')} each{_scored(snapshot)}:", *cost_lines(again)]
    if dry_run:
        print("\n".join(lines))
        return EXIT_DONE
    definition = study.definition
    agreed = commands_digest(definition, notifies=False)
    if agreed:
        require_agreed(study.name, definition, trust)
    study.trainer.check()
    slots = choose_slots(
        gpus,
        cpu_workers,
        workers_per_gpu,
        demo=study.data is not None and study.data.demo,
        gpus_per_run=definition.gpus_per_run,
    )
    plain_console(stderr=as_json).print("\n".join(lines))
    linked = plan_linked(study, "confirm", again, data={"scores_confirmation": True})
    tell = partial(_tell, study, as_json=as_json)
    return work_on_linked([linked], slots, tell, launch=not no_launch, as_json=as_json, agreed=agreed)


def _worth_confirming(study: Study) -> StudySnapshot:
    """A snapshot of the study; raises `ConfigError` if fresh seeds of its runs would tell nothing."""
    if study.trainer.lengths is not None:
        return worth_training_again(study, "confirm")
    snapshot = _unlinked(study, "confirm")
    if not study.trainer.takes_seed:
        from optsweep.trainers.trainer import NO_SEED

        raise ConfigError(f"confirm, study {study.name!r}", [NO_SEED])
    return snapshot


def _scored(snapshot: StudySnapshot) -> str:
    return "" if snapshot.trainer.lengths is not None else ", scored by the script's own value as in the sweep"


def _unlinked(study: Study, command: str) -> StudySnapshot:
    """A snapshot of the study, which must be one that `sweep` began."""
    from optsweep.database.snapshot import read_snapshot

    if linked := study.attributes().linked:
        again = f"trains runs of study {linked.origin!r} again; give --name {linked.origin}"
        raise ConfigError(command, [f"study {study.name!r} {again}"])
    return read_snapshot(study)


def worth_training_again(study: Study, command: str) -> StudySnapshot:
    """A snapshot of the study; raises `ConfigError` if its runs cannot be trained again in a linked study."""
    snapshot = _unlinked(study, command)
    snapshot.lengths(command)
    if snapshot.weights is None:
        raise ConfigError(command, [f"study {study.name!r} was begun by an older version; resume it once"])
    return snapshot


def finalist(study: Study, snapshot: StudySnapshot, run: str | None, command: str) -> RunRecord:
    """The run of that id; without one the best of those that are confirmed, else the leader. Raises `ConfigError`."""
    from optsweep.planning.trained_again import linked_studies

    # To assess a whole study takes seconds; without a confirmation it would be for nothing.
    if run is None and linked_studies(study, "confirm"):
        confirmed = read_trust(study, snapshot).confirmation
        run = None if confirmed is None else confirmed.finalists[0].run
    found = [one for one in snapshot.ranking if run in (None, one.run)]
    if not found:
        which = "no complete run" if run is None else f"no complete run {run!r}"
        raise ConfigError(command, [f"study {study.name!r} has {which}"])
    return found[0]


def work_on_linked(
    linked: list[Study], slots: list[Slot], tell: Callable[[], None], *, launch: bool, as_json: bool, agreed: str = ""
) -> int:
    """Work on the linked studies and ``tell`` what they show, or say how to start workers; returns the exit code.

    ``agreed`` is the digest of what they may execute; empty: the built-in trainer.
    """
    from optsweep.cli.launch import work_on
    from optsweep.views.terminal import plain_console

    # Programs read standard output; with --json people's lines go to standard error.
    console = plain_console(stderr=as_json)
    if not launch:
        for study in linked:
            console.print(f"Planned; start workers with: optsweep worker --name {study.name}")
        return EXIT_DONE
    code = work_on(linked, slots, console, agreed)
    tell()
    return code


def _tell(study: Study, *, as_json: bool) -> None:
    """Print everything that has been measured."""
    from optsweep.database.snapshot import read_snapshot
    from optsweep.results.folders import RunDirectory
    from optsweep.views.fidelity import document, trust_lines

    trust = read_trust(study, read_snapshot(study))
    confirmed = trust.confirmation
    if as_json:
        print_json(
            {
                "seed_noise": trust.noise and asdict(trust.noise),
                "fidelity": [document(one) for one in trust.fidelity],
                "against": [document(one) for one in trust.against],
                "confirmation": confirmed and document(confirmed),
            }
        )
        return
    print("\n".join(trust_lines(trust)))
    if confirmed is not None:
        run = confirmed.finalists[0].run
        own = f"sh {RunDirectory.of(study.name, run).path}/command.sh   # trains {run} again, by hand"
        promoted = f"optsweep promote --name {study.name} --run {run}"
        print(f"\nNext: {promoted if study.trainer.lengths is not None else own}")


def _replay(study: Study, *, as_json: bool) -> int:
    """Print how every pruner would have done on the study's full curves; returns the exit code."""
    from optsweep.database.snapshot import read_snapshot
    from optsweep.trust.pruning import ORDERS, recommended, recorded, replay_all
    from optsweep.views.fidelity import SHOWN_WORKERS, advice, replay_table
    from optsweep.views.terminal import show, stack

    snapshot = read_snapshot(study)
    snapshot.lengths("fidelity --pruner")
    runs = recorded(snapshot)
    replays = replay_all(runs, snapshot.definition)
    choice = recommended(replays)
    if as_json:
        rows = [{"name": one.name, **asdict(one), "settings": one.settings.model_dump()} for one in replays]
        print_json({"runs": len(runs), "recommended": choice.name, "replays": rows})
        return EXIT_DONE
    first = f"{len(runs)} full curves of {study.name}, {ORDERS} orders of arrival, {SHOWN_WORKERS} workers"
    show(stack(first, replay_table(replays), advice(replays, choice)))
    return EXIT_DONE
