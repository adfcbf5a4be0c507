from __future__ import annotations

from optsweep.errors import ConfigError


def test_many_mistakes_are_told_apart_on_three_lines() -> None:
    assert ConfigError("my.toml", ["lr is missing"]).lines == ["error: my.toml: lr is missing"]
    assert ConfigError("my.toml", ["a; b", "c", "d"]).lines == [
        "error: my.toml: 3 mistakes",
        "(1) a; b",
        "(2) c  (3) d",
    ]
