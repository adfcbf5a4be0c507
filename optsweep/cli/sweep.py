"""`optsweep sweep`: a live view on a terminal, plain lines in a pipe, and a summary at the end."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from optsweep.cli.options import AsJson, CpuWorkers, DryRun, Gpus, Name, NoLaunch, StorageOption, print_json
from optsweep.cli.read_trust import read_trust
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.subset_copy import keep_subset
from optsweep.errors import EXIT_DONE, EXIT_FAILED, ConfigError
from optsweep.importing.prepare import look
from optsweep.integrations.notify import Notifier
from optsweep.integrations.trackers.start import check_trackers, mirrored
from optsweep.machine.devices import Slot
from optsweep.planning.begin import plan, prepare_data
from optsweep.planning.preview import check_disk, preview_session
from optsweep.planning.request import Session, SweepRequest, check
from optsweep.planning.timing import measure as time_presets
from optsweep.results.records import StudySnapshot
from optsweep.results.words import counted
from optsweep.study.definition import PrunerKind, StudyType
from optsweep.views.data import data_lines, data_progress
from optsweep.views.dry_run import dry_run as dry_run_table
from optsweep.views.dry_run import dry_run_document
from optsweep.views.live import observer
from optsweep.views.status import status_document
from optsweep.views.summary import next_commands, summary
from optsweep.views.terminal import plain_console, show
from optsweep.workers.launcher import Launcher


def sweep(
    context: typer.Context,
    study: Annotated[str | None, typer.Argument(help="A study file, or the name of a shipped one.")] = None,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    type: Annotated[StudyType | None, typer.Option(help="What runs after the presets.")] = None,
    trials: Annotated[int | None, typer.Option("--trials", "--num-random", help="Number of sampled runs.")] = None,
    data: Annotated[Path | None, typer.Option(help="Sequences: FASTA, CSV, TSV, Parquet or .pt.")] = None,
    seed: int | None = None,
    pruner: Annotated[PrunerKind | None, typer.Option(help="How poor runs are cut early.")] = None,
    max_gpu_hours: float | None = None,
    deadline: Annotated[str | None, typer.Option(help="When to stop: 36h, 90m or 2026-11-23T08:00.")] = None,
    retry_failed: bool = False,
    fork: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Make a new study NAME; take over finished runs that are valid in it."),
    ] = None,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    measure: Annotated[
        bool, typer.Option("--measure", help="With --dry-run: time every preset on this machine.")
    ] = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> int:
    request = SweepRequest(**{field.name: context.params[field.name] for field in fields(SweepRequest)})
    if dry_run:
        return _preview(request, timed=measure, as_json=as_json)
    if measure:
        raise ConfigError("--measure", ["goes with --dry-run"])
    return _run(request, launch=not no_launch, as_json=as_json)


def _preview(request: SweepRequest, *, timed: bool, as_json: bool) -> int:
    """Show what the command would do, and store nothing; returns the exit code."""
    session = _checked(request)
    preview = preview_session(session)
    measured = time_presets(preview) if timed else None
    data = None
    if session.choice.data is not None:  # else the demo's, which is made here
        with data_progress(plain_console(stderr=as_json)) as on_progress:
            data = look(session.choice.data, on_progress=on_progress)
    if as_json:
        print_json(dry_run_document(preview, data, measured))
    else:
        show(dry_run_table(preview, data, measured))
    return EXIT_DONE


def _run(request: SweepRequest, *, launch: bool, as_json: bool) -> int:
    """Plan the study and (``launch``) work on it; returns the exit code, raises a `UserError` if nothing can start."""
    # Programs read standard output; with --json people's lines go to standard error.
    console = plain_console(stderr=as_json)
    session = _checked(request)
    check_disk(preview_session(session))
    study = _begin(session, console)
    if not launch:
        console.print(f"Planned; start workers with: optsweep worker --name {session.name}")
        code = EXIT_DONE
    else:
        code = _launch(study, session, console)
    snapshot = read_snapshot(study)
    if as_json:
        print_json(status_document(snapshot))
    elif launch:
        show(summary(snapshot, next_commands(snapshot), read_trust(study, snapshot)))
    return code


def _checked(request: SweepRequest) -> Session:
    session = check(request)
    check_trackers(session.definition.trackers.chosen)
    return session


def _begin(session: Session, console: Console) -> Study:
    console.print(f"Study {session.name}: {session.choice.why}")
    for line in (session.definition.study.message, *session.trainer.notes):
        if line:
            console.print(line)
    with data_progress(console) as on_progress:
        prepared, data = prepare_data(session, on_progress)
    for line in data_lines(prepared):
        console.print(line)
    study, made = plan(session, data, _command_line())
    keep_subset(study)
    begun = "new study" if made.created else f"{len(made.existing)} runs exist"
    console.print(f"Target {made.target} runs: {begun}, {len(made.queued)} queued now")
    if made.created and session.origin is not None:
        console.print(f"Taken over from {session.origin.name}: {', '.join(made.taken_over) or 'no run'}")
    if made.retried:
        console.print(f"Failed runs queued again: {', '.join(made.retried)}")
    return study


def _launch(study: Study, session: Session, console: Console) -> int:
    snapshot = read_snapshot(study)
    if snapshot.ended:
        console.print(f"Nothing to do: all {snapshot.target} runs have ended")
        return EXIT_FAILED if snapshot.counts["failed"] else EXIT_DONE
    workers = ", ".join(f"{slot.label} ({counted(slot.threads, 'thread')})" for slot in session.slots)
    console.print(f"Workers: {workers}")
    definition = session.definition
    with (
        mirrored(study.name, definition.trackers.chosen, console.print),
        observer(console) as show_snapshot,
        Notifier(definition.notify.command) as notifier,
    ):

        def observe(snapshot: StudySnapshot) -> None:
            show_snapshot(snapshot)
            notifier.update(snapshot)

        observe(snapshot)
        return Launcher(study, session.slots, observe=observe, say=console.print).run()


def work(study: Study, slots: list[Slot], console: Console) -> int:
    """Run this machine's workers on a planned study until no run is left; returns the exit code."""
    with observer(console) as observe:
        return Launcher(study, slots, observe=observe, say=console.print).run()


def _command_line() -> list[str]:
    """The command for the study's record; a storage URL may hold a password, so it is left out."""
    words, kept = sys.argv[1:], []
    for number, word in enumerate(words):
        if word == "--storage" or word.startswith("--storage=") or words[number - 1 : number] == ["--storage"]:
            continue
        kept.append(word)
    return ["optsweep", *kept]
