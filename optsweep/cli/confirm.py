"""`optsweep confirm`: train the finalists again with fresh seeds, say which is the best.

What it needs is imported by its functions: help and mistakes in the command line are quick.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from optsweep.cli.agreement import Trust
from optsweep.cli.linked import tell, unlinked, work_on_linked, worth_training_again
from optsweep.cli.study import AsJson, CpuWorkers, DryRun, Gpus, Name, NoLaunch, StorageOption, WorkersPerGpu, study_of
from optsweep.errors import EXIT_DONE, ConfigError

if TYPE_CHECKING:
    from optsweep.database.open_study import Study
    from optsweep.results.records import StudySnapshot


def confirm(
    top: Annotated[int, typer.Option(min=1, help="Number of finalists.")] = 3,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Fresh seeds for each.")] = 3,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: WorkersPerGpu = 1,
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
    finalists = snapshot.ranking[:top]
    again = [with_seed(snapshot, run, number, "confirm") for number in range(1, seeds + 1) for run in finalists]
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
    shown = partial(tell, study, as_json=as_json)
    return work_on_linked([linked], slots, shown, launch=not no_launch, as_json=as_json, agreed=agreed)


def _worth_confirming(study: Study) -> StudySnapshot:
    """A snapshot of the study; raises `ConfigError` if fresh seeds of its runs would tell nothing."""
    if study.trainer.lengths is not None:
        snapshot = worth_training_again(study, "confirm")
    else:
        snapshot = unlinked(study, "confirm")
        if not study.trainer.takes_seed:
            from optsweep.trainers.trainer import NO_SEED

            raise ConfigError(f"confirm, study {study.name!r}", [NO_SEED])
    if not snapshot.ranking:
        raise ConfigError("confirm", [f"study {study.name!r} has no complete run to confirm"])
    return snapshot


def _scored(snapshot: StudySnapshot) -> str:
    return "" if snapshot.trainer.lengths is not None else ", scored by the script's own value as in the sweep"
