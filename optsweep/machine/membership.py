"""The place of this process among several that train one model together, as torchrun's environment tells it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from optsweep.errors import UserError


@dataclass(frozen=True)
class Membership:
    """One process of several."""

    rank: int
    size: int
    local_rank: int
    """Its place among those on this host, and so the number of its GPU."""


def membership() -> Membership | None:
    """None for a process that trains alone; raises `UserError` for an environment that torchrun does not make."""
    given = {name: os.environ[name] for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK") if name in os.environ}
    if not given.keys() & {"RANK", "WORLD_SIZE"}:
        return None
    missing = {"RANK", "WORLD_SIZE"} - given.keys()
    if missing:
        raise _wrong(f"{missing.pop()} is missing", given)
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in given.values()):
        raise _wrong("must be numbers", given)
    rank, size = int(given["RANK"]), int(given["WORLD_SIZE"])
    if rank >= size:
        raise _wrong("RANK must be less than WORLD_SIZE", given)
    if size == 1:
        return None
    meeting = {"MASTER_ADDR", "MASTER_PORT"} - os.environ.keys()
    if meeting:
        raise _wrong(f"{' and '.join(sorted(meeting))} missing", given)
    return Membership(rank, size, int(given.get("LOCAL_RANK", rank)))


def _wrong(what: str, given: dict[str, str]) -> UserError:
    found = ", ".join(f"{name}={text!r}" for name, text in given.items())
    return UserError(f"environment {found}: {what}; start by torchrun, or unset these for one process")


def environment_of(rank: int, size: int, port: int) -> dict[str, str]:
    """What torchrun would set for one of ``size`` processes that meet on this host."""
    numbers = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_PORT": port}
    return {
        **{name: str(number) for name, number in numbers.items()},
        "MASTER_ADDR": "127.0.0.1",
        # gloo would look for the host's own name, which in a container may lead nowhere.
        "GLOO_SOCKET_IFNAME": os.environ.get("GLOO_SOCKET_IFNAME", "lo"),
    }
