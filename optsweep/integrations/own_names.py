"""Keeps a local web server to those who ask for it by a name of its own, and changes to its own pages.

A page of somebody else's, open in the same browser, can have that browser ask any server that it reaches: under the
page's own name, which then leads here (DNS rebinding), or across origins. What the browser says of that is checked.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READING = ("GET", "HEAD", "OPTIONS")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d+)?")
_REACHED_AT = "optsweep.address"
_ANYWHERE = ("0.0.0.0", "::", "")


def serve_own_names(application: WSGIApplication, host: str, port: int) -> None:
    """Serve until interrupted."""

    class Server(WSGIServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    with make_server(host, port, OwnNames(application, host), Server, _Handler) as server:
        server.serve_forever()


class OwnNames:
    """Answers 403 to what was not asked for under a name or address of this server, or comes from another page."""

    def __init__(self, application: WSGIApplication, host: str) -> None:
        self._application = application
        self._names = {"localhost", host.lower()}
        if host in _ANYWHERE:
            node = socket.gethostname()
            self._names |= {name.lower() for name in (node, node.split(".")[0], socket.getfqdn(), f"{node}.local")}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        why = self._refusal(environ)
        if why is None:
            return self._application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{why}\n".encode()]

    def _refusal(self, environ: WSGIEnvironment) -> str | None:
        host = environ.get("HTTP_HOST", "").lower()
        known = ", ".join(sorted(self._names - {*_ANYWHERE}))
        if not self._is_own(host, environ.get(_REACHED_AT, "")):
            return f"the dashboard is not called {host!r} here; open it as {known}, or by its host's address"
        if environ["REQUEST_METHOD"] in READING:
            return None
        origin = environ.get("HTTP_ORIGIN") or environ.get("HTTP_REFERER")
        foreign = origin is not None and urlsplit(origin).netloc.lower() != host
        if foreign or environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("same-origin", "none"):
            return f"only the dashboard's own pages may change something, not {origin!r}; open it at {host}"
        return None

    def _is_own(self, host: str, reached_at: str) -> bool:
        """Whether a Host header names this server; with any port, since a tunnel (ssh -L) has its own at its end."""
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].strip("[]").removesuffix(".")
        try:
            address = ip_address(name)
        except ValueError:
            return name in self._names
        return address.is_loopback or name in self._names or name == reached_at


class _Handler(WSGIRequestHandler):
    """Tells the application at which address of this machine it was reached."""

    def get_environ(self) -> dict[str, Any]:
        address = ip_address(self.connection.getsockname()[0].partition("%")[0])
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return {**super().get_environ(), _REACHED_AT: str(mapped or address)}
