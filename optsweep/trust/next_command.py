"""The one command that fits the state of a study: what to type next, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from optsweep.results.folders import RunDirectory, study_directory
from optsweep.results.records import StudySnapshot
from optsweep.results.words import one_line, way_on

if TYPE_CHECKING:
    from optsweep.trust.verdict import Winner


@dataclass(frozen=True)
class NextCommand:
    """A command as it is typed, and what it is for."""

    command: str
    why: str

    @property
    def line(self) -> str:
        return f"{self.command}   # {self.why}"


@dataclass(frozen=True)
class Since:
    """What has been done with the study's runs after the sweep."""

    confirm: StudySnapshot | None = None
    """The study that trains the finalists with fresh seeds."""
    promoted: Collection[str] = ()
    """Runs whose full-length config is written."""
    trained: Collection[str] = ()
    """Those whose full training has ended."""
    abandoned: bool = False
    """Whether all that held runs are dead: a reboot, or a kill that left nobody to hand them back."""
    storage: str = ""
    """What a command needs behind it to find the study's database."""

    def decides(self, snapshot: StudySnapshot) -> bool:
        """Whether the finalists have had all of their fresh seeds, and the leader of today is one of them.

        It decides against a leader that diverged with every one of them.
        """
        again, leader = self.confirm, snapshot.best
        if again is None or leader is None or not again.ended or again.best is None:
            return False
        return leader.run in {run.of for run in again.runs if run.finished}


def next_command(snapshot: StudySnapshot, winner: Winner | None, since: Since) -> NextCommand:
    """Right whenever it is run, and never `promote` for a model that knows less than frequencies do."""
    found = _fitting(snapshot, winner, since)
    knows_studies = found.command.startswith("optsweep ") and not found.command.startswith("optsweep sample ")
    return replace(found, command=found.command + since.storage) if knows_studies else found


def _fitting(snapshot: StudySnapshot, winner: Winner | None, since: Since) -> NextCommand:
    name = f"--name {one_line(snapshot.study)}"
    if not snapshot.ended:
        if snapshot.counts["running"] and not since.abandoned:
            return NextCommand(f"optsweep status {name} --watch", "the live view")
        return NextCommand(_go_on(snapshot), "go on with the runs that are left")
    if linked := snapshot.attributes.linked:
        return NextCommand(
            f"optsweep status --name {one_line(linked.origin)}", "what this says about the study it belongs to"
        )
    if winner is None:
        return _without_winner(snapshot, name)
    if winner.above is not None:
        return NextCommand(f"optsweep report {name}", "see in the curves whether runs learn at all, or are too short")
    if (confirm := _confirm(snapshot, winner, since, name)) is not None:
        return confirm
    return _by_hand(snapshot, winner, name) if snapshot.trainer.lengths is None else _promote(winner, since, snapshot)


def _go_on(snapshot: StudySnapshot) -> str:
    """What goes on with just the runs that are left: without its options a linked study's command may plan others."""
    linked = snapshot.attributes.linked
    if linked is None:
        return way_on(snapshot)
    if linked.purpose == "confirm":
        return _confirm_again(linked.origin, snapshot)
    return way_on(snapshot) if snapshot.stopped else f"optsweep worker --name {one_line(snapshot.study)}"


def _confirm_again(origin: str, again: StudySnapshot) -> str:
    """The `confirm` that plans the runs of ``again``, and no other ones."""
    seeds = Counter(run.of for run in again.runs)
    return f"optsweep confirm --name {one_line(origin)} --top {len(seeds)} --seeds {max(seeds.values())}"


def _without_winner(snapshot: StudySnapshot, name: str) -> NextCommand:
    failed = next((run for run in snapshot.runs if run.state == "failed"), None)
    if failed is not None:
        return NextCommand(f"optsweep show {one_line(failed.run)} {name}", "see why it failed")
    if not snapshot.runs:
        return NextCommand(f"optsweep sweep {name} --trials 10", "plan ten runs, drawn at random")
    return NextCommand(f"optsweep report {name}", "see how far its runs came, and what ended them")


def _confirm(snapshot: StudySnapshot, winner: Winner, since: Since, name: str) -> NextCommand | None:
    """Fresh seeds for the finalists; None if they have had them, would tell nothing, or nothing is left to tell."""
    if winner.confirmed_by or winner.runner_up is None or not snapshot.trainer.takes_seed:
        return None
    if snapshot.trainer.lengths is not None and snapshot.weights is None:
        return None  # begun by a version that kept nothing to compare by
    again = since.confirm
    # Unless the leader is younger, a confirmation that has ended decides, or its runs failed or diverged.
    if again is not None and again.ended and (again.best is None or winner.run in {run.of for run in again.runs}):
        if again.counts["failed"]:
            return NextCommand(
                f"optsweep retry --name {one_line(again.study)}", "try the fresh seeds that failed again"
            )
        if again.best is None:
            return NextCommand(f"optsweep report {name}", "see the curves: every fresh seed of the finalists diverged")
        return None
    clear = winner.lead_interval is not None and winner.lead_interval.low > 0 and winner.seed_noise is not None
    if clear and since.confirm is None:
        return None
    where = "on sequences that were never used before" if snapshot.trainer.lengths is not None else "by the script"
    command = f"optsweep confirm {name}"
    if again is not None and not again.ended:
        command = _confirm_again(snapshot.study, again)
    return NextCommand(command, f"train the finalists again with fresh seeds, scored {where}")


def _by_hand(snapshot: StudySnapshot, winner: Winner, name: str) -> NextCommand:
    if snapshot.best is not None and winner.choice == snapshot.best.run:
        return NextCommand(f"optsweep best {name} --command", "print its command line, to run by hand")
    call = RunDirectory.of(snapshot.study, winner.choice).path / "command.sh"
    return NextCommand(f"sh {call}", f"train {one_line(winner.choice)} again, by hand")


def _promote(winner: Winner, since: Since, snapshot: StudySnapshot) -> NextCommand:
    run = one_line(winner.choice)
    promote = f"optsweep promote --name {one_line(snapshot.study)} --run {run}"
    if winner.choice in since.trained:
        return NextCommand(
            f"optsweep sample {study_directory(snapshot.study) / 'promoted' / run}", "generate proteins with it"
        )
    if winner.choice in since.promoted:
        return NextCommand(f"{promote} --start", "start the full-length training")
    return NextCommand(promote, "write the config of its full-length training")
