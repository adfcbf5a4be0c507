"""A wire between our processes and their database server, which can be cut when it hurts most."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress

SIZE = 1 << 16
WRITES = (b"INSERT", b"UPDATE", b"DELETE")


class Proxy:
    """Carries connections to a server on this host; `lose` has it swallow the answers to commits."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listening.getsockname()[1])
        self._to_lose = 0
        self._counting = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose(self, answers: int) -> None:
        """Let the next ``answers`` commits of transactions that wrote through, and cut their connections at once."""
        with self._counting:
            self._to_lose += answers

    def close(self) -> None:
        # close() alone would leave the thread in accept().
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._server) as server:
            wrote = False
            while True:
                ready, _, _ = select.select([client, server], [], [])
                if server in ready:
                    if not (answer := server.recv(SIZE)):
                        return
                    client.sendall(answer)
                if client in ready:
                    if not (asked := client.recv(SIZE)):
                        return
                    server.sendall(asked)
                    wrote = wrote or any(word in asked for word in WRITES)
                    # Both drivers send it as a message of its own, whose last word it is (PostgreSQL's ends with NUL).
                    if asked.rstrip(b"\0").endswith(b"COMMIT"):
                        if wrote and self._is_lost():
                            server.recv(SIZE)  # it has happened now
                            return
                        wrote = False

    def _is_lost(self) -> bool:
        with self._counting:
            lost = self._to_lose > 0
            self._to_lose -= lost
            return lost
