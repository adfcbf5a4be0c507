"""A study that a real sweep made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.sweeps import Sweeps


@dataclass(frozen=True)
class Swept:
    """A finished study on SQLite, and its folder."""

    sweeps: Sweeps
    output: str

    @contextlib.contextmanager
    def here(self) -> Iterator[None]:
        with contextlib.chdir(self.sweeps.folder):
            yield
