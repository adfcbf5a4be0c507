"""Tests of this folder do without MMseqs2, unless they ask for it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _choose(without_mmseqs: None) -> None:
    pass
