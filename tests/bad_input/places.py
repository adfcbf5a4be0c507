"""Wrong places: database URLs, databases, the environment, GPU lists."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from .gpus import SLICED_GPU, TWO_GPUS
from .outcome import Case

SECRET = "s3cr3t-p4ss"
DEFAULT = "studies/optsweep.db"


def url(id: str, text: str, *says: str) -> Case:
    secret = SECRET if SECRET in text else None
    return Case(f"URL: {id}", ["sweep", "--storage", text, "--cpu-workers", "1"], list(says), secret=secret)


URLS = [
    url("a path", "study.db", "URL of --storage cannot be read", "sqlite:///"),
    url("a scheme only", "postgresql", "URL of --storage cannot be read", "postgresql://user:password@host/database"),
    url("unknown driver", f"oracle://me:{SECRET}@host/db", "oracle://me:***@host/db", "'oracle'", "sqlite, postgresql"),
    url("another driver", f"postgresql+psycopg2://me:{SECRET}@host/db", "unknown driver 'postgresql+psycopg2'"),
    url("HTTP", f"https://me:{SECRET}@host/db", "unknown driver 'https'"),
    url("without slashes", f"postgresql:me:{SECRET}@host/db", "cannot be read"),
    url("password first", f"me:{SECRET}@host/db", "cannot be read", "sqlite:///"),
    url("port in words", f"postgresql://me:{SECRET}@host:port/db", "cannot be read"),
    url("password with @", f"postgresql://me:{SECRET}@{SECRET}@host/db", "'@' too many", "%40"),
    url("password with / in MySQL", f"mysql://host/me:{SECRET}@db", "'@' too many", "%40"),
    url("no database", f"postgresql://me:{SECRET}@host", "me:***@host", "no database is named"),
    url("no database in MySQL", f"mysql://me:{SECRET}@host/", "me:***@host", "no database is named"),
    url("refused", f"postgresql://me:{SECRET}@127.0.0.1:1/db", "me:***@127.0.0.1:1/db", "Connection refused"),
    url("refused by MySQL", f"mysql://me:{SECRET}@127.0.0.1:1/db", "me:***@127.0.0.1:1/db", "Connection refused"),
    url("no such host", f"postgresql://me:{SECRET}@nowhere.invalid/db", "me:***@nowhere.invalid/db", "nowhere.invalid"),
    url("password as an option", f"postgresql://127.0.0.1:1/db?password={SECRET}", "127.0.0.1:1/db?...", "refused"),
    url("unknown option", f"postgresql://me:{SECRET}@127.0.0.1:1/db?colour=red", 'invalid connection option "colour"'),
    url("unknown option in MySQL", f"mysql://me:{SECRET}@127.0.0.1:1/db?colour=red", "***", "'colour'"),
    url("SQLite of nothing", "sqlite://", "sqlite://", "name a file"),
    url("SQLite in memory", "sqlite:///:memory:", "memory", "name a file"),
    url("SQLite with options", "sqlite:///study.db?mode=ro", "sqlite:///study.db?...", "takes no options"),
    url("SQLite on a folder", "sqlite:///.", ". is a directory", "name a file"),
    url("SQLite on a corpus", "sqlite:///small.pt", "sqlite:///small.pt", "file is not a database"),
    url("SQLite below a file", "sqlite:///small.pt/study.db", "small.pt", "cannot be written", "--storage"),
    url("SQLite of 300 letters", "sqlite:///" + "x" * 300, "sqlite:///xxx", "File name too long"),
    url("SQLite of 5000 letters", "sqlite:///" + "x/" * 2500, "sqlite:///x/x", "File name too long"),
]


def database(script: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(script)

    return write


def holding(id: str, content: bytes | str | Callable[[Path], None], command: list[str], *says: str) -> Case:
    """The default database's place holds ``content``."""
    return Case(f"database: {id}", command, [DEFAULT, *says], files={DEFAULT: content})


def altered(id: str, script: str, command: list[str], *says: str) -> Case:
    """The planned study's database, changed."""
    return Case(f"database: {id}", command, list(says), files={DEFAULT: database(script)}, planned=True)


FOREIGN = database("CREATE TABLE alembic_version (version_num); CREATE TABLE experiments (id);")
DAMAGED = b"SQLite format 3\0" + b"\xff" * 5000
OTHER_SCHEMA = "UPDATE alembic_version SET version_num = 'v0.9.0.a'"
OTHER_OPTUNA = """
    UPDATE study_user_attributes SET value_json = replace(value_json, '"optuna": "', '"optuna": "4.')
    WHERE key = 'optsweep:versions'
"""

PLAIN_OPTUNA = """
    INSERT INTO studies VALUES (7, 'plain');
    INSERT INTO trials (number, study_id, state) VALUES (0, 7, 'COMPLETE');
"""

DATABASES = [
    holding("text, sweep", b"hello, world, this is no database", ["sweep"], "file is not a database"),
    holding("text, status", b"hello, world, this is no database", ["status"], "file is not a database"),
    holding("damaged, sweep", DAMAGED, ["sweep"], "not a database"),
    holding("damaged, status", DAMAGED, ["status"], "not a database"),
    holding("empty, status", b"", ["status"], "no study in", "optsweep sweep"),
    holding("another program's, sweep", FOREIGN, ["sweep"], "another program's tables", "a database of its own"),
    holding("another program's, status", FOREIGN, ["status"], "another program's tables", "a database of its own"),
    altered("other schema, status", OTHER_SCHEMA, ["status"], "optuna storage upgrade --storage sqlite:///studies"),
    altered("other schema, sweep", OTHER_SCHEMA, ["sweep", "--name", "mine-small"], "optuna storage upgrade"),
    altered("other optuna, status", OTHER_OPTUNA, ["status"], "was written by optuna 4.", "pip install 'optuna==4."),
    altered("other optuna, sweep", OTHER_OPTUNA, ["sweep", "--name", "mine-small"], "pip install", "--name"),
    Case(
        "database: a study of plain Optuna",
        ["status", "--name", "plain"],
        ["'plain'", "not made by optsweep"],
        files={DEFAULT: database(PLAIN_OPTUNA)},
        planned=True,
    ),
    Case("database: studies is a file", ["sweep"], ["studies", "cannot be written"], files={"studies": b"a file"}),
    Case("last study: binary", ["status"], ["study name"], files={"studies/.last_study": b"\xff\xfe"}, planned=True),
    Case(
        "last study: gone",
        ["status"],
        ["no study 'gone'", "mine-small"],
        files={"studies/.last_study": "gone"},
        planned=True,
    ),
]


def environment(id: str, name: str, value: str, command: list[str], *says: str) -> Case:
    secret = SECRET if SECRET in value else None
    return Case(f"environment: {id}", command, list(says), environment={name: value}, secret=secret)


ENVIRONMENT = [
    environment("storage nonsense", "OPTSWEEP_STORAGE", "nonsense", ["sweep"], "$OPTSWEEP_STORAGE", "sqlite:///"),
    environment("storage blank", "OPTSWEEP_STORAGE", " ", ["status"], "$OPTSWEEP_STORAGE cannot be read"),
    environment(
        "storage refused", "OPTSWEEP_STORAGE", f"mysql://me:{SECRET}@127.0.0.1:1/db", ["status"], "me:***@", "refused"
    ),
    environment(
        "storage refused, worker",
        "OPTSWEEP_STORAGE",
        f"postgresql://me:{SECRET}@127.0.0.1:1/db",
        ["worker"],
        "me:***@",
        "refused",
    ),
    environment("storage unreadable", "OPTSWEEP_STORAGE", f"me:{SECRET}@x", ["sweep"], "$OPTSWEEP_STORAGE"),
]


def gpus(
    id: str, given: str, *says: str, there: list[str] = TWO_GPUS, visible: str | None = None, more: tuple[str, ...] = ()
) -> Case:
    return Case(
        f"GPUs: {id}",
        ["sweep", "--data", "small.pt", "--gpus", given, *more],
        list(says),
        gpus=there,
        environment={} if visible is None else {"CUDA_VISIBLE_DEVICES": visible},
    )


GPUS = [
    gpus("99", "99", "--gpus 99", "no GPU '99'", "there: 0 (NVIDIA H200, GPU-1111"),
    gpus("below 0", "-1", "no GPU '-1'", "there: 0"),
    gpus("twice", "0,0", "--gpus 0,0", "'0' is named twice", "--workers-per-gpu"),
    gpus("twice by two names", "0,GPU-11111111", "'GPU-11111111' is named twice"),
    gpus("a gap", "0,,1", "no GPU ''", "there: 0"),
    gpus("a comma behind", "0,", "no GPU ''", "there: 0"),
    gpus("nothing", "", "no GPU ''", "there: 0"),
    gpus("words", "all", "no GPU 'all'", "there: 0"),
    gpus("a range", "0-1", "no GPU '0-1'", "there: 0"),
    gpus("a semicolon", "0;1", "no GPU '0;1'", "there: 0"),
    gpus("a small two", "²", "no GPU '²'", "there: 0"),
    gpus("5000 digits", "1" * 5000, "no GPU '111", "there: 0"),
    gpus("unknown UUID", "GPU-99999999", "no GPU 'GPU-99999999'", "GPU-11111111"),
    gpus("a UUID of both", "GPU-", "no GPU 'GPU-'", "GPU-22222222"),
    gpus("unknown slice", "MIG-5", "no GPU 'MIG-5'", "NVIDIA A100", there=SLICED_GPU),
    gpus("hidden by the environment", "1", "no GPU '1'", "there: 0 (NVIDIA H200, GPU-2222", visible="1"),
    gpus("all hidden by the environment", "0", "no GPU '0'", "no NVIDIA GPU is visible", visible=""),
    gpus("environment of nonsense", "0", "no GPU '0'", "no NVIDIA GPU is visible", visible="nonsense"),
    gpus("none there", "0", "--gpus 0", "no NVIDIA GPU is visible", "leave --gpus out", there=[]),
    gpus("a driver that fails", "0", "no GPU '0'", there=["NVIDIA-SMI has failed: couldn't talk to the driver"]),
    gpus("no worker on each", "0,1", "--workers-per-gpu 0", "1 to 256", more=("--workers-per-gpu", "0")),
    gpus("1000 workers on each", "0,1", "--workers-per-gpu 1000", "1 to 256", more=("--workers-per-gpu", "1000")),
]

CASES = [*URLS, *DATABASES, *ENVIRONMENT, *GPUS]
