"""How a command finds a database again."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep.database.urls import storage_option, storage_url


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ("sqlite:///studies/optsweep.db", ""),
        ("sqlite:///my studies/x.db", " --storage 'sqlite:///my studies/x.db'"),
        ("postgresql://me@host:5433/db", " --storage postgresql://me@host:5433/db"),
        ("mysql://me@host/db", " --storage mysql://me@host/db"),
        ("postgresql://me:secret@host/db", ""),
        ("postgresql://me@host/db?sslpassword=secret", ""),
    ],
)
def test_what_a_command_needs_to_find_it_never_holds_a_secret(given: str, option: str) -> None:
    assert storage_option(storage_url(given)) == option
    assert not option or storage_url(option.removeprefix(" --storage ").strip("'")) == storage_url(given)


def test_the_default_one_needs_nothing_however_it_is_named() -> None:
    assert storage_option(storage_url(f"sqlite:///{Path('studies/optsweep.db').resolve()}")) == ""
