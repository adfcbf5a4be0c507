"""What a person sees of a sweep, from first line to summary: a live view on a terminal, plain lines in a pipe."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator

from rich.console import Console

from optsweep.cli.read_trust import read_trust
from optsweep.data.prepare import Preview as DataPreview
from optsweep.data.prepare import look
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.subset_copy import keep_subset
from optsweep.errors import EXIT_DONE, EXIT_FAILED, ConfigError
from optsweep.integrations.notes import describe_study
from optsweep.integrations.notify import Notifier
from optsweep.integrations.trackers.start import check_trackers, mirrored
from optsweep.machine.devices import Slot
from optsweep.planning.request import Session, SweepRequest, check, check_disk, plan, prepare_data, preview_session
from optsweep.planning.timing import measure as time_presets
from optsweep.results.records import StudySnapshot
from optsweep.study.resolve import scaling_notes
from optsweep.views.data import data_lines, data_progress
from optsweep.views.dry_run import dry_run, dry_run_document
from optsweep.views.live import observer
from optsweep.views.status import status_document
from optsweep.views.summary import summary
from optsweep.views.terminal import plain_console, show
from optsweep.workers.launcher import Launcher


def sweep(
    request: SweepRequest, *, preview_only: bool, timed: bool, launch: bool, as_json: bool, command: list[str]
) -> int:
    """Run the whole command; returns the exit code, raises a `UserError` where nothing was started."""
    if timed and not preview_only:
        raise ConfigError("--measure", ["goes with --dry-run"])
    # Programs read standard output; with --json people's lines go to standard error.
    console = plain_console(stderr=as_json)
    session = check(request)
    check_trackers(session.definition.trackers.chosen)
    preview = preview_session(session)
    if preview_only:
        measured = time_presets(preview) if timed else None
        data = _look(session, console)
        if as_json:
            _print_json(dry_run_document(preview, data, measured))
        else:
            show(dry_run(preview, data, measured))
        return EXIT_DONE
    check_disk(preview)
    study = _begin(session, console, command)
    if not launch:
        console.print(f"Planned; start workers with: optsweep worker --name {session.name}")
        code = EXIT_DONE
    else:
        code = _launch(study, session, console)
    snapshot = read_snapshot(study)
    if as_json:
        _print_json(status_document(snapshot))
    elif launch:
        show(summary(snapshot, next_commands(snapshot), read_trust(study, snapshot)))
    return code


def _look(session: Session, console: Console) -> DataPreview | None:
    """What the sweep would find in the data; None for the demo's, which is made here. Raises `DataError`."""
    if session.choice.data is None:
        return None
    with data_progress(console) as on_progress:
        return look(session.choice.data, on_progress=on_progress)


def _begin(session: Session, console: Console, command: list[str]) -> Study:
    console.print(f"Study {session.name}: {session.choice.why}")
    for line in (session.definition.study.message, *scaling_notes(session.definition)):
        if line:
            console.print(line)
    with data_progress(console) as on_progress:
        prepared, data = prepare_data(session, on_progress)
    for line in data_lines(prepared):
        console.print(line)
    study, made = plan(session, data, command)
    keep_subset(study)
    describe_study(study)
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
    workers = ", ".join(f"{slot.label} ({slot.threads} threads)" for slot in session.slots)
    console.print(f"Workers: {workers}")
    trackers = session.definition.trackers.chosen
    with mirrored(study.name, trackers, console.print), _observed(console, session) as observe:
        observe(snapshot)
        return Launcher(study, session.slots, observe=observe, say=console.print).run()


@contextlib.contextmanager
def _observed(console: Console, session: Session) -> Iterator[Callable[[StudySnapshot], None]]:
    """What looks at every snapshot: the person's view, and the command that is notified where there is one."""
    command = session.definition.notify.command
    with observer(console) as show_snapshot:
        if not command:
            yield show_snapshot
            return
        with Notifier(command) as notifier:

            def observe(snapshot: StudySnapshot) -> None:
                show_snapshot(snapshot)
                notifier.update(snapshot)

            yield observe


def work(study: Study, slots: list[Slot], console: Console) -> int:
    """Run this machine's workers on a planned study until no run is left; returns the exit code."""
    with observer(console) as observe:
        return Launcher(study, slots, observe=observe, say=console.print).run()


def next_commands(snapshot: StudySnapshot) -> list[str]:
    """What to type after a sweep, complete with the study's name."""
    name = f"--name {snapshot.study}"
    if not snapshot.ended:
        return [f"optsweep sweep {name}   # goes on", f"optsweep status {name}"]
    commands = [f"optsweep dashboard {name}", f"optsweep report {name}"]
    if not snapshot.definition.trains_script:
        commands += [
            f"optsweep confirm {name}   # the finalists with fresh seeds, on sequences that nothing has looked at",
            f"optsweep promote {name}   # to full length",
        ]
    if snapshot.counts["failed"]:
        commands.insert(0, f"optsweep sweep {name} --retry-failed")
    return commands


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")
