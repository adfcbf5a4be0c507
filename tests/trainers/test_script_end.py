"""How a script has ended: short of its total, by an error that it caught, with words after its traceback."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from optsweep.trainers.last_words import LINES, last_words, named_error
from optsweep.trainers.trainer import ScriptFailed
from tests.trainers.script_run import ScriptRun

SWALLOW = """
import logging
try:
    for step in range(1, 11):
        print(f"step {step} loss {1 / step}", flush=True)
        if step == 2:
            raise ValueError("WORDS")
except Exception as error:
    logging.critical(error, exc_info=True)
print("wandb: run is over")
"""
METRICS = {"kind": "regex", "patterns": [r"step (?P<step>\d+) loss (?P<loss>\S+)"], "value": "loss", "total": 10}


def swallow(script_run: ScriptRun, words: str = "boom", **metrics: Any) -> ScriptRun:
    Path("script.py").write_text(SWALLOW.replace("WORDS", words))
    command = ["python", "script.py", "{flags}"]
    script_run.options = {"command": command, "metrics": {**METRICS, **metrics}}
    return script_run


def test_w4_a_script_that_ends_well_short_of_its_total_has_failed(script_run: ScriptRun) -> None:
    with pytest.raises(ScriptFailed, match=r"ended at step 2 of 10 with exit code 0: ValueError: boom$"):
        swallow(script_run, ends_early=False).train()
    assert [evaluation.step for evaluation in script_run.told] == [1, 2]


def test_w4_an_early_end_may_be_declared_and_stored_studies_were_not_asked(script_run: ScriptRun) -> None:
    declared = swallow(script_run, ends_early=True).train()
    assert (declared.outcome, declared.reason) == ("complete", "ended early by itself")
    before = swallow(ScriptRun(script_run.directory.with_name("before"))).train()
    assert (before.outcome, before.reason) == ("complete", None)


def test_w4_what_a_script_caught_counts_as_what_ends_others(script_run: ScriptRun) -> None:
    assert swallow(script_run, "CUDA out of memory", ends_early=False).train().outcome == "out_of_memory"
    other = ScriptRun(script_run.directory.with_name("other"))
    with pytest.raises(OSError, match="No space left") as caught:
        swallow(other, "[Errno 28] No space left on device", ends_early=False).train()
    assert caught.value.errno == errno.ENOSPC


def test_a_value_that_never_came_is_told_with_what_came_instead(script_run: ScriptRun) -> None:
    script_run.options = {
        "metrics": {"kind": "jsonl", "file": "log.jsonl", "value": "valid.los"},
    }
    with pytest.raises(ScriptFailed, match=r"no valid.los was found in log.jsonl; its rows have: .*mean valid.loss\?"):
        script_run.train()


CHAIN = """start
Traceback (most recent call last):
  File "a.py", line 1, in <module>
    first()
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 3, in <module>
    second()
torch.cuda.Error: sizes differ:
\tof layer 1
\tof layer 2

Set the environment variable HYDRA_FULL_ERROR=1 for a complete stack trace.
wandb: run is over
"""


def test_the_error_of_the_last_traceback_is_named_whatever_is_said_after_it() -> None:
    assert named_error(CHAIN) == "torch.cuda.Error: sizes differ:"
    words = last_words(CHAIN)
    assert len(words) <= LINES
    assert words[-3:] == ["torch.cuda.Error: sizes differ:", " of layer 1", " of layer 2"] or words[-1].strip() == (
        "of layer 2"
    )
    assert named_error("no traceback\n") is None
    assert last_words("one\n\x1b[31mtwo\x1b[0m\u202e\n\n") == ["one", "two"]
