"""The dashboard as a browser asks it, on behalf of its own pages and of others."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from optsweep.database.open_study import Study, find_study
from tests.planned import make_study
from tests.sweeps import wait_for

pytestmark = pytest.mark.heavy
HERE = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HERE, 0))
        return int(free.getsockname()[1])


@contextmanager
def dashboard(study: Study, folder: Path, *options: str) -> Iterator[int]:
    """`optsweep dashboard` of the study; yields its port."""
    port = free_port()
    words = [sys.executable, "-m", "optsweep", "dashboard", "--name", study.name, f"--port={port}", *options]
    environment = {**os.environ, "OPTSWEEP_STORAGE": study.storage.url.render_as_string(hide_password=False)}
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: listens(port) or process.poll() is not None, 60)
        yield port
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) == 0


def ask(port: int, method: str, path: str, host: str | None, **headers: str) -> tuple[int, str]:
    """The status and the body of the answer; ``headers`` with _ for -."""
    with closing(http.client.HTTPConnection(HERE, port, timeout=60)) as connection:
        connection.putrequest(method, path, skip_host=True)
        if host is not None:
            connection.putheader("Host", host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_s3_only_its_own_names_and_pages_reach_the_dashboard(tmp_path: Path) -> None:
    study = make_study(f"sqlite:///{tmp_path}/study.db")
    address = f"/api/studies/{study.study_id}"
    with dashboard(study, tmp_path) as port:
        own = f"{HERE}:{port}"
        for host in (own, f"localhost:{port}", "localhost:9000", "LOCALHOST", "[::1]:9000"):
            assert ask(port, "GET", "/api/studies", host)[0] == 200, host
        for host in ("evil.example", f"evil.example:{port}", "10.9.8.7", "localhost.evil.example", "a@localhost", None):
            status, words = ask(port, "GET", "/api/studies", host)
            assert status == 403, host
            assert words == (
                f"the dashboard is not called {host or ''!r} here; open it as {HERE}, localhost, "
                "or by its host's address\n"
            )
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Referer": "http://evil.example/page"},
            {"Origin": f"http://{HERE}:{port + 1}"},
            {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "same-site", "Origin": f"http://{own}"},
        ):
            status, words = ask(port, "DELETE", address, own, **headers)
            assert status == 403, headers
            assert words.startswith("only the dashboard's own pages may change something"), headers
        assert ask(port, "DELETE", address, "evil.example")[0] == 403
        assert find_study(study.storage, study.name) is not None
        tunnel = {"Origin": "http://localhost:9000", "Sec_Fetch_Site": "same-origin"}
        status, words = ask(port, "DELETE", address, "localhost:9000", **tunnel)
        assert status == 204, words
    assert find_study(study.storage, study.name) is None
    study.storage.close()


def test_s3_where_it_listens_everywhere_it_has_the_machines_names_and_addresses(tmp_path: Path) -> None:
    study = make_study(f"sqlite:///{tmp_path}/study.db")
    with dashboard(study, tmp_path, "--host=0.0.0.0") as port:
        for host in (socket.gethostname(), f"{socket.getfqdn()}:{port}", HERE, "localhost"):
            assert ask(port, "GET", "/api/studies", host)[0] == 200, host
        for host in ("evil.example", "10.9.8.7", "0.0.0.0.evil.example"):
            assert ask(port, "GET", "/api/studies", host)[0] == 403, host
    study.storage.close()
