"""A database's password is shown, logged, written and put on a command line nowhere."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
import sqlalchemy as sa

from tests.databases import SERVERS, fresh_database
from tests.sweeps import Sweeps, no_process_left, wait_for

from .outcome import Case, Scene, check_refusal, run_here, tree
from .postgres import refusing_server

SECRET = "s3cr3t/p4ss word"
PASSWORD = quote(SECRET, safe="")

REFUSALS = [
    ("28P01", 'password authentication failed for user "me"', "password authentication failed"),
    ("3D000", 'database "nope" does not exist', 'database "nope" does not exist'),
    ("28000", "no entry for {password} in the list", "no entry for *** in the list"),
]


@pytest.mark.parametrize(("code", "answer", "says"), REFUSALS)
@pytest.mark.parametrize("command", [["sweep", "--cpu-workers", "1"], ["status"]], ids=lambda command: command[0])
@pytest.mark.parametrize("place", ["URL", "option", "environment"])
def test_a_server_that_refuses(
    command: list[str],
    place: str,
    code: str,
    answer: str,
    says: str,
    scene: Scene,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with refusing_server(code, answer) as port:
        address = f"127.0.0.1:{port}/nope"
        url = f"postgresql://{address}?user=me&password={PASSWORD}"
        if place != "option":
            url = f"postgresql://me:{PASSWORD}@{address}"
        given = [] if place == "environment" else ["--storage", url]
        environment = {"OPTSWEEP_STORAGE": url} if place == "environment" else {}
        case = Case("refused", [*command, *given], [address, says], environment=environment)
        folder = scene(case)
        before = tree(folder)
        outcome = run_here(case.arguments, capfd)
    check_refusal(case, outcome)
    assert tree(folder) == before
    shown = outcome.output + outcome.errors + caplog.text
    for form in (SECRET, quote(SECRET), PASSWORD):
        assert form not in shown
    assert ("***" in outcome.errors) == (place != "option" or "***" in says)


@contextmanager
def account(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database with a user who has a password."""
    user = f"me_{uuid.uuid4().hex[:12]}"
    quoted = {"postgresql": user, "mariadb": f"{user}@'%'"}[kind]
    make = {
        "postgresql": f"CREATE USER {user} SUPERUSER PASSWORD '{SECRET}'",
        "mariadb": f"GRANT ALL ON `optsweep_test%`.* TO {quoted} IDENTIFIED BY '{SECRET}'",
    }[kind]
    server = sa.create_engine(SERVERS[kind], isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with fresh_database(kind, folder):
        pass  # or the test is skipped: there is no such server
    with server.connect() as connection:
        connection.execute(sa.text(make))
    try:
        with fresh_database(kind, folder) as url:
            yield sa.make_url(url).set(username=user, password=SECRET).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP USER {quoted}"))


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_whole_sweep(kind: str, planned_folder: Path, tmp_path: Path) -> None:
    with account(kind, tmp_path) as url:
        sweeps = Sweeps(tmp_path, url)
        with no_process_left(sweeps), (tmp_path / "output.txt").open("w+") as output:
            data = str(planned_folder / "small_sweep.pt")
            process = sweeps.start("demo", "--data", data, "--cpu-workers", "2", "--trials", "2", output=output)
            wait_for(sweeps.workers)
            lines = [word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or []]
            assert process.wait(100) == 0
            output.seek(0)
            said = output.read()
        stored = everything_in(url)
    assert "7 of 7" in said
    assert "small_fast" in stored
    written = "".join(path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file())
    for form in (SECRET, quote(SECRET), PASSWORD):
        assert form not in written
        assert form not in said
        assert form not in stored
        assert not [word for word in lines if form in word]


def everything_in(url: str) -> str:
    """All rows of all tables, as text."""
    drivers = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
    parsed = sa.make_url(url)
    engine = sa.create_engine(parsed.set(drivername=drivers.get(parsed.drivername, parsed.drivername)))
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        text = "".join(str(connection.execute(sa.text(f"SELECT * FROM {table}")).all()) for table in tables)
    engine.dispose()
    return text


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
@pytest.mark.parametrize("command", [["sweep", "--cpu-workers", "1"], ["status"]], ids=lambda command: command[0])
def test_a_database_that_does_not_exist(
    kind: str, command: list[str], tmp_path: Path, scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    with account(kind, tmp_path) as url:
        absent = sa.make_url(url).set(database="absent").render_as_string(hide_password=False)
        case = Case("absent", [*command, "--storage", absent], ["absent", "***"], secret=SECRET)
        scene(case)
        check_refusal(case, run_here(case.arguments, capfd))


@pytest.mark.heavy
def test_a_wrong_password(tmp_path: Path, scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    with account("mariadb", tmp_path) as url:
        wrong = sa.make_url(url).set(password="wr0ng").render_as_string(hide_password=False)
        case = Case("wrong password", ["sweep", "--storage", wrong], ["***", "Access denied"], secret="wr0ng")
        scene(case)
        check_refusal(case, run_here(case.arguments, capfd))
