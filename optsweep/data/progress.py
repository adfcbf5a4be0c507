"""How long work on data tells how far it is: a callback, so that nothing here knows of terminals."""

from __future__ import annotations

from collections.abc import Callable

OnProgress = Callable[[int, int], None] | None
"""Called with (done, total); a new phase begins again at 0 with its own total, which is 0 if it is unknown."""
