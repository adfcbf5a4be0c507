"""`optsweep ladder`: plan runs at several lengths around a finalist, work on them, say what the full run should have.

What it needs is imported by its function: help and mistakes in the command line are quick.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

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
from optsweep.errors import EXIT_DONE

if TYPE_CHECKING:
    from optsweep.database.open_study import Study
    from optsweep.results.records import RunRecord, StudySnapshot


def ladder(
    run: Annotated[str | None, typer.Option(help="The finalist (default: the confirmed one, else the leader).")] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs in all, spread over the lengths.")] = 24,
    lengths: Annotated[
        str, typer.Option(metavar="SHARE,SHARE", help="Lengths, as shares of the sweep's [budget] sequences.")
    ] = "0.25,1",
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: WorkersPerGpu = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    """Measure how the best lr and batch move with the length; returns the exit code."""
    from optsweep.cli.linked import finalist, work_on_linked, worth_training_again
    from optsweep.database.linked import ladder_suffix
    from optsweep.planning.defaults import choose_slots
    from optsweep.planning.ladder import lengths_of, rungs
    from optsweep.planning.trained_again import plan_linked
    from optsweep.views.full_run import ladder_lines
    from optsweep.views.terminal import plain_console

    study = study_of(name, storage, only_looks=dry_run)
    snapshot = worth_training_again(study, "ladder")
    planned = rungs(snapshot, finalist(study, snapshot, run, "ladder"), lengths_of(lengths), runs)
    lines = "\n".join(ladder_lines(snapshot, planned))
    if dry_run:
        print(lines)
        return EXIT_DONE
    slots = choose_slots(gpus, cpu_workers, workers_per_gpu, demo=study.corpus.demo)
    plain_console(stderr=as_json).print(lines)
    data = {"trains_on": snapshot.corpus.corpus, "setting": planned.words}
    linked = plan_linked(
        study, "ladder", planned.runs, suffix=ladder_suffix(planned.finalist.run), space=planned.space, data=data
    )
    said = partial(tell, study, snapshot, planned.finalist, as_json=as_json)
    return work_on_linked([linked], slots, said, launch=not no_launch, as_json=as_json)


def tell(study: Study, snapshot: StudySnapshot, run: RunRecord, *, as_json: bool) -> None:
    """Print what the full run of ``run`` should have, by all that is known."""
    from optsweep.trust.reading import read_full_run
    from optsweep.views.full_run import full_run_document, full_run_lines

    found = read_full_run(study, snapshot, run, moved=True)
    if as_json:
        print_json(full_run_document(found))
    else:
        print("\n".join(full_run_lines(found, study.name)))
