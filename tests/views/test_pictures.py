from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from optsweep.errors import UserError
from optsweep.views.drawings import write_pictures
from tests.snapshots import make_run, make_snapshot

HAS_KALEIDO = importlib.util.find_spec("kaleido") is not None


@pytest.mark.skipif(HAS_KALEIDO, reason="kaleido is installed")
def test_pictures_without_kaleido_say_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"pip install 'optsweep\[png\]'"):
        list(write_pictures(make_snapshot([make_run("a", "complete")]), tmp_path))


@pytest.mark.heavy
@pytest.mark.skipif(not HAS_KALEIDO, reason="kaleido is not installed: pip install 'optsweep[png]'")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_every_figure_that_shows_something_becomes_a_picture(tmp_path: Path) -> None:
    runs = [make_run("a", "complete", parameters={"lr": 1e-4}), make_run("b", "pruned", parameters={"lr": 1e-3})]
    paths = list(write_pictures(make_snapshot(runs), tmp_path))
    assert [path.name for path in paths] == ["learning-curves.png", "slices.png", "timeline.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
