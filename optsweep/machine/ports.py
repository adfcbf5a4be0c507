"""Ports of this host for trainings of several processes: nobody listens there, and no other run of ours gets it."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator

PORTS = range(20_000, 30_000)
"""Below those that the kernel gives to connections (ip(7), ip_local_port_range): none of them takes it meanwhile."""


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """A free port, another one at each call; until the block ends, no other process of ours on this host gets it.

    Somebody else still may, between this call and the script's own.
    """
    for port in random.sample(PORTS, len(PORTS)):
        if (mark := _reserved(port)) is not None:
            with mark:
                yield port
            return
    raise OSError(f"no port from {PORTS.start} to {PORTS.stop - 1} is free")


def _reserved(port: int) -> socket.socket | None:
    """What keeps the port from others of ours while it is open; None if it is not free."""
    mark = socket.socket(socket.AF_UNIX)
    try:
        # A name without a file, which is gone with its process; as ports are, it is known in one network namespace.
        mark.bind(f"\0optsweep-port-{port}")
        socket.create_server(("", port)).close()
    except OSError:
        mark.close()
        return None
    return mark
