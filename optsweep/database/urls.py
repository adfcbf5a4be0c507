"""What a storage URL may be, and how it is shown: never with its password."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import quote, quote_plus

import sqlalchemy as sa
from sqlalchemy import exc

from optsweep.errors import StorageError

DEFAULT_STORAGE = "sqlite:///studies/optsweep.db"
DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "mariadb+pymysql": "mysql+pymysql",
}


def storage_url(given: str | None) -> sa.URL:
    """The study's database: ``given``, else $OPTSWEEP_STORAGE, else SQLite in studies/; raises `StorageError`."""
    text = given or os.environ.get("OPTSWEEP_STORAGE") or DEFAULT_STORAGE
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        # The text is not shown: it may hold a password in a place that we cannot find.
        raise StorageError(
            f"the URL of {'--storage' if given else '$OPTSWEEP_STORAGE'} cannot be read; "
            "it looks like sqlite:///studies/optsweep.db or postgresql://user:password@host/database"
        ) from None
    if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}":
        # Nothing of it is shown: SQLAlchemy took a part of the password for the host.
        raise StorageError("the storage URL has an '@' too many; in a user's name or password write %40 for it")
    if url.drivername not in DRIVERS:
        raise StorageError(f"storage {masked(url)}: unknown driver {url.drivername!r}; use sqlite, postgresql or mysql")
    url = url.set(drivername=DRIVERS[url.drivername])
    if is_sqlite(url):
        if url.database in (None, "", ":memory:"):
            raise StorageError(f"storage {masked(url)}: a study must outlive its process; name a file")
        if url.query:
            raise StorageError(f"storage {masked(url)}: SQLite takes no options; leave out what follows '?'")
        # No shell has seen the ~ of a URL.
        return url.set(database=os.path.expanduser(str(url.database)))
    if not url.database:
        raise StorageError(f"storage {masked(url)}: no database is named; add /DATABASE at the end")
    return url


def masked(url: sa.URL) -> str:
    """The URL for people: without its password, and without options of the driver's, which may hold another."""
    return url.set(query={}).render_as_string(hide_password=True) + ("?..." if url.query else "")


def is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


def storage_option(url: sa.URL) -> str:
    """What finds this database again, behind a command; nothing for the default, or if the URL holds a secret."""
    if secrets(url) or url.query:
        return ""
    default = sa.make_url(DEFAULT_STORAGE).database
    if is_sqlite(url) and Path(str(url.database)).resolve() == Path(str(default)).resolve():
        return ""
    shown = url.set(drivername=url.get_backend_name()).render_as_string()
    return f" --storage {shlex.quote(shown)}"


def secrets(url: sa.URL) -> list[str]:
    """What must not be shown, as it is and as it is written in the URL; the longest first."""
    options = [value for key, values in url.normalized_query.items() for value in values if "pass" in key.lower()]
    plain = [secret for secret in (str(url.password or ""), *options) if secret]
    return sorted({form for secret in plain for form in (secret, quote(secret), quote_plus(secret))}, key=len)[::-1]
