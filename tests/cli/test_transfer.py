"""`optsweep transfer`: what it prints for people and for programs, and that a refusal is an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optsweep import cli
from optsweep.results.run_table import RunTable
from tests.trust.planted_runs import joined, planted

KEYS = ["length", "runs", "lengths", "method", "optimum", "refused"]
"""Promised to programs, in this order."""


def arguments(folder: Path, runs: RunTable, to: str = "16e9") -> list[str]:
    path = folder / "runs.csv"
    columns = zip(runs.length, runs.lr, runs.batch, runs.value, strict=True)
    path.write_text("D,lr,bs,loss,note\n" + "".join(f"{d},{lr},{bs},{loss},x\n" for d, lr, bs, loss in columns))
    named = ["--length", "D", "--value", "loss", "--lr", "lr", "--batch", "bs"]
    return ["transfer", "--table", str(path), *named, "--to", to]


def answer(line: list[str], capture: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert cli.run([*line, "--json"]) == 0
    document: dict[str, Any] = json.loads(capture.readouterr().out)
    assert list(document) == KEYS
    assert list(document["optimum"]) == ["lr", "batch"]
    for one in document["optimum"].values():
        assert list(one) == ["value", "low", "high"]
    return document


def test_two_lengths_for_programs_and_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = arguments(tmp_path, joined(planted(1e9, 24, seed=1), planted(4e9, 17, seed=2)))
    found = answer(line, capsys)
    assert (found["length"], found["runs"], found["lengths"]) == (16e9, 41, [1e9, 4e9])
    assert (found["method"], found["refused"]) == ("fit", None)
    assert all(one["low"] < one["value"] < one["high"] for one in found["optimum"].values())
    assert cli.run(line) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "41 runs of length 1e+09, 4e+09, for length 1.6e+10, 4 times the longest"
    assert told[1].split()[:2] == ["lr", f"{found['optimum']['lr']['value']:.3g}"]
    assert told[2].split()[:2] == ["batch", f"{found['optimum']['batch']['value']:.3g}"]
    assert told[3] == "fitted over your lengths"
    assert told[4].startswith("intervals measured on language models, not on proteins")


def test_one_length_says_that_a_published_rule_moved_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = arguments(tmp_path, planted(4e9, 24, seed=2))
    assert answer(line, capsys)["method"] == "rule"
    assert cli.run(line) == 0
    assert "by a published rule" in capsys.readouterr().out


def test_a_refusal_is_an_answer_and_names_the_winner_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = arguments(tmp_path, planted(4e9, 7, seed=2))
    found = answer(line, capsys)
    assert found["refused"] == "7 runs count, and it needs 8 or more, 4 at each of their lengths"
    assert found["optimum"]["lr"]["value"] > 0
    assert found["optimum"]["lr"]["low"] is None
    assert cli.run(line) == 0
    told = capsys.readouterr().out
    assert f"refused: {found['refused']}" in told
    assert f"as it is: lr {found['optimum']['lr']['value']:.3g}" in told


def test_a_table_without_runs_is_refused_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = arguments(tmp_path, planted(4e9, 0, seed=2))
    found = answer(line, capsys)
    assert (found["runs"], found["optimum"]["lr"]["value"]) == (0, None)
    assert cli.run(line) == 0
    assert "refused: 0 runs count" in capsys.readouterr().out


def test_what_is_left_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = arguments(tmp_path, joined(planted(4e9, 12, seed=2), planted(8e9, 2, seed=3)))
    path = tmp_path / "runs.csv"
    path.write_text(path.read_text() + "4e9,0.1,64,nan,diverged\n")
    assert cli.run(line) == 0
    told = capsys.readouterr().out
    assert "left out: 1 run without a finite value" in told
    assert "left out: 2 runs of lengths that have too few" in told
