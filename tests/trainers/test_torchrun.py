"""What a run of several processes died of, by what torchrun says at its end."""

from __future__ import annotations

import signal

import pytest

from optsweep.trainers.torchrun import killed_by, without_its_own

PLACE = "W1126 22:10:50.439000 23601 torch/distributed/elastic/multiprocessing/api.py:1028]"
END = """{place} Sending process 23638 closing signal SIGTERM
{place} failed (exitcode: {code}) local_rank: {rank} (pid: 23639) of binary: /usr/bin/python
Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
    raise ChildFailedError(
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
=======================================================
train.py FAILED
-------------------------------------------------------
Failures:
[1]:
  rank      : {other} (local_rank: {other})
  exitcode  : {others_code} (pid: 23638)
-------------------------------------------------------
Root Cause (first observed failure):
[0]:
  rank      : {rank} (local_rank: {rank})
  exitcode  : {code} (pid: 23639)  (SIGKILL)
  traceback : Signal 9 (SIGKILL) received by PID 23639
=======================================================
"""


def end(code: int, others_code: int = -15, rank: int = 1) -> str:
    return END.format(place=PLACE, code=code, others_code=others_code, rank=rank, other=1 - rank)


TRACEBACKS = """step 1 loss 0.5
[rank1]: Traceback (most recent call last):
[rank1]:   File "train.py", line 5, in <module>
[rank1]: ValueError: bad width
[rank0]: Traceback (most recent call last):
[rank0]:   File "train.py", line 9, in <module>
[rank0]: RuntimeError: Connection closed by peer
"""


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("step 1\n" + end(-9), signal.SIGKILL),
        ("step 1\n" + end(-15), signal.SIGTERM),
        ("step 1\n" + end(-11), signal.SIGSEGV),
        # The other rank fails in the same moment, since it has lost this one.
        (TRACEBACKS + end(1, -9, rank=0), signal.SIGKILL),
        # What torchrun sends itself is nobody's wish.
        (TRACEBACKS + end(1), 0),
        (f"{PLACE} Unable to shutdown process 1 via SIGTERM, forcefully exiting via SIGKILL\n" + end(1, -9), 0),
        (
            "torch.distributed.elastic.multiprocessing.api.SignalException: Process 23682 got signal: 15\n",
            signal.SIGTERM,
        ),
        ("ValueError: exitcode  : -9 is what I print\n", 0),
        ("", 0),
    ],
)
def test_which_signal_has_ended_it(said: str, number: int) -> None:
    assert killed_by(said) == number


def test_the_traceback_that_is_shown_is_the_first_ranks_own() -> None:
    assert without_its_own(TRACEBACKS + end(1)).splitlines() == [
        "Traceback (most recent call last):",
        '  File "train.py", line 5, in <module>',
        "ValueError: bad width",
    ]
    # Before the ranks have joined, and in scripts of one process, lines have no rank.
    plain = "Traceback (most recent call last):\n  File \"train.py\", line 1\nImportError: no module named 'x'\n"
    assert without_its_own(plain + end(1)) == without_its_own(plain) == plain
