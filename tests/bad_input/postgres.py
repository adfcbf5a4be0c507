"""A PostgreSQL server that can only ask for a password and refuse (its manual, chapter Frontend/Backend Protocol)."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENCRYPTION_REQUESTS = {80877103, 80877104}
"""SSLRequest and GSSENCRequest, in the place of a protocol version."""


@contextmanager
def refusing_server(code: str, message: str) -> Iterator[int]:
    """The port of a server that answers every password with an error; ``{password}`` in ``message`` is what it got."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, code, message), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, code: str, message: str) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as received:
            while _startup(received.read) in ENCRYPTION_REQUESTS:
                connection.sendall(b"N")
            connection.sendall(b"R" + struct.pack(">II", 8, 3))
            (length,) = struct.unpack(">xI", received.read(5))
            password = received.read(length - 4).rstrip(b"\0").decode()
            fields = {"S": "FATAL", "V": "FATAL", "C": code, "M": message.format(password=password)}
            content = b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0"
            connection.sendall(b"E" + struct.pack(">I", len(content) + 4) + content)


def _startup(read: object) -> int:
    assert callable(read)
    length, version = struct.unpack(">II", read(8))
    read(length - 8)
    return int(version)
