"""What the commands share that train runs of a study again: whether they may, the work on it, what it shows.

What they need is imported by their functions: help and mistakes in the command line are quick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from optsweep.cli.study import print_json
from optsweep.errors import EXIT_DONE, ConfigError

if TYPE_CHECKING:
    from optsweep.database.open_study import Study
    from optsweep.machine.devices import Slot
    from optsweep.results.records import RunRecord, StudySnapshot


def unlinked(study: Study, command: str) -> StudySnapshot:
    """A snapshot of the study, which must be one that `sweep` began."""
    from optsweep.database.snapshot import read_snapshot

    if linked := study.attributes().linked:
        again = f"trains runs of study {linked.origin!r} again; give --name {linked.origin}"
        raise ConfigError(command, [f"study {study.name!r} {again}"])
    return read_snapshot(study)


def worth_training_again(study: Study, command: str) -> StudySnapshot:
    """A snapshot of the study; raises `ConfigError` if its runs cannot be trained again in a linked study."""
    snapshot = unlinked(study, command)
    snapshot.lengths(command)
    if snapshot.weights is None:
        raise ConfigError(command, [f"study {study.name!r} was begun by an older version; resume it once"])
    return snapshot


def finalist(study: Study, snapshot: StudySnapshot, run: str | None, command: str) -> RunRecord:
    """The run of that id; without one the winner. Raises `ConfigError`."""
    from optsweep.trust.reading import read_trust

    if run is None and (winner := read_trust(study, snapshot).verdict.winner) is not None:
        run = winner.run
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


def tell(study: Study, *, as_json: bool) -> None:
    """Print everything that has been measured."""
    from optsweep.database.snapshot import read_snapshot
    from optsweep.trust.reading import read_trust
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
    print()
    print("\n".join(trust.verdict.lines))
