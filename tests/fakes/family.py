"""A script with a family: children of every kind, which all note in alive.txt that they live, until they are killed.

``python family.py --dir=DIR``; a line is "GENERATION NAME PID TIME". The generation is the script's pid. The second one
in a folder notes for a moment, without children, and tells a value.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

KINDS = ("script", "forked", "without files", "without environment", "in a session of its own")


def note(folder: Path, generation: str, name: str, seconds: float = 600) -> None:
    """Note that this process lives, again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with (folder / "alive.txt").open("a") as file:
            file.write(f"{generation} {name.replace(' ', '-')} {os.getpid()} {time.monotonic():.4f}\n")
        time.sleep(0.01)


def main(folder: Path) -> None:
    me = str(os.getpid())
    if (folder / "alive.txt").exists():
        note(folder, me, KINDS[0], 0.3)
        (folder / "log.jsonl").write_text('{"step": 6, "valid": {"loss": 0.5}}\n')
        return
    if os.fork() == 0:
        note(folder, me, KINDS[1])
    child = [sys.executable, __file__, str(folder), me]
    subprocess.Popen([*child, KINDS[2]])
    subprocess.Popen([*child, KINDS[3]], close_fds=False, env={})
    subprocess.Popen([*child, KINDS[4]], start_new_session=True)
    note(folder, me, KINDS[0])


if __name__ == "__main__":
    if sys.argv[1].startswith("--dir="):
        main(Path(sys.argv[1][6:]))
    else:
        note(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
