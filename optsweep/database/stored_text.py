"""Text from outside on its way into a column: the gate, and what the column's character set can hold."""

from __future__ import annotations

import sys

import sqlalchemy as sa

from optsweep.outside_text import LIMIT, clean

_ASKED = {
    "postgresql": "SELECT lower(getdatabaseencoding())",
    # Of the column: a table keeps the character set that its database had when it was made.
    "mysql": "SELECT character_set_name FROM information_schema.columns WHERE table_schema = database() "
    "AND table_name = 'optsweep_runs' AND column_name = 'reason'",
}
_HIGHEST = {"utf8": sys.maxunicode, "utf8mb4": sys.maxunicode, "utf8mb3": 0xFFFF, "latin1": 0xFF}
"""Character set -> the last code point up to which it has them all; of MySQL, "utf8" is an older word for utf8mb3."""
_ASCII = 0x7F


def storable(connection: sa.Connection, text: str | None, limit: int = LIMIT) -> str | None:
    """The text as it may be bound to a column of that many characters, in any of our tables.

    All text that is not ours goes through here: no statement may fail by what a script has said.
    """
    return None if text is None else clean(text, limit, highest=_highest(connection))


def _highest(connection: sa.Connection) -> int:
    kind = connection.dialect.name
    if kind not in _ASKED:
        return sys.maxunicode
    # Asked once for each connection of the driver.
    known: dict[str, int] = connection.info
    if "highest" not in known:
        encoding = connection.execute(sa.text(_ASKED[kind])).scalar()
        known["highest"] = 0xFFFF if (kind, encoding) == ("mysql", "utf8") else _HIGHEST.get(str(encoding), _ASCII)
    return known["highest"]
