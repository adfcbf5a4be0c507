"""A port belongs to one run of ours at a time, and to nobody else."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest

from optsweep.machine import ports
from optsweep.machine.ports import reserved_port


def test_no_two_runs_get_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "PORTS", range(29_980, 30_000))
    with ExitStack() as runs:
        taken = [runs.enter_context(reserved_port()) for _ in range(5)]
        assert len(set(taken)) == 5
        # Each can be listened on.
        runs.enter_context(socket.create_server(("127.0.0.1", taken[0])))


def test_a_port_that_somebody_listens_on_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with reserved_port() as port, reserved_port() as free, socket.create_server(("127.0.0.1", port)):
        pass
    monkeypatch.setattr(ports, "PORTS", range(port, port + 1))
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(OSError, match=r"no port from .* is free"),
        reserved_port(),
    ):
        pass
    assert port != free
    with pytest.raises(OSError, match="full disk"), reserved_port() as again:
        assert again == port
        raise OSError("full disk")
    with reserved_port() as again:
        assert again == port
