"""How a study lies here: its folder with the database as text, and the folder's own path as a token."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import sqlalchemy as sa

NAME = "half"
"""Of every study."""
DUMP, EXPECTED = "database.sql", "expected.json"
DEMO = "demo.sql"
"""The database of a study of the shipped demo file."""
TOKEN = "@FOLDER@"
"""Stands for the folder in which the study works, wherever its path is written down."""
SQLITE = Path("studies") / "optsweep.db"
TEXTS = {".sql", ".toml", ".txt", ".jsonl", ".json"}
LINE = re.compile(r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict |$")
"""Lines of pg_dump's that set its session up, those that only its own psql understands, and remarks."""


def is_on_postgresql(kind: str) -> bool:
    """Whether a study of that kind, which is its folder's name, has its database there."""
    return kind.endswith("postgresql")


def dump_sqlite(database: Path) -> str:
    """The whole SQLite file as SQL, also what a killed process has left in its log."""
    connection = sqlite3.connect(database)
    try:
        return "".join(f"{statement}\n" for statement in connection.iterdump())
    finally:
        connection.close()


def dump_postgresql(url: str) -> str:
    """The whole PostgreSQL database as SQL that any server of its version or a later one takes."""
    options = ["--inserts", "--no-owner", "--no-privileges", "--no-comments"]
    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    dumped = subprocess.run(["pg_dump", *options, address], check=True, capture_output=True, text=True).stdout
    return "".join(f"{line}\n" for line in dumped.splitlines() if not LINE.match(line))


def replace_path(folder: Path, old: str, new: str) -> None:
    """Put ``new`` in the place of ``old`` in every text below ``folder``."""
    for path in folder.rglob("*"):
        if path.suffix in TEXTS and old in (text := path.read_text()):
            path.write_text(text.replace(old, new))


def restore(stored: Path, folder: Path, url: str | None) -> None:
    """Put the study ``stored`` here into the new ``folder``, its database there or at the PostgreSQL ``url``."""
    shutil.copytree(stored, folder)
    path = str(folder)
    assert json.dumps(path) == f'"{path}"', "the path stands inside JSON"
    assert "'" not in path, "and that inside SQL"
    replace_path(folder, TOKEN, path)
    statements = (folder / DUMP).read_text()
    (folder / DUMP).unlink()
    if url is None:
        connection = sqlite3.connect(folder / SQLITE)
        connection.executescript(statements)
        connection.close()
    else:
        engine = sa.create_engine(url)
        with engine.begin() as server:
            # Not by SQLAlchemy's own text(), which takes a colon for a parameter.
            server.connection.driver_connection.execute(statements)  # type: ignore[union-attr]
        engine.dispose()


def runs_of(status: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """How each run stands, of what `status --json` says."""
    kept = ("source", "state", "value", "attempts")
    return {run["run"]: {key: run[key] for key in kept} for run in status["runs"]}


def read_config(directory: Path) -> dict[str, Any]:
    """A run's config, without what says where and by whom it was made."""
    config = tomllib.loads((directory / "config.toml").read_text())
    del config["provenance"]
    return config


def read_curve(directory: Path) -> dict[str, float]:
    """Step (as JSON has it, a text) -> value of a run's evaluations, of our own trainer or of a script."""
    metrics = directory / "metrics.jsonl"
    # A line that is being written has no end yet.
    lines = (
        [json.loads(line) for line in metrics.read_text().splitlines(keepends=True) if line.endswith("\n")]
        if metrics.exists()
        else []
    )
    return {str(line["step"]): line[key] for line in lines for key in ("val_nelbo", "value") if key in line}
