"""MySQL takes names that differ in case only, or in an accent, for one another; no run is trained or skipped by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from optsweep import cli
from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study, find_study, study_names
from optsweep.database.snapshot import outcome_of, read_history, read_run
from optsweep.database.urls import storage_url
from optsweep.errors import StorageError
from optsweep.planning.plan import plan_study
from optsweep.planning.steering import skip
from optsweep.study.file import parse_study
from tests.databases import KINDS, fresh_database
from tests.planned import DATA, claim, make_study

SCRIPT = """
[trainer]
command = ["true", "{{flags}}"]
metrics = {{ kind = "jsonl", value = "loss" }}
[study]
type = "random"
trials = 3
[space]
{space}
"""
PRESETS = """
k = { low = 1, high = 80 }
[[preset]]
name = "Small"
k = 1
[[preset]]
name = "small"
k = 2
"""
ALIKE = {
    "case of parameters": ("k = { low = 1, high = 80 }\nK = { low = 1, high = 80 }", "parameters K, k"),
    "accent of parameters": ('"xe" = { low = 1, high = 80 }\n"xé" = { low = 1, high = 80 }', "parameters xe, xé"),
    "case of presets": (PRESETS, "presets Small, small"),
}


@pytest.fixture
def mysql_url(tmp_path: Path) -> Iterator[str]:
    with fresh_database("mariadb", tmp_path) as url:
        yield url


def tables(url: str) -> list[str]:
    engine = sa.create_engine(url)
    names = sa.inspect(engine).get_table_names()
    engine.dispose()
    return names


@pytest.mark.heavy
@pytest.mark.parametrize("alike", ALIKE)
def test_r11_names_that_are_one_to_the_database_are_refused_before_anything_is_stored(
    mysql_url: str, workplace: Path, alike: str, capfd: pytest.CaptureFixture[str]
) -> None:
    space, words = ALIKE[alike]
    Path("mine.toml").write_text(SCRIPT.format(space=space))
    assert cli.run(["sweep", "mine.toml", "--cpu-workers", "1", "--storage", mysql_url]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"error: study mine: the {words} have one name to mysql"), line
    assert tables(mysql_url) == []


@pytest.mark.heavy
def test_r11_a_database_that_tells_case_apart_takes_such_names(mysql_url: str, workplace: Path) -> None:
    name = sa.make_url(mysql_url).database
    engine = sa.create_engine(mysql_url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} COLLATE utf8mb4_bin"))
    engine.dispose()
    Path("mine.toml").write_text(SCRIPT.format(space=PRESETS))
    assert cli.run(["sweep", "mine.toml", "--cpu-workers", "1", "--dry-run", "--storage", mysql_url]) == 0


def test_r11_other_databases_take_such_names(workplace: Path) -> None:
    Path("mine.toml").write_text(SCRIPT.format(space=PRESETS))
    assert cli.run(["sweep", "mine.toml", "--cpu-workers", "1", "--dry-run"]) == 0


@pytest.mark.heavy
def test_r11_another_studys_name_in_other_letters_is_no_name_of_it(
    mysql_url: str, workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_study(mysql_url, name="Demo").storage.close()
    for command in (["sweep", "demo", "--cpu-workers", "1"], ["status"], ["stop"], ["skip", "random-001"]):
        assert cli.run([*command, "--name", "demo", "--storage", mysql_url]) == 2
        (line,) = capfd.readouterr().err.splitlines()
        assert line.startswith("error: no study 'demo' in mysql"), line
        assert "cannot tell that name from 'Demo'" in line
    storage = open_storage(storage_url(mysql_url))
    assert study_names(storage) == ["Demo"]
    with pytest.raises(StorageError, match="no study 'DEMO'"):
        find_study(storage, "DEMO")
    storage.close()


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind == "sqlite" else pytest.mark.heavy) for kind in KINDS]
)
def test_r11_a_run_is_looked_up_by_its_exact_name(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as url:
        study = make_study(url)
        lease = claim(study)
        others = lease.run.upper()
        with pytest.raises(StorageError, match=f"no run '{others}'"):
            skip(study, others)
        assert read_run(study, lease.run).state == "running"
        assert read_history(study, others) == []
        assert read_history(study, lease.run)
        study.storage.close()


@pytest.mark.heavy
def test_r11_a_study_of_an_earlier_version_keeps_such_runs_apart(mysql_url: str) -> None:
    definition = parse_study(
        {
            "trainer": {"command": ["true", "{flags}"], "metrics": {"kind": "jsonl", "value": "loss"}},
            "study": {"type": "predefined"},
            "space": {"k": {"low": 1, "high": 8}},
            "preset": [{"name": "Small", "k": 1}, {"name": "small", "k": 2}],
        },
        "mine",
        "mine.toml",
    )
    storage = open_storage(storage_url(mysql_url), create=True)
    study: Study = plan_study(storage, "mine", definition, DATA, command=["optsweep"])[0]
    assert [read_run(study, run).parameters for run in ("Small", "small")] == [{"k": 1}, {"k": 2}]
    assert outcome_of(study, "small") is None
    assert [len(read_history(study, run)) for run in ("Small", "small")] == [1, 1]
    storage.close()
