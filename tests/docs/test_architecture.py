"""docs/architecture.md draws the rooms as they are: its names exist, in the order that the import contract keeps."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = {path.parent.name for path in (ROOT / "optsweep").glob("*/__init__.py")}


def test_the_drawing_is_the_import_contract() -> None:
    drawing = PAGE.split("## Rooms")[1].split("```text\n")[1].split("```")[0]
    drawn = [re.split(r"  +", line)[0].split(" | ") for line in drawing.splitlines()]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    contract = [[name.removeprefix("optsweep.") for name in layer.split(" | ")] for layer in layers]
    assert drawn == [layer for layer in contract if set(layer) <= ROOMS]
    assert {name for layer in drawn for name in layer} == ROOMS


def test_every_file_that_a_page_names_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {name for page in pages for name in re.findall(r"`((?:\w+/)*\w+(?:/|\.py))`", page.read_text("utf-8"))}
    places = (ROOT, ROOT / "optsweep")
    missing = {name for name in named if not any((place / name).exists() for place in places)}
    assert len(named) > 30
    assert not missing - {"work/", "create_sweep_dataset.py"}, (
        "work/ is a run's folder, the other a script that people have"
    )
