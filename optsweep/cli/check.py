"""`optsweep sweep --check`: one run of your own script, to its first value; tells what was found, stores nothing."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from optsweep.cli.agreement import require_agreed
from optsweep.cli.study import print_json
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE, ConfigError, DeviceError
from optsweep.machine.devices import Slot
from optsweep.machine.slot_lock import SlotHeld, hold
from optsweep.outside_text import clean
from optsweep.planning.first_run import FirstRun, first_run, look_data
from optsweep.planning.request import SweepRequest, asked_once
from optsweep.results.words import one_line
from optsweep.trainers import trainer_of
from optsweep.trainers.first_look import FirstLook, look_first
from optsweep.trainers.script_start import filled, places_of
from optsweep.trainers.trainer import ScriptFailed
from optsweep.views.data import data_progress
from optsweep.views.terminal import plain_console

SHOWN_VALUES = 5


def check_first_run(request: SweepRequest, *, trust: str | None, as_json: bool) -> int:
    """Call the script of the study's first run; returns the exit code: 0 if a value came."""
    called = asked_once(request)
    if called.choice.begun:
        require_agreed(called.name, called.definition, trust)
    run = first_run(called.definition)
    console = plain_console(stderr=as_json)
    with tempfile.TemporaryDirectory(prefix="optsweep-check-") as name, _ended_by_signals(), _at(called.slots[0]):
        folder = Path(name)
        data = None
        if trainer_of(called.definition).takes_data:
            with data_progress(console) as on_progress:
                data = look_data(called.choice.data, folder / "data", on_progress)
        # As deep as a run's folder lies below its study's.
        directory = folder / "runs" / "run"
        directory.mkdir(parents=True)
        call, text = filled(run.config, places_of(run.config, directory, data))
        console.print(f"Check of {one_line(run.words)}; nothing is stored")
        console.print(f"  {clean(shlex.join(call.words))}")
        if text is not None:
            console.print(f"  its config, {run.config.trainer.config}, {len(text.splitlines())} lines")
        try:
            look = look_first(run.config, directory, data)
        except ScriptFailed as error:
            raise ConfigError("--check", [str(error)]) from None
        except KeyboardInterrupt:
            console.print("interrupted; the script was ended")
            return EXIT_INTERRUPTED
    if as_json:
        about = {"run": run.words, "command": [*call.words], "good": look.good, "ending": look.ending}
        print_json({**about, **asdict(look)})
    else:
        for line in _lines(run, look):
            console.print(line)
    return EXIT_DONE if look.good else EXIT_USAGE


def _lines(run: FirstRun, look: FirstLook) -> Iterator[str]:
    metrics = run.config.trainer.metrics
    for one in look.values[:SHOWN_VALUES]:
        yield f"  value: {metrics.value} = {one.value:g} at step {one.step} ({one.progress:.0%} of the run)"
    if more := len(look.values[SHOWN_VALUES:]):
        last = look.values[-1]
        yield f"  and {more:,} more, the last at step {last.step} ({last.progress:.0%} of the run)"
    # What a failed script has not written is a consequence: the cause stands first.
    output = ["The last lines of its output:", *(f"  {line}" for line in look.said)] if look.said else []
    about = [*map(clean, [*look.found, *look.wrong]), look.ending]
    good = look.good and not look.wrong
    lines = about if good else [*output, *about] if look.status else [*about, *output]
    yield from (f"  {line}" for line in lines)
    if good:
        yield "Good: a sweep finds its values."
        return
    yield "A value came; see above what else is wrong." if look.good else f"No value: {_why(look)}"


def _why(look: FirstLook) -> str:
    if look.diverged:
        return "what came is no finite number"
    if look.status is None:
        return "none came in this time; if it comes later, the sweep will find it by the names above or not at all"
    return "the script failed" if look.status else "the script ended without one"


@contextlib.contextmanager
def _at(slot: Slot) -> Iterator[None]:
    """The block runs in the slot: nobody else of ours works on its GPUs meanwhile."""
    # Places on the CPU are shared anyway, and are locked in the study's folder, which there is none of.
    try:
        locks = hold(slot.lock_paths(Path())) if slot.gpus else []
    except SlotHeld as held:
        raise DeviceError(f"{slot.label} is {held}; choose another with --gpus, or --cpu-workers 1") from None
    before = dict(os.environ)
    os.environ.update(slot.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        for lock in locks:
            lock.close()


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as Ctrl-C does: with the script's end, and without its folder."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
