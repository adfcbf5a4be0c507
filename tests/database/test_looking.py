"""A colleague who may only read a study's database looks at it, and changes nothing; its owner goes on."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from optuna.trial import TrialState

from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study, open_study
from optsweep.database.urls import storage_url
from tests.databases import SERVERS, fresh_database
from tests.planned import claim, make_study
from tests.sweeps import REPOSITORY, wait_for

DONE = "large_quality"
"""The first run that is claimed."""
LOOKS = [
    ["status"],
    ["status", "--json"],
    ["show", DONE],
    ["best"],
    ["best", "--toml"],
    ["export", "-o", "runs.csv"],
    ["report", "-o", "report"],
    ["promote", "-o", "full.toml"],
]
WRITES = [
    ["stop"],
    ["enqueue", "n_blocks=2"],
    ["skip", "random-001"],
    ["retry"],
    ["doctor"],
    ["sweep", "--name", "study", "--cpu-workers", "1"],
    ["sweep", "demo", "--name", "another", "--cpu-workers", "1"],
    ["worker"],
    ["dashboard"],
]
RUN = """
import contextlib, io, json, sys
from optsweep import cli
told = []
for words in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = cli.run(words)
    told.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""


def reader() -> list[str]:
    """What a command begins with so that the rights of files hold for it: for root they do not."""
    if os.getuid() != 0:
        return []
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]


def by_a_reader(url: str, commands: list[list[str]]) -> list[tuple[int, str, str]]:
    """Exit code, output and errors of each command, given by somebody who may only read."""
    environment = {**os.environ, "OPTSWEEP_STORAGE": url, "PYTHONPATH": str(REPOSITORY)}
    named = [words if words[0] == "sweep" else [*words, "--name", "study"] for words in commands]
    done = subprocess.run(
        [*reader(), sys.executable, "-c", RUN],
        input=json.dumps(named),
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return [(code, out, err) for code, out, err in json.loads(done.stdout)]


def states(status: str) -> dict[str, str]:
    return {run["run"]: run["state"] for run in json.loads(status)["runs"]}


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir() if path.is_file()}


def half_done(url: str) -> Study:
    """A study of which one run is complete and eleven wait."""
    study = make_study(url)
    lease = claim(study)
    assert lease.run == DONE
    fixed: Any = study.trial(lease.trial_id).user_attrs["optsweep:fixed"]
    config = study.trainer.resolve(fixed, preset=lease.run, seed=0)
    study.queue.set_attribute(lease, "config", config.model_dump(mode="json"))
    study.queue.finish(lease, TrialState.COMPLETE, 2.5, outcome="complete", reason=None)
    return study


@pytest.fixture
def folder(workplace: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with the study's SQLite file, which its owner has closed."""
    folder = tmp_path / "shared"
    folder.mkdir()
    half_done(url_in(folder)).storage.close()
    yield folder
    folder.chmod(0o755)


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'x.db'}"


def shut(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)


def check_looks(told: list[tuple[int, str, str]]) -> None:
    said = [(code, [line for line in err.splitlines() if not line.startswith("Note: ")]) for code, _, err in told]
    assert said == [(0, [])] * len(LOOKS)
    assert states(told[1][1])[DONE] == "complete"
    assert "n_iters" in told[4][1]
    assert Path("report/report.html").exists()
    assert Path("full.toml").exists()
    assert Path("runs.csv").exists()


def check_refused(told: list[tuple[int, str, str]], *words: str) -> None:
    for (code, out, err), command in zip(told, WRITES, strict=True):
        assert (code, err.count("\n"), err[:14]) == (2, 1, "error: storage"), (command, out, err)
        assert all(word in err for word in words), (command, err)


@pytest.mark.heavy
def test_f8_who_may_not_write_a_sqlite_file_looks_at_it(folder: Path) -> None:
    shut(folder)
    before = contents(folder)
    told = by_a_reader(url_in(folder), [*LOOKS, *WRITES])
    check_looks(told[: len(LOOKS)])
    check_refused(told[len(LOOKS) :], f"{folder / 'x.db'} cannot be written", "what only looks works: status")
    assert contents(folder) == before


@pytest.mark.parametrize("what", ["file", "folder"])
def test_f8_looking_leaves_no_file_that_the_owner_could_not_write(folder: Path, what: str) -> None:
    (folder / "x.db").chmod(0o444 if what == "file" else 0o644)
    folder.chmod(0o555 if what == "folder" else 0o755)
    before = contents(folder)
    (status, stopped) = by_a_reader(url_in(folder), [["status", "--json"], ["stop"]])
    assert states(status[1])[DONE] == "complete"
    assert f"{folder / 'x.db' if what == 'file' else folder} cannot be written" in stopped[2]
    assert contents(folder) == before


def test_f8_what_runs_now_is_seen(folder: Path) -> None:
    """It stands in the log beside the file while a writer is at work, and is left there by one that is killed."""
    if os.fork() == 0:
        # As kill -9 leaves it: the connection is never closed.
        claim(_open_again(url_in(folder)))
        os._exit(0)
    os.wait()
    assert (folder / "x.db-wal").stat().st_size > 0
    shut(folder)
    before = contents(folder)
    (status,) = by_a_reader(url_in(folder), [["status", "--json"]])
    assert list(states(status[1]).values()).count("running") == 1
    assert {name: contents(folder)[name] for name in ("x.db", "x.db-wal")} == {
        name: before[name] for name in ("x.db", "x.db-wal")
    }

    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
    study = _open_again(url_in(folder))
    claim(study)
    shut(folder)
    (status,) = by_a_reader(url_in(folder), [["status", "--json"]])
    assert list(states(status[1]).values()).count("running") == 2, status
    folder.chmod(0o755)
    study.storage.close()


def test_f8_a_log_without_its_index_is_said_in_one_line(folder: Path) -> None:
    (folder / "x.db-wal").write_bytes(b"x" * 100)
    shut(folder)
    ((code, _, err),) = by_a_reader(url_in(folder), [["status"]])
    assert (code, err.count("\n")) == (2, 1)
    assert "x.db-wal is of a writer that was killed" in err


def _open_again(url: str) -> Study:
    return open_study(open_storage(storage_url(url)), "study")


@contextlib.contextmanager
def role_of_a_reader(kind: str, url: str) -> Iterator[str]:
    """The URL of the same database for a role that may select and nothing else."""
    database, name = sa.make_url(url).database, f"reader_{os.urandom(4).hex()}"
    make, drop = {
        "postgresql": (
            [f"CREATE ROLE {name} LOGIN", f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"],
            [f"DROP OWNED BY {name}", f"DROP ROLE {name}"],
        ),
        "mariadb": (
            [f"CREATE USER {name}@'%' IDENTIFIED BY 'S3cret-of-reader'", f"GRANT SELECT ON {database}.* TO {name}@'%'"],
            [f"DROP USER {name}@'%'"],
        ),
    }[kind]
    engine = sa.create_engine(sa.make_url(SERVERS[kind]).set(database=database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in make:
            connection.execute(sa.text(statement))
        try:
            yield sa.make_url(url).set(username=name, password="S3cret-of-reader").render_as_string(hide_password=False)
        finally:
            for statement in drop:
                connection.execute(sa.text(statement))
    engine.dispose()


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("kind", "words"),
    [("postgresql", "permission denied for table optsweep_runs"), ("mariadb", "UPDATE command denied to user")],
)
def test_f8_who_may_only_select_looks_at_a_servers_study(workplace: Path, kind: str, words: str) -> None:
    with fresh_database(kind, workplace) as url:
        study = half_done(url)
        with role_of_a_reader(kind, url) as readers_url:
            told = by_a_reader(readers_url, [*LOOKS, *WRITES])
        check_looks(told[: len(LOOKS)])
        check_refused(told[len(LOOKS) :], words, "what only looks works: status")
        assert study.queue.unfinished() == 11
        study.storage.close()


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_f8_the_dashboard_serves_a_copy_to_a_reader(folder: Path, kind: str) -> None:
    with contextlib.ExitStack() as stack:
        url = url_in(folder)
        if kind == "sqlite":
            shut(folder)
        else:
            owners = stack.enter_context(fresh_database(kind, folder))
            half_done(owners).storage.close()
            url = stack.enter_context(role_of_a_reader(kind, owners))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ["dashboard", "--read-only", "--name", "study", "--port", str(port)]
        environment = {**os.environ, "OPTSWEEP_STORAGE": url, "PYTHONPATH": str(REPOSITORY)}
        with Path("said.txt").open("w") as said:
            command = [*reader(), sys.executable, "-m", "optsweep", *words]
            process = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            studies = wait_for(lambda: _served(process, f"http://127.0.0.1:{port}/api/studies"))
            assert [one["study_name"] for one in studies["study_summaries"]] == ["study"]
        finally:
            process.kill()
            process.wait()


def _served(process: subprocess.Popen[bytes], address: str) -> Any:
    assert process.poll() is None, Path("said.txt").read_text()
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return None
