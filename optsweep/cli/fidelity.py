"""`optsweep fidelity`: train runs again at a larger setting, say how far the ranking holds there; replay pruners.

What it needs is imported by its functions: help and mistakes in the command line are quick.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.cli.linked import tell, work_on_linked, worth_training_again
from optsweep.cli.study import (
    AsJson,
    CpuWorkers,
    DryRun,
    Gpus,
    Name,
    NoLaunch,
    StorageOption,
    WorkersPerGpu,
    print_json,
    study_of,
)
from optsweep.errors import EXIT_DONE, ConfigError

if TYPE_CHECKING:
    from optsweep.database.open_study import Study


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
    workers_per_gpu: WorkersPerGpu = 1,
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
    shown = partial(tell, study, as_json=as_json)
    return work_on_linked(linked, slots, shown, launch=not no_launch, as_json=as_json)


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
