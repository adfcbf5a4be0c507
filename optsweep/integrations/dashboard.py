"""Serve optuna-dashboard over the study's storage, with the same safe SQLite settings as everybody else."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from optuna_dashboard import wsgi

from optsweep.database.dashboard import ArtifactFolder, frozen_copy
from optsweep.database.open_study import Study
from optsweep.errors import UserError
from optsweep.integrations.own_names import serve_own_names


def serve(
    study: Study,
    host: str,
    port: int,
    say: Callable[[str], None],
    *,
    describe: Callable[[Study], None],
    read_only: bool = False,
) -> None:
    """Serve until interrupted; ``read_only``: a copy of this moment, so that no click can change the study.

    ``describe`` writes the notes that the served study lacks. Raises `UserError` if the address is taken or there is
    none; then nothing was printed or written.
    """
    _check_address(host, port)
    with ExitStack() as stack:
        if read_only:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="optsweep-dashboard-"))
            study = Study(frozen_copy(study.storage, Path(folder)), study.name, study.study_id)
            say(f"A snapshot of {datetime.now():%Y-%m-%d %H:%M:%S}: nothing that is clicked changes the study")
        describe(study)
        say(f"Dashboard of {study.name}: http://{host}:{port}/dashboard/studies/{study.study_id}   (Ctrl-C ends it)")
        if _is_loopback(host):
            say(f"From another machine: ssh -L {port}:127.0.0.1:{port} THIS_HOST, then the same address there")
        else:
            danger = "see the study" if read_only else "change the study"
            say(f"warning: {host} is open to the network, and the dashboard has no login: anyone can {danger}")
        store = ArtifactFolder(study.name, read_only=read_only)
        serve_own_names(wsgi(study.storage.optuna, artifact_store=store), host, port)


def _check_address(host: str, port: int) -> None:
    # Tried out before the server announces itself; both set SO_REUSEADDR, so that the second try succeeds too.
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such host"
        raise UserError(f"--host {host} --port {port}: {reason}; choose another --port or --host") from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
