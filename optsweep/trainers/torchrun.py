"""What torchrun says when the processes that it has started (its ranks) end: which died of what, and its own words.

It puts every end of a rank, also one by a signal, into exit code 1 and a traceback of its own. So do the launchers that
are built on it (accelerate).
"""

from __future__ import annotations

import re
import signal

_ITS_OWN = re.compile(
    r"^.*torch[./]distributed[./]elastic[./].*(?:closing signal|forcefully exit|failed \(exitcode).*$"
    r"|^Traceback \(most recent call last\):\n(?:[ \t].*\n)*torch\.distributed\.elastic\.",
    re.MULTILINE,
)
"""Where it begins to speak itself."""
_EXIT = re.compile(r"^\s*exitcode\s*: -(\d+) \(pid: \d+\)", re.MULTILINE)
_ROOT_CAUSE = "Root Cause (first observed failure)"
_TOLD_TO_END = re.compile(
    r"^torch\.distributed\.elastic\..*SignalException: Process \d+ got signal: (\d+)", re.MULTILINE
)
_FIRST_TRACEBACK = re.compile(r"^\[rank(\d+)\]: Traceback ", re.MULTILINE)


def killed_by(said: str) -> int:
    """The signal that has ended one of its ranks, or itself, by its output; 0 if none has.

    It ends the other ranks itself, by SIGTERM. They may also fail since one of them is gone, and be named as the cause
    when they do so at once; but it was somebody else who has sent a SIGKILL.
    """
    if told := _TOLD_TO_END.search(said):
        return int(told[1])
    root = _EXIT.search(said, said.rfind(_ROOT_CAUSE)) if _ROOT_CAUSE in said else None
    if root is not None:
        return int(root[1])
    killed = {int(number) for number in _EXIT.findall(said)} & {signal.SIGKILL}
    return int(signal.SIGKILL) if killed and "forcefully exit" not in said else 0


def without_its_own(said: str) -> str:
    """The output without what it has added at its end; of ranks that failed, what the first one said."""
    own = _ITS_OWN.search(said)
    before = said[: own.start()] if own else said
    first = _FIRST_TRACEBACK.search(before)
    if first is None:
        return before
    prefix = f"[rank{first[1]}]: "
    lines = before[first.start() :].split("\n")
    return "".join(line.removeprefix(prefix) + "\n" for line in lines if line.startswith(prefix.rstrip()))
