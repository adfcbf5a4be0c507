"""What a person is shown of failed runs: at once, the end of their output, and the same error once."""

from __future__ import annotations

from pathlib import Path

from optsweep.results.folders import RunDirectory
from optsweep.workers.failures import Failures

LOG = """Traceback (most recent call last):
  File "train.py", line 7, in <module>
    main()
ValueError: sizes differ: {number}
wandb: run is over
2026-01-01 00:00:00,000 ERROR {run} failed
train.py ended with 1: ValueError: sizes differ: {number}
"""


def fail(failures: Failures, run: str, number: int, log: str = LOG) -> None:
    directory = RunDirectory.of("mine", run)
    directory.path.mkdir(parents=True, exist_ok=True)
    with directory.log.open("a") as file:
        file.write(log.format(run=run, number=number))
    failures.tell(run, directory.tail())


def test_a_failure_shows_the_end_of_the_traceback_and_the_log_once(workplace: Path) -> None:
    said: list[str] = []
    failures = Failures("mine", said.append)
    fail(failures, "a", 1)
    fail(failures, "a", 1)
    fail(failures, "b", 2)
    fail(failures, "c", 3, "no such file\nTypeError: other\n")
    assert said == [
        "a failed: train.py ended with 1: ValueError: sizes differ: 1\n"
        "  | Traceback (most recent call last):\n"
        '  |   File "train.py", line 7, in <module>\n'
        "  |     main()\n"
        "  | ValueError: sizes differ: 1\n"
        "  its log: studies/mine/runs/a/log_stdout.txt",
        "b failed like a: train.py ended with 1: ValueError: sizes differ: 2",
        "c failed: TypeError: other\n  | no such file\n  its log: studies/mine/runs/c/log_stdout.txt",
    ]


def test_words_of_a_run_s_own_make_no_other_kind(workplace: Path) -> None:
    said: list[str] = []
    failures = Failures("mine", said.append)
    fail(failures, "usual", 1, "unrecognized arguments: --lr=0.{number} --dir=runs/{run}/work\n")
    fail(failures, "random-001", 2, "unrecognized arguments: --lr=0.{number} --dir=runs/{run}/work\n")
    assert said[-1] == "random-001 failed like usual: unrecognized arguments: --lr=0.2 --dir=runs/random-001/work"


def test_the_lines_with_which_a_worker_begins_a_log_are_not_the_scripts(workplace: Path) -> None:
    said: list[str] = []
    log = "Starting job: {run} on CPU worker 0\nDataset size: 9 samples\n(attempt 2)\nTraining begins\nno data\n"
    fail(Failures("mine", said.append), "a", 1, f"an earlier attempt\n{log}the script ended with 1: no data\n")
    assert said[0].splitlines()[1:-1] == ["  | Training begins", "  | no data"]
