"""Every database takes a script's own names, lists and none, and what only some runs have."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import KINDS, fresh_database

SCRIPT = """
import json, sys
values = [float(word.split("=")[1]) for word in sys.argv if word.startswith("--+lr@x=")]
with open(sys.argv[1] + "/m.jsonl", "w") as file:
    file.write(json.dumps({"step": 1, "loss": values[0]}) + "\\n")
"""
STUDY = f"""
[trainer]
command = ["{sys.executable}", "train.py", "{{dir}}", "{{flags}}"]
constraints = ["width % heads == 0"]
flags = {{ lists = "[a,b]" }}
metrics = {{ kind = "jsonl", file = "m.jsonl", value = "loss", total = 1 }}
[study]
type = "tpe"
trials = 5
repeats = 0
[sampler]
startup = 2
[space]
"+lr@x" = {{ low = 1e-5, high = 1e-2, log = true }}
"~drop/y" = {{ low = 0.0, high = 0.5, step = 0.1, when = "model == 'lstm'" }}
"model" = {{ choices = ["lstm", "tf"] }}
"тест:#" = {{ low = 1, high = 3, when = "{{~drop/y}} > 0.2" }}
width = {{ low = 8, high = 64, step = 8 }}
heads = {{ choices = [3, 4, 8] }}
betas = {{ choices = [[0.9, 0.95], [0.9, 0.999]] }}
clip = {{ choices = [0.5, 1.0], none = true }}
[[preset]]
name = "usual"
"+lr@x" = 1e-3
"~drop/y" = 0.1
model = "lstm"
width = 64
heads = 8
betas = [0.9, 0.95]
clip = "none"
"""


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as fresh:
        yield fresh


def optsweep(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "optsweep", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_sweep_with_names_and_values_of_all_kinds(url: str, workplace: Path) -> None:
    Path("train.py").write_text(SCRIPT)
    Path("mine.toml").write_text(STUDY)
    study = ["--name", "mine", "--storage", url]
    optsweep("sweep", "mine.toml", "--cpu-workers", "2", *study)
    given = ["тест:#=2", "~drop/y=0.3", "model=lstm", "betas=[0.9, 0.999]", "clip=none"]
    optsweep("enqueue", *given, *study)
    optsweep("sweep", "mine.toml", "--cpu-workers", "2", *study)
    rows = {row["run"]: row for row in csv.DictReader(optsweep("export", *study).splitlines())}
    assert len(rows) == 7
    assert {row["state"] for row in rows.values()} == {"complete"}
    for row in rows.values():
        has_drop, drop = row["parameter.model"] == "lstm", row["parameter.~drop/y"]
        assert bool(drop) == has_drop
        assert drop in ("", "0.0", "0.1", "0.2", "0.3", "0.4", "0.5")
        assert bool(row["parameter.тест:#"]) == (has_drop and float(drop) > 0.2)
        assert int(row["parameter.width"]) % int(row["parameter.heads"]) == 0
    mine = rows["user-001"]
    assert (mine["parameter.betas"], mine["parameter.clip"]) == ("[0.9, 0.999]", "none")
