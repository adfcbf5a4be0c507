"""Half-done studies that older versions began: the code as it is now brings each to its exact end."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from optsweep import cli
from optsweep.database.connection import open_existing
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_USAGE
from optsweep.integrations.notes import study_note
from optsweep.trust.reading import read_trust
from optsweep.views.status import status_table
from optsweep.views.summary import best_table
from tests.databases import fresh_database
from tests.newer import with_beta1
from tests.old_studies.stored import (
    DEMO,
    DUMP,
    EXPECTED,
    NAME,
    SQLITE,
    TOKEN,
    is_on_postgresql,
    read_config,
    read_curve,
    restore,
    runs_of,
)
from tests.snapshots import render

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
STUDIES = sorted(path.parent for path in HERE.glob(f"*/*/{DUMP}"))
HEAVY = [
    path
    for path in STUDIES
    if is_on_postgresql(path.name)
    or path.name in ("script", "maximise", "grammar", "repeats", "sequences")
    or path.parent.name == "49957c9"
]
"""Of the rest, `sequences` has what `repeats` has and more; the oldest and the newest stay."""
CLOSE = 1e-5
"""Relative. Without AVX the values differ by 2e-8, with twice the weight decay by 1.6e-4."""


@dataclass(frozen=True)
class OldStudy:
    """A restored study, and what its own version knew of it."""

    folder: Path
    url: str | None
    expected: dict[str, Any]
    code: Path = REPOSITORY

    def command(self, *arguments: str) -> str:
        """What the current code prints; it has to end well."""
        environment = {**os.environ, "PYTHONPATH": str(self.code)}
        environment.pop("OPTSWEEP_STORAGE", None)
        if self.url is not None:
            environment["OPTSWEEP_STORAGE"] = self.url
        words = [sys.executable, "-m", "optsweep", *arguments]
        done = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def runs(self) -> dict[str, dict[str, Any]]:
        return runs_of(json.loads(self.command("status", "--name", NAME, "--json")))

    def directory(self, run: str) -> Path:
        return self.folder / "studies" / NAME / "runs" / run

    def trials(self) -> list[tuple[str, float | None]]:
        """State and value of every trial's row in Optuna's tables."""
        engine = sa.create_engine(self.url or f"sqlite:///{self.folder / SQLITE}")
        query = "SELECT state, value FROM trials LEFT JOIN trial_values USING (trial_id) ORDER BY number"
        with engine.connect() as connection:
            rows = [(str(state), value) for state, value in connection.execute(sa.text(query))]
        engine.dispose()
        return rows


@pytest.fixture(
    params=[
        pytest.param(path, id=f"{path.parent.name}-{path.name}", marks=[pytest.mark.heavy] * (path in HEAVY))
        for path in STUDIES
    ]
)
def old_study(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OldStudy]:
    expected = json.loads((request.param / EXPECTED).read_text())
    if request.param.name == "maximise":
        # Its own version showed values as it stored them: negated.
        for run in expected["before"].values():
            run["value"] = None if run["value"] is None else -run["value"]
    elsewhere = is_on_postgresql(request.param.name)
    with fresh_database("postgresql" if elsewhere else "sqlite", tmp_path) as url:
        study = OldStudy(tmp_path / "study", url if elsewhere else None, expected)
        restore(request.param, study.folder, study.url)
        yield study


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and time of every file below ``folder``, locks aside."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def is_finished(run: dict[str, Any]) -> bool:
    return run["state"] in ("complete", "pruned")


def test_an_old_study_is_brought_to_its_end(old_study: OldStudy) -> None:
    expected, before = old_study.expected, old_study.expected["before"]
    finished = [name for name, run in before.items() if is_finished(run)]
    (interrupted,) = [name for name, run in before.items() if run["attempts"] and not is_finished(run)]
    data, trials = contents(old_study.folder / "data"), old_study.trials()
    kept = {name: contents(old_study.directory(name)) for name in finished}
    metrics = (old_study.directory(interrupted) / "metrics.jsonl").read_text().splitlines()
    known = read_curve(old_study.directory(interrupted))
    assert old_study.runs() == before

    # The command that began it is about the same study: nothing of its file or data means anything else now.
    plan = json.loads(old_study.command(*expected["sweep"], "--cpu-workers", "2", "--dry-run", "--json"))
    assert (plan["target"], set(plan["existing"]), plan["queued"]) == (expected["target"], set(before), [])
    output = old_study.command("sweep", "--name", NAME, "--cpu-workers", "2")

    after = old_study.runs()
    # Its own version has repeated the same ones.
    assert after.keys() == expected["configs"].keys()
    assert len(after) == expected["target"]
    assert all(is_finished(run) for run in after.values()), output
    assert len(old_study.trials()) == len(trials)
    assert {state for state, _ in old_study.trials()} <= {"COMPLETE", "PRUNED"}
    assert [row for row, old in zip(old_study.trials(), trials, strict=True) if old[1] is not None] == [
        old for old in trials if old[1] is not None
    ]
    for name in finished:
        assert after[name] == before[name], f"{name} was touched"
        assert contents(old_study.directory(name)) == kept[name], f"{name} was touched"
    assert contents(old_study.folder / "data") == data

    assert after[interrupted]["attempts"] == 2
    directory = old_study.directory(interrupted)
    log = (directory / "log_stdout.txt").read_text()
    # Only the script knows whether it goes on; what it says of that is asked below.
    script = (directory / "work").exists()
    assert ("its script goes on if it finds a checkpoint" if script else "goes on from its checkpoint") in log
    assert "passed over" not in log
    last = max(number for number, line in enumerate(metrics) if json.loads(line)["step"] <= max(map(int, known)))
    # With their times: had it begun anew, these lines would be others.
    assert (directory / "metrics.jsonl").read_text().splitlines()[: last + 1] == metrics[: last + 1]
    if (numbers := directory / "work" / "numbers.jsonl").exists():
        rows = [json.loads(line) for line in numbers.read_text().splitlines()]
        steps = [row.get("step", row.get("epoch")) for row in rows]
        assert steps == sorted(set(steps)), "the script did the same steps twice"
        assert "goes on after" in log

    check_meanings(old_study, after)


def test_an_old_study_that_maximises_shows_the_scripts_own_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPTSWEEP_STORAGE", raising=False)
    source = HERE / "de03462" / "maximise"
    study = OldStudy(tmp_path / "study", None, json.loads((source / EXPECTED).read_text()))
    restore(source, study.folder, None)
    with chdir(study.folder):
        storage = open_existing(storage_url(None))
        assert storage is not None
        opened = open_study(storage, NAME)
        snapshot, trials, table = read_snapshot(opened), opened.optuna().trials, text_of(opened)
        storage.close()
    for run, trial in zip(snapshot.runs, trials, strict=True):
        written = [json.loads(line) for line in numbers_of(study, run.run)]
        known = {line["step"] // 10: line["valid"]["loss"] for line in written}
        assert run.curve == {step: known[step] for step in run.curve}
        assert trial.intermediate_values == {step: -value for step, value in run.curve.items()}, "stored as it was"
        assert run.value == (max(run.curve.values()) if run.curve else None)
    assert [run.run for run in snapshot.ranking] == ["slow", "fast"]
    assert opened.definition.direction == "maximize"
    assert "slow, 1.0511" in table
    assert "-valid.loss" not in table


def text_of(study: Study) -> str:
    snapshot = read_snapshot(study)
    trust = read_trust(study, snapshot)
    return (
        render(status_table(snapshot, trust), 200)
        + render(best_table(snapshot, trust, 2), 200)
        + study_note(snapshot, 1)
    )


def numbers_of(study: OldStudy, run: str) -> list[str]:
    numbers = study.directory(run) / "work" / "numbers.jsonl"
    return numbers.read_text().splitlines() if numbers.exists() else []


@pytest.fixture(params=sorted(HERE.glob(f"*/{DEMO}")), ids=lambda path: path.parent.name)
def old_demo(request: pytest.FixtureRequest, workplace: Path) -> Path:
    """The folder of a half-done study of an earlier version's demo file, whose database is all that is left."""
    statements = request.param.read_text().replace(TOKEN, str(workplace).replace("'", "''"))
    SQLITE.parent.mkdir(exist_ok=True)
    with sqlite3.connect(SQLITE) as connection:
        connection.executescript(statements)
    connection.close()
    folder: Path = workplace
    return folder


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code of a dry run of the demo in one CPU worker, and what it says."""
    code = cli.run(["sweep", *arguments, "--cpu-workers", "1", "--dry-run"])
    said = capsys.readouterr()
    return code, " ".join((said.out + said.err).split())


def test_a_shipped_file_that_has_changed_since_refuses_nothing(
    old_demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = planned(capsys, "demo")
    assert code == EXIT_DONE, said
    assert "Target 12 runs: 12 exist, 0 would be queued" in said
    assert "The shipped demo.toml has changed since, the study goes on as it began, with its own " in said
    assert "space.weight_decay" in said
    code, said = planned(capsys, "demo", "--trials", "9", "--type", "random")
    assert code == EXIT_DONE, said
    assert "Target 14 runs: 12 exist, 2 would be queued" in said
    assert "weight_decay 0." in said, "the new runs are drawn in the space that the study began with"
    assert "decay" not in said.replace("weight_decay", "").replace("space.decay", "")


def test_what_the_user_changes_beside_it_is_refused_as_ever(old_demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = planned(capsys, "demo", "--seed", "7")
    assert (code, "it began with other settings: study.seed was 42, is 7" in said) == (EXIT_USAGE, True), said
    mine = old_demo / "studies" / "demo.toml"
    shipped = (REPOSITORY / "studies" / "demo.toml").read_text()
    mine.write_text(shipped.replace("num_evaluations = 20", "num_evaluations = 10"))
    for words in (["demo"], ["studies/demo.toml"], []):
        code, said = planned(capsys, *words)
        assert (code, "it began with other settings" in said) == (EXIT_USAGE, True), said


def with_a_younger_version(folder: Path, source: Path) -> OldStudy:
    study = OldStudy(folder / "study", None, json.loads((source / EXPECTED).read_text()), with_beta1(folder))
    restore(source, study.folder, None)
    return study


FIRST, REPEATS = HERE / "a8af5f0" / "sqlite", HERE / "3f3d45a" / "repeats"
"""The first formats; and those of repeats, patience and several draws."""


@pytest.mark.heavy
@pytest.mark.parametrize("source", [FIRST, REPEATS], ids=lambda path: path.name)
def test_a_younger_hyperparameter_changes_nothing_for_an_old_study(source: Path, tmp_path: Path) -> None:
    """Its presets and waiting runs train without it, the interrupted run goes on, and the winner is promoted."""
    study = with_a_younger_version(tmp_path, source)
    plan = json.loads(study.command(*study.expected["sweep"], "--cpu-workers", "2", "--dry-run", "--json"))
    assert (plan["target"], plan["queued"]) == (study.expected["target"], [])
    study.command("sweep", "--name", NAME, "--cpu-workers", "2")
    runs, before = study.runs(), study.expected["before"]
    assert runs.keys() == study.expected["configs"].keys()
    assert all(is_finished(run) for run in runs.values())
    (interrupted,) = [name for name, run in before.items() if run["attempts"] and not is_finished(run)]
    log = (study.directory(interrupted) / "log_stdout.txt").read_text()
    assert "goes on from its checkpoint" in log
    assert "passed over" not in log
    check_meanings(study, runs)
    study.command("promote", "--name", NAME, "-o", "promoted.toml")
    assert tomllib.loads((study.folder / "promoted.toml").read_text())["optim"]["beta1"] == 0.9


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("source", "taken"),
    [(FIRST, "short, long, random-001"), (REPEATS, "short, random-001, random-002")],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_a_fork_takes_over_runs_from_before_a_hyperparameter(source: Path, taken: str, tmp_path: Path) -> None:
    study = with_a_younger_version(tmp_path, source)
    plan = study.command(*study.expected["sweep"], "--fork", "younger", "--cpu-workers", "2", "--no-launch")
    assert f"Taken over from half: {taken}\n" in plan
    status = json.loads(study.command("status", "--name", "younger", "--json"))
    before = study.expected["before"]
    assert [run["value"] for run in status["runs"][:3]] == [before[run["run"]]["value"] for run in status["runs"][:3]]


@pytest.mark.heavy
def test_a_fork_that_searches_decay_takes_over_runs_of_weight_decay(tmp_path: Path) -> None:
    source = HERE / "49957c9" / "sqlite"
    study = OldStudy(tmp_path / "study", None, json.loads((source / EXPECTED).read_text()))
    restore(source, study.folder, None)
    file = study.folder / "study.toml"
    file.write_text(file.read_text().replace("[space]", "[space]\ndecay = { low = 1e-6, high = 5.0, log = true }"))
    plan = study.command(*study.expected["sweep"], "--fork", "younger", "--cpu-workers", "2", "--no-launch")
    assert "Taken over from half: short, long, random-001\n" in plan
    study.command("export", "--name", "younger", "--format", "json", "-o", "runs.json")
    taken = json.loads((study.folder / "runs.json").read_text())["runs"][:3]
    assert all("decay" in one["parameters"] and "weight_decay" not in one["parameters"] for one in taken)


def check_meanings(study: OldStudy, after: dict[str, dict[str, Any]]) -> None:
    """Of all runs that the sampler did not draw after the old version."""
    for name, run in after.items():
        if run["source"] in ("preset", "random", "repeat") or study.expected["before"][name]["attempts"]:
            check_meaning(study, name)


def check_meaning(study: OldStudy, run: str) -> None:
    """What the definition meant to the old code, it means to this one: the same config, the same curve."""
    config = read_config(study.directory(run))
    for section, values in study.expected["configs"][run].items():
        meant = {key: config[section].get(key) for key in values} if isinstance(values, dict) else config[section]
        assert meant == values, f"{run}: {section}"
    curve, old = read_curve(study.directory(run)), study.expected["curves"][run]
    common = [step for step in curve if step in old]
    # Which runs have finished by then decides when it is pruned, and that is chance.
    assert len(common) == min(len(curve), len(old)) > 0
    assert [curve[step] for step in common] == pytest.approx([old[step] for step in common], rel=CLOSE)
