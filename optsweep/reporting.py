"""What a training script calls to tell its numbers, in place of writing them to a file; loads next to nothing."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import SupportsFloat

VARIABLE = "OPTSWEEP_REPORT"
"""Names the file that the sweep reads; not set outside of one."""


def report(*, step: SupportsFloat | None = None, **numbers: SupportsFloat | None) -> None:
    """Tell the sweep some numbers of one step: ``report(step=100, loss=2.9)``. Does nothing outside of a sweep.

    Numbers of Python, numpy and torch are taken; None is left out. Of several ranks only the first one tells.
    """
    path = os.environ.get(VARIABLE)
    rank = os.environ.get("RANK") or os.environ.get("LOCAL_RANK") or "0"
    if not path or rank != "0":
        return
    import json

    row = {name: _plain(value) for name, value in {"step": step, **numbers}.items() if value is not None}
    # One write, so that lines of several threads or processes do not mix.
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(file, json.dumps(row).encode() + b"\n")
    finally:
        os.close(file)


def _plain(value: SupportsFloat) -> float:
    own = value.item() if hasattr(value, "item") else value
    return int(own) if isinstance(own, int) else float(own)
