"""Hosts of a test's own on one machine: network namespaces with addresses, joined by a bridge, that can be cut off.

What runs on such a host has a host name and process ids of its own too, so that another host's processes can no more
be looked up than over a real network.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

PROGRAMS = ("ip", "unshare", "setpriv", "hostname")


@dataclass(frozen=True)
class Host:
    """One host; its end of the cable is the namespace's, the other the bridge's."""

    name: str
    address: str
    namespace: str
    cable: str

    @property
    def inside(self) -> list[str]:
        """The words that start a program with this host's network."""
        return ["ip", "netns", "exec", self.namespace]

    @property
    def entirely_inside(self) -> list[str]:
        """The same with its host name and process ids; all of it dies with the first process."""
        own = ["unshare", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"]
        return [*self.inside, *own, "sh", "-c", 'hostname "$0" && exec "$@"', self.name]

    def cut_off(self) -> None:
        _ip("link", "set", self.cable, "down")

    def bring_back(self) -> None:
        _ip("link", "set", self.cable, "up")


@contextlib.contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """Hosts on a network of their own, which this process reaches too; skips where namespaces cannot be made."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"no network namespaces here: {', '.join(missing) or 'only root'} is missing")
    tag = uuid.uuid4().hex[:6]
    network = f"10.{100 + int(tag[:2], 16) % 100}.{int(tag[2:4], 16)}"
    made = [
        Host(name, f"{network}.{number}", f"optsweep-{tag}-{name}", f"o{tag}{number}")
        for number, name in enumerate(names, 1)
    ]
    try:
        try:
            _ip("link", "add", f"o{tag}", "type", "bridge")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
        _ip("address", "add", f"{network}.254/24", "dev", f"o{tag}")
        _ip("link", "set", f"o{tag}", "up")
        for host in made:
            _connect(host, f"o{tag}")
        yield made
    finally:
        for host in made:
            subprocess.run(["ip", "netns", "delete", host.namespace], capture_output=True)
        subprocess.run(["ip", "link", "delete", f"o{tag}"], capture_output=True)


def _connect(host: Host, bridge: str) -> None:
    try:
        _ip("netns", "add", host.namespace)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
    _ip("link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.namespace)
    _ip("link", "set", host.cable, "master", bridge, "up")
    _ip("-netns", host.namespace, "address", "add", f"{host.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-netns", host.namespace, "link", "set", device, "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
