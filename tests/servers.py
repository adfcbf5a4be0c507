"""Database servers of a test's own, to be killed and restarted: real PostgreSQL and MariaDB in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

DATABASE = "optsweep"
START_SECONDS = 60


class ServerMissing(Exception):
    """The server's programs are not installed here."""


class PrivateServer:
    """One server on a free port of 127.0.0.1, with one empty database; no password.

    ``kind`` is "postgresql" or "mariadb". A PostgreSQL can have another ``address``, with the words that start a
    program ``inside`` the place that has it. Raises `ServerMissing` where it is not installed.
    """

    def __init__(self, kind: str, address: str = "127.0.0.1", inside: Sequence[str] = ()) -> None:
        self.kind = kind
        self._address = address
        self._inside = list(inside)
        self._account = _account(kind)
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        _program(kind, "server")
        # Not pytest's folder: the server runs under an account of its own, which may not look into that.
        self.folder = Path(tempfile.mkdtemp(prefix=f"optsweep-{kind}-"))
        self._data = self.folder / "data"
        self._kept = self.folder / "kept"
        self._log = self.folder / "server.log"
        if self._account is not None:
            shutil.chown(self.folder, self._account)
        self._run(self._making())
        if kind == "postgresql":
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        """The database's URL, as a user of optsweep would write it."""
        scheme, user = {"postgresql": ("postgresql", "postgres"), "mariadb": ("mysql", "root")}[self.kind]
        return f"{scheme}://{user}@{self._address}:{self._port}/{DATABASE}"

    def start(self) -> None:
        """Start the server and wait until it answers; the first start makes the database."""
        assert self._process is None, "it runs already"
        with self._log.open("ab") as log:
            # Only root enters a namespace; the account is changed inside.
            account = None if self._inside else self._account
            self._process = subprocess.Popen(
                [*self._inside, *self._changing(), *self._serving()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=account,
                group=account,
            )
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End every process of the server with SIGKILL, in the middle of whatever it does."""
        if self._process is None:
            return
        psutil.wait_procs(self._signal(signal.SIGKILL), timeout=30)
        self._process.wait()
        self._process = None

    def _signal(self, number: signal.Signals) -> list[psutil.Process]:
        """Send it to every process of the server, the parent first, and return them."""
        assert self._process is not None
        family: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self._process.pid)
            server.send_signal(number)
            family = [server, *server.children(recursive=True)]
            for process in family[1:]:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)
        return family

    def keep(self) -> None:
        """Keep a copy of the files as they are at this moment, as a replica has them that hears no more of us."""
        shutil.rmtree(self._kept, ignore_errors=True)
        self._signal(signal.SIGSTOP)
        try:
            # With their owners, which shutil would change.
            subprocess.run(["cp", "--archive", "--reflink=auto", self._data, self._kept], check=True)
        finally:
            self._signal(signal.SIGCONT)

    def go_back(self) -> None:
        """Kill the server; it comes back with the copy that `keep` made, and without all that was committed since."""
        self.kill()
        shutil.rmtree(self._data)
        self._kept.rename(self._data)
        self.start()

    def restart(self) -> None:
        """Kill the server and start it at once: it recovers from its logs."""
        self.kill()
        self.start()

    def remove(self) -> None:
        """End the server and delete everything of it."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _making(self) -> list[str]:
        maker = _program(self.kind, "maker")
        if self.kind == "postgresql":
            return [maker, "--pgdata", str(self._data), "--username", "postgres", "--auth", "trust", "--no-sync"]
        user = [f"--user={self._account}"] if self._account else []
        plain = "--auth-root-authentication-method=normal"
        return [maker, "--no-defaults", f"--datadir={self._data}", plain, "--skip-test-db", *user]

    def _changing(self) -> list[str]:
        if not self._inside or self._account is None:
            return []
        return ["setpriv", f"--reuid={self._account}", f"--regid={self._account}", "--init-groups"]

    def _serving(self) -> list[str]:
        # Without syncing to the disk: what a killed process has written, the kernel keeps; and a recovery takes 1 s.
        server = _program(self.kind, "server")
        if self.kind == "postgresql":
            address = ["-h", self._address, "-p", str(self._port), "-k", str(self.folder)]
            return [server, "-D", str(self._data), *address, "-c", "fsync=off"]
        unsynced = "--innodb-flush-log-at-trx-commit=2"
        address = ["--bind-address=127.0.0.1", f"--port={self._port}", f"--socket={self.folder / 'socket'}"]
        return [
            server,
            "--no-defaults",
            f"--datadir={self._data}",
            f"--pid-file={self.folder / 'pid'}",
            unsynced,
            *address,
        ]

    def _run(self, command: list[str]) -> None:
        account = self._account
        made = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, user=account, group=account)
        assert made.returncode == 0, made.stdout + made.stderr

    def _wait_until_it_answers(self) -> None:
        drivers = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}
        system = {"postgresql": "postgres", "mariadb": "mysql"}[self.kind]
        url = sa.make_url(self.url).set(drivername=drivers[self.kind], database=system)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with engine.connect() as connection, suppress(sa.exc.ProgrammingError):  # it exists already
                    connection.execute(sa.text(f"CREATE DATABASE {DATABASE}"))
                return
            except sa.exc.OperationalError:
                assert self._process is not None
                assert self._process.poll() is None, self._log.read_text(errors="replace")
                assert time.monotonic() < deadline, f"{self.kind} did not answer within {START_SECONDS} s"
                time.sleep(0.05)


@contextmanager
def private_server(kind: str, address: str = "127.0.0.1", inside: Sequence[str] = ()) -> Iterator[PrivateServer]:
    """A running server, removed afterwards; skips the test where it is not installed (or must be: fails)."""
    try:
        server = PrivateServer(kind, address, inside)
    except ServerMissing as missing:
        if os.environ.get("OPTSWEEP_REQUIRE_DATABASES") == "1":
            raise
        pytest.skip(str(missing))
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _program(kind: str, role: str) -> str:
    names = {
        ("postgresql", "maker"): ["initdb"],
        ("postgresql", "server"): ["postgres"],
        ("mariadb", "maker"): ["mariadb-install-db", "mysql_install_db"],
        ("mariadb", "server"): ["mariadbd", "mysqld"],
    }[kind, role]
    # Debian keeps PostgreSQL's server programs out of $PATH.
    debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    places = os.pathsep.join([os.environ["PATH"], *debian, "/usr/sbin"])
    found = [path for name in names if (path := shutil.which(name, path=places))]
    if not found:
        raise ServerMissing(f"{kind} is not installed here: no {names[0]}")
    return found[0]


def _account(kind: str) -> str | None:
    """Neither server runs as root: the account that its package made for it."""
    if os.getuid() != 0:
        return None
    return {"postgresql": "postgres", "mariadb": "mysql"}[kind]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
