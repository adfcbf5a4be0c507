"""Plans a study as asked for and works on it here: a live view on a terminal, plain lines in a pipe, a summary."""

from __future__ import annotations

import sys
from itertools import pairwise

from rich.console import Console

from optsweep.cli.agreement import require_agreed
from optsweep.cli.study import print_json
from optsweep.database.connection import check_writable
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.subset_copy import keep_subset
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from optsweep.importing.prepare import look
from optsweep.integrations.mirror import mirrored
from optsweep.integrations.notify import Notifier
from optsweep.integrations.trackers import check_trackers
from optsweep.machine.devices import Slot
from optsweep.outside_text import clean
from optsweep.planning.agreement import remember_agreed
from optsweep.planning.begin import check_disk, plan, prepare_data, preview_session
from optsweep.planning.request import SweepRequest
from optsweep.planning.session import Session, check
from optsweep.planning.steering import retry_failed
from optsweep.planning.timing import measure as time_presets
from optsweep.results.attributes import StudyData
from optsweep.results.records import StudySnapshot
from optsweep.results.repetition import said, use_of
from optsweep.results.words import counted, one_line, standstill_words
from optsweep.study.commands import commands_digest
from optsweep.trust.reading import read_trust
from optsweep.views.data import data_lines, data_progress
from optsweep.views.dry_run import dry_run as dry_run_table
from optsweep.views.dry_run import dry_run_document, kept_line
from optsweep.views.live import observer
from optsweep.views.status import status_document
from optsweep.views.summary import summary
from optsweep.views.terminal import plain_console, show
from optsweep.workers.launcher import Launcher


def preview(request: SweepRequest, *, timed: bool, as_json: bool) -> int:
    """Show what the command would do, and store nothing; returns the exit code."""
    session = _checked(request)
    data = None
    if session.choice.data is not None and session.trainer.takes_data:  # else the demo's, which is made here, or none
        with data_progress(plain_console(stderr=as_json)) as on_progress:
            data = look(session.choice.data, on_progress=on_progress)
    planned = preview_session(session, data)
    measured = time_presets(planned.session, planned.plan.queued) if timed else None
    if as_json:
        print_json(dry_run_document(planned, data, measured))
    else:
        show(dry_run_table(planned, data, measured))
    return EXIT_DONE


def run(request: SweepRequest, *, launch: bool, trust: str | None, as_json: bool) -> int:
    """Plan the study and (``launch``) work on it; returns the exit code, raises a `UserError` if nothing can start."""
    # Programs read standard output; with --json people's lines go to standard error.
    console = plain_console(stderr=as_json)
    session = _checked(request)
    if launch and session.choice.begun:
        require_agreed(session.name, session.definition, trust)
    check_writable(storage_url(request.storage), session.storage)
    check_disk(preview_session(session))
    study = _begin(session, console)
    code = EXIT_DONE
    if not launch:
        console.print(f"Planned; start workers with: optsweep worker --name {session.name}")
    else:
        code = _launch(study, session, console)
    snapshot = read_snapshot(study)
    found = read_trust(study, snapshot)
    if as_json:
        if launch:
            console.print("\n".join(found.verdict.lines))
        print_json(status_document(snapshot, found.verdict))
    elif launch:
        show(summary(snapshot, found))
    return code


def _checked(request: SweepRequest) -> Session:
    session = check(request)
    check_trackers(session.definition.trackers.chosen)
    return session


def _begin(session: Session, console: Console) -> Study:
    console.print(one_line(session.choice.line(session.name)))
    for line in (session.definition.study.message, kept_line(session), *session.trainer.notes):
        if line:
            console.print(clean(line))
    data = _data(session, console) if session.trainer.takes_data else None
    before = None if session.existing is None else session.existing.attributes().last_end
    study, made = plan(session, data, _command_line())
    keep_subset(study)
    if not session.choice.begun:
        # Who gives a study file has agreed to it.
        remember_agreed(session.definition)
    if made.changed:
        console.print(f"No run has a value yet, so the study begins anew with other settings: {made.changed}")
    begun = f"{len(made.existing)} runs exist" if made.existing else "new study"
    console.print(f"Target {made.target} runs: {begun}, {len(made.queued)} queued now")
    if before is not None:
        console.print(f"The sweep before this one ended: {one_line(before.reason)}")
    if session.origin is not None and not made.existing:
        console.print(f"Taken over from {session.origin.name}: {', '.join(made.taken_over) or 'no run'}")
    if session.request.retry_failed and (again := retry_failed(study)):
        console.print(f"Failed runs queued again: {', '.join(again)}")
    return study


def _data(session: Session, console: Console) -> StudyData:
    """Make the data ready, and say what they are."""
    with data_progress(console) as on_progress:
        prepared, data = prepare_data(session, on_progress)
    for line in data_lines(prepared, limited=data.trains_on is None):
        console.print(line)
    for line in said(use_of(session.definition, data)):
        console.print(clean(line))
    return data


def _launch(study: Study, session: Session, console: Console) -> int:
    """Work on the study here; returns the exit code."""
    snapshot = read_snapshot(study)
    if snapshot.ended:
        console.print(f"Nothing to do: all {snapshot.target} runs have ended")
        return EXIT_FAILED if snapshot.counts["failed"] else EXIT_DONE
    if snapshot.stopped:
        console.print(f"Nothing is started: {standstill_words(snapshot)}")
        return EXIT_INTERRUPTED
    definition = session.definition

    def verdict_lines(snapshot: StudySnapshot) -> tuple[str, ...]:
        return read_trust(study, snapshot).verdict.lines

    workers = ", ".join(f"{slot.label} ({counted(slot.threads, 'thread')})" for slot in session.slots)
    console.print(f"Workers: {workers}")
    with (
        mirrored(study.name, definition.trackers.chosen, console.print),
        observer(console) as show_snapshot,
        Notifier(definition.notify.command, verdict_lines) as notifier,
    ):

        def observe(snapshot: StudySnapshot) -> None:
            show_snapshot(snapshot)
            notifier.update(snapshot)

        observe(snapshot)
        agreed = commands_digest(definition, notifies=False)
        return Launcher(study, session.slots, observe=observe, say=console.print, agreed=agreed).run()


def work_on(studies: list[Study], slots: list[Slot], console: Console, agreed: str) -> int:
    """Run this machine's workers on planned studies, one after the other, until no run is left; returns the exit code.

    ``agreed`` is the digest of what they may execute. A run that fails keeps nobody from the studies after it.
    """
    code = EXIT_DONE
    for study in studies:
        snapshot = read_snapshot(study)
        if snapshot.ended:
            console.print(f"Study {study.name}: all {snapshot.target} runs have ended")
            ended = EXIT_FAILED if snapshot.counts["failed"] else EXIT_DONE
        else:
            console.print(f"Study {study.name}: {snapshot.target} runs")
            with observer(console) as observe:
                launcher = Launcher(study, slots, observe=observe, say=console.print, agreed=agreed)
                ended = launcher.run()
            console.print(f"Ended: {launcher.ended_by}")
        if ended not in (EXIT_DONE, EXIT_FAILED):
            return ended
        code = code or ended
    return code


def _command_line() -> list[str]:
    """The command for the study's record; a storage URL may hold a password, so it is left out."""
    words = ["optsweep", *sys.argv[1:]]
    given = [word for before, word in pairwise(words) if "--storage" not in (before, word.partition("=")[0])]
    return ["optsweep", *given]
