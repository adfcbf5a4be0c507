"""Shipped study files are known by what they say, so that one that a user has changed is told from one that we have."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from optsweep.study.file import load_study
from optsweep.study.shipped import VERSIONS, digest, is_shipped

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.mark.parametrize("name", sorted(path.stem for path in STUDIES.glob("*.toml")))
def test_every_version_of_a_shipped_file_is_known(name: str) -> None:
    found = digest(STUDIES / f"{name}.toml")
    assert VERSIONS[name][-1] == found, f"studies/{name}.toml has changed: append its digest, {found}, to VERSIONS"


def test_the_wheel_has_every_shipped_file_and_no_other() -> None:
    build = tomllib.loads((STUDIES.parent / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    named = build["targets"]["wheel"]["force-include"]
    assert named == {f"studies/{name}.toml": f"optsweep/studies/{name}.toml" for name in sorted(VERSIONS)}


@pytest.mark.parametrize("name", sorted(VERSIONS))
def test_every_shipped_file_is_a_study(name: str) -> None:
    definition = load_study(STUDIES / f"{name}.toml")
    assert definition.presets
    assert definition.study.type == "tpe"


def test_a_changed_file_in_the_folder_of_studies_is_the_users_own(workplace: Path) -> None:
    assert is_shipped("demo"), "without a file of that name here it is the shipped one"
    (workplace / "studies").mkdir(exist_ok=True)
    mine = workplace / "studies" / "demo.toml"
    shutil.copy(STUDIES / "demo.toml", mine)
    mine.write_text("# a remark\n" + mine.read_text())
    assert is_shipped("demo")
    mine.write_text(mine.read_text().replace("seed = 42", "seed = 43"))
    assert not is_shipped("demo")
    assert not is_shipped(str(mine))
