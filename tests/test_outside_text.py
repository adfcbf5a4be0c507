"""The gate for text from outside: what passes can be stored, shown and printed."""

from __future__ import annotations

import random
import sys

import pytest

from optsweep.outside_text import LIMIT, clean


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("RuntimeError: loss ≥ 10 🔥", "RuntimeError: loss ≥ 10 🔥"),
        ("RuntimeError: bad header \0\1", "RuntimeError: bad header "),
        ("two\r\nlines\rand\x85more\u2028\u2029\tof\x0bthem", "two\nlines\nand\nmore\n\n\tof\nthem"),
        ("\x1b[1;31mred\x1b[0m \x9b2Jgone", "red gone"),
        ("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x9dtitle\x9cb", "alink b"),
        ("\x1bPq#0\x1b\\sixel\x1b(B\x1bc\x1b", "sixel"),
        ("cut off \x1b[3", "cut off "),
        ("cut off \x1b]0;title\nnext line", "cut off \nnext line"),
        ("file\u202egpj.exe \u2066x\u2069\u200f\ufeff", "filegpj.exe x"),
        ("caf\udce9", "caf\\udce9"),
        ("1\u00a0000\u3000x", "1 000 x"),
        ("", ""),
    ],
    ids=[
        "letters", "nul", "line ends", "colours", "titles and links", "other sequences", "half a sequence",
        "half a title", "directions", "surrogate", "spaces", "nothing",
    ],
)  # fmt: skip
def test_what_passes(text: str, passed: str) -> None:
    assert clean(text) == passed
    assert clean(passed) == passed


def test_long_text_is_cut_and_says_so() -> None:
    assert clean("E" * 70_000) == "E" * (LIMIT - len("... (70000 characters)")) + "... (70000 characters)"
    assert clean("E" * LIMIT) == "E" * LIMIT
    assert clean("\0" * 70_000).endswith("... (70000 characters)")
    assert len(clean("E" * 500, 128)) == 128


@pytest.mark.parametrize(
    ("highest", "passed"),
    [(0xFFFF, "grün ≥ \\U0001f525"), (0xFF, "grün \\u2265 \\U0001f525"), (0x7F, "gr\\xfcn \\u2265 \\U0001f525")],
)
def test_letters_that_a_character_set_lacks_are_escaped(highest: int, passed: str) -> None:
    assert clean("grün ≥ 🔥", highest=highest) == passed


def test_any_text_passes_once_and_for_all() -> None:
    draw = random.Random(1)
    letters = [*map(chr, [*range(0x250), *range(0x2000, 0x2070), *range(0xD7F0, 0xE010), 0x1F525, sys.maxunicode])]
    for _ in range(2000):
        text = "".join(draw.choices(letters + ["\x1b", "\x1b[", "\x1b]", "\x9b"] * 40, k=draw.randrange(60)))
        passed = clean(text, 40, highest=0xFFFF)
        assert len(passed) <= 40
        assert all(letter.isprintable() or letter in "\n\t" for letter in passed)
        assert max(passed, default="") <= "\uffff"
        passed.encode()
        assert clean(passed, 40, highest=0xFFFF) == passed
