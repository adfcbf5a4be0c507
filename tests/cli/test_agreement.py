"""What a study from the database would execute on a host is asked for once; what was not agreed to never runs."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from optsweep.config import write_config
from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study, open_study
from optsweep.database.urls import storage_url
from optsweep.errors import UserError
from optsweep.planning.agreement import is_agreed
from optsweep.results.attributes import PREFIX, RunIdentity, StudyAttributes
from optsweep.results.folders import RunDirectory
from optsweep.study.commands import command_lines, commands_digest
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study, parse_study
from optsweep.study.sections import NotifySection
from optsweep.trainers import trainer_of
from tests.sweeps import REPOSITORY

SCRIPT = """
import json, sys
from pathlib import Path
with open(Path(sys.argv[1]) / "log.jsonl", "a") as log:
    log.write(json.dumps({"step": 1, "loss": 0.5}) + chr(10))
"""
STUDY = """
[study]
type = "predefined"
[trainer]
command = ["python", "mine.py", "{dir}", "--kind={kind}"]
[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "loss"
total = 1
[space]
kind = { choices = ["plain", "fancy"] }
[[preset]]
name = "usual"
kind = "plain"
[[preset]]
name = "other"
kind = "fancy"
"""
EVIL = "touch evil"


def values(**trainer: object) -> dict[str, Any]:
    whole = tomllib.loads(STUDY)
    return {**whole, "trainer": {**whole["trainer"], **trainer}}


def definition(**trainer: object) -> StudyDefinition:
    return parse_study(values(**trainer), "mine", "mine.toml")


@dataclass
class Host:
    """A folder with the user's script, and what this user has agreed to there."""

    folder: Path
    url: str

    def run(self, *words: str) -> tuple[int, str]:
        """Exit code and errors of a command, without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "optsweep", *words, "--name", "mine"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.returncode, done.stderr

    @property
    def environment(self) -> dict[str, str]:
        state = str(self.folder / "state")
        known = {"XDG_STATE_HOME": state, "OPTSWEEP_STORAGE": self.url, "PYTHONPATH": str(REPOSITORY)}
        return {**os.environ, **known}

    @contextmanager
    def study(self) -> Iterator[Study]:
        with closing(open_storage(storage_url(self.url))) as storage:
            yield open_study(storage, "mine")

    def has_run(self) -> bool:
        return any(self.folder.glob("studies/mine/runs/*/work/log.jsonl"))


def host(tmp_path: Path, name: str) -> Host:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "mine.py").write_text(SCRIPT)
    return Host(folder, f"sqlite:///{tmp_path}/study.db")


def hash_of(errors: str) -> str:
    found = re.search(r"--trust ([0-9a-f]{32})$", errors.rstrip())
    assert found is not None, errors
    return found[1]


@pytest.mark.heavy
def test_s2_a_host_that_is_new_to_a_script_asks_before_it_runs_it(tmp_path: Path) -> None:
    first, second = host(tmp_path, "first"), host(tmp_path, "second")
    (first.folder / "mine.toml").write_text(STUDY)
    assert first.run("sweep", "mine.toml", "--no-launch") == (0, "")
    for command in (["worker"], ["sweep", "--cpu-workers", "1"], ["submit", "--dry-run"]):
        code, errors = second.run(*command)
        assert code == 2, errors
        assert errors.splitlines()[0] == "error: study 'mine' executes what you have not agreed to on this host:"
        assert '"mine.py", "{dir}"' in errors.splitlines()[1]
        assert len(errors.splitlines()) == 3
    assert not second.has_run()
    code, errors = second.run("worker", "--trust", "0" * 32)
    assert (code, errors.splitlines()[0]) == (2, f"error: --trust {'0' * 32}: study 'mine' executes something else:")
    assert second.run("worker", "--trust", hash_of(errors))[0] == 0
    assert second.has_run()
    # Both have agreed by now: one gave the file, the other the hash.
    for one in (first, second):
        assert one.run("worker")[0] == 0
        assert one.run("sweep", "--cpu-workers", "1")[0] == 0


@pytest.mark.heavy
def test_s2_what_others_write_into_the_database_does_not_run(tmp_path: Path) -> None:
    mine = host(tmp_path, "mine")
    (mine.folder / "mine.toml").write_text(STUDY)
    assert mine.run("sweep", "mine.toml", "--no-launch")[0] == 0
    evil = definition(command=["sh", "-c", EVIL, "{kind}"]).model_dump(mode="json")
    with mine.study() as study:
        told = study.definition.model_copy(update={"notify": NotifySection(command=EVIL)}).model_dump(mode="json")
        for changed in (evil, told):
            study.store(StudyAttributes(definition=changed))
            code, errors = mine.run("sweep", "--cpu-workers", "1")
            assert code == 2, errors
            assert EVIL in errors
        study.store(StudyAttributes(definition=definition().model_dump(mode="json")))
        # A run's own config says something else than the study.
        config = trainer_of(definition(command=["sh", "-c", EVIL, "{kind}"])).resolve(
            {"kind": "plain"}, preset=None, seed=1
        )
        for trial in study.storage.optuna.get_all_trials(study.study_id):
            fixed = RunIdentity.read(trial.user_attrs).fixed
            own = config.model_copy(update={"parameters": dict(fixed)}).model_dump(mode="json")
            study.storage.backend.set_trial_user_attr(trial._trial_id, f"{PREFIX}config", own)
    assert mine.run("worker")[0] == 0
    assert mine.has_run()
    assert not list(mine.folder.rglob("evil"))


@pytest.mark.heavy
def test_s2_a_worker_compares_what_it_runs_with_what_was_agreed_to(tmp_path: Path) -> None:
    mine = host(tmp_path, "mine")
    (mine.folder / "mine.toml").write_text(STUDY)
    assert mine.run("sweep", "mine.toml", "--no-launch")[0] == 0
    order = {"study": "mine", "label": "here", "locks": ["slot.lock"], "device": "cpu", "threads": 1, "launcher": 0}
    words = json.dumps({**order, "data": "", "agreed": commands_digest(definition(command=["sh", "{dir}", "{kind}"]))})
    done = subprocess.run(
        [sys.executable, "-m", "optsweep.workers.worker", words],
        cwd=mine.folder,
        env=mine.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "what it executes was changed in the database meanwhile" in done.stderr
    assert not mine.has_run()


@pytest.mark.heavy
@pytest.mark.parametrize("answer", ["y", "n"])
def test_s2_a_terminal_is_asked_once(tmp_path: Path, answer: str) -> None:
    first, second = host(tmp_path, "first"), host(tmp_path, "second")
    (first.folder / "mine.toml").write_text(STUDY)
    assert first.run("sweep", "mine.toml", "--no-launch")[0] == 0
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    words = [sys.executable, "-m", "optsweep", "worker", "--name", "mine"]
    code = subprocess.run(words, cwd=second.folder, env=second.environment, stdin=theirs, stdout=theirs, stderr=theirs)
    said = os.read(ours, 1 << 16).decode()
    os.close(ours)
    os.close(theirs)
    assert "would execute on this host, by what its database says:" in said
    assert 'trainer.command = ["python", "mine.py", "{dir}", "--kind={kind}"]' in said
    assert code.returncode == (0 if answer == "y" else 2)
    assert second.has_run() == (answer == "y")
    assert second.run("submit", "--dry-run")[0] == (0 if answer == "y" else 2)


def test_s2_the_digest_changes_with_all_that_is_executed_and_with_nothing_else() -> None:
    whole = values()
    changes = [
        {"trainer": {**whole["trainer"], "command": ["python", "other.py", "{dir}", "{kind}"]}},
        {"trainer": {**whole["trainer"], "set": {"more": "--x"}, "command": ["python", "{dir}", "{flags}"]}},
        {"space": {"kind": {"choices": ["plain", "fancy", "; rm"]}}},
        {"notify": {"command": EVIL}},
    ]
    changed = [parse_study({**whole, **one}, "mine", "mine.toml") for one in changes]
    digests = [commands_digest(one) for one in (definition(), *changed)]
    assert len(set(digests)) == len(digests)
    assert all(len(digest) == 32 for digest in digests)
    same = {**whole, "study": {"type": "random", "trials": 1, "seed": 7}, "preset": []}
    assert commands_digest(parse_study(same, "other", "other.toml")) == digests[0]
    stored = StudyDefinition.model_validate(definition().model_dump(mode="json"))
    assert commands_digest(stored) == digests[0]


def test_s2_built_in_studies_need_nothing_unless_they_tell_a_command() -> None:
    demo = load_study("demo")
    assert commands_digest(demo) == ""
    assert is_agreed("demo", demo)
    told = parse_study({**values(), "notify": {"command": EVIL}}, "mine", "mine.toml")
    assert commands_digest(told, notifies=False) == commands_digest(definition())
    assert command_lines(told)[-1] == f'notify.command = "{EVIL}"'


def test_s2_a_study_of_an_earlier_version_goes_on_where_the_user_has_run_it(workplace: Path) -> None:
    mine = definition()
    assert not is_agreed("mine", mine)
    for kind in ("plain", "fancy"):
        config = trainer_of(mine).resolve({"kind": kind}, preset=None, seed=1)
        write_config(RunDirectory.of("mine", kind).config, config)
        # Texts that no run of the user's was given might be anybody's.
        assert is_agreed("mine", mine) == (kind == "fancy")
    assert not is_agreed("mine", definition(command=["sh", "-c", EVIL, "{kind}"]))
    assert not is_agreed("mine", parse_study({**values(), "notify": {"command": EVIL}}, "mine", "mine.toml"))


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "..", ""])
def test_s2_no_name_from_the_database_leads_out_of_our_folder(name: str) -> None:
    with pytest.raises(UserError, match="no name of a study or run of ours"):
        RunDirectory.of("mine", name)
