"""A sample of the catalogue as a user meets it: real processes, their time from the first to the last instruction."""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

import psutil
import pytest

from .fastas import GOOD
from .outcome import Case, Scene, check_refusal, run_process, tree
from .test_catalogue import CASES

SAMPLE = [
    "a thousand million trials",
    "preset: hidden not divisible",
    "data import FASTA: a record without end",
    "data info .pt: code, packed",
    "sweep --data .pt: manifest of 50 GB",
    "GPUs: 99",
    "URL: refused",
    "environment: storage refused",
    "database: damaged, sweep",
    "enqueue: out of range",
    "train: device tpu",
]

QUICK = 4
"""How many of them are tried as processes by the fast tests; the catalogue tries all of them without one."""
READ_ONLY = Case(
    "a folder that is read-only",
    ["sweep", "demo", "--cpu-workers", "1"],
    ["studies/optsweep.db", "cannot be written", "--storage"],
)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.heavy] * (place >= QUICK)) for place, name in enumerate(SAMPLE)]
)
def test_a_process_refuses_and_leaves_nothing_running(name: str, scene: Scene) -> None:
    (case,) = [case for case in CASES if case.id.endswith(name)]
    folder = scene(case)
    before = tree(folder)
    outcome = run_process(case.arguments, folder)
    check_refusal(case, outcome)
    assert tree(folder) == before
    assert not [process for process in psutil.process_iter() if working_in(process, folder)]


def test_nothing_is_written_where_nothing_may_be(scene: Scene) -> None:
    folder = scene(READ_ONLY)
    folder.chmod(0o555)
    try:
        check_refusal(READ_ONLY, run_process(READ_ONLY.arguments, folder, preexec_fn=obey_permissions))
    finally:
        folder.chmod(0o755)


def test_an_output_folder_that_is_read_only(scene: Scene) -> None:
    case = Case(
        "read-only output",
        ["data", "import", "x.fasta", "-o", "shut/x.pt"],
        ["shut/x.pt: cannot be written: Permission denied"],
        files={"x.fasta": GOOD, "shut": lambda path: path.mkdir(mode=0o555)},
    )
    check_refusal(case, run_process(case.arguments, scene(case), preexec_fn=obey_permissions))


def test_a_file_that_may_not_be_read(scene: Scene) -> None:
    case = Case("secret data", ["sweep", "--data", "small.pt"], ["'small.pt' is not readable"])
    folder = scene(case)
    (folder / "small.pt").chmod(0)
    check_refusal(case, run_process(case.arguments, folder, preexec_fn=obey_permissions))


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    case = Case("gone", ["sweep"], ["studies/optsweep.db", "No such file or directory"])
    check_refusal(case, run_process(case.arguments, gone, preexec_fn=lambda: shutil.rmtree(gone)))


def test_a_reader_that_has_seen_enough(scene: Scene) -> None:
    folder = scene(Case("status", ["status"], [], planned=True))
    reading, writing = os.pipe()
    os.close(reading)
    try:
        outcome = run_process(["status", "--json"], folder, stdout=writing)
    finally:
        os.close(writing)
    assert outcome.errors == ""


def working_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.pid != os.getpid() and Path(process.cwd()).is_relative_to(folder)
    except (psutil.Error, OSError):
        return False


def obey_permissions() -> None:
    """Take from a process what lets root write where nobody may: CAP_DAC_OVERRIDE, capabilities(7), prctl(2)."""
    pr_capbset_drop, cap_dac_override, cap_dac_read_search = 24, 1, 2
    for capability in (cap_dac_override, cap_dac_read_search):
        ctypes.CDLL(None).prctl(pr_capbset_drop, capability, 0, 0, 0)
