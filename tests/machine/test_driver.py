"""GPUs and slices are the same whichever way the driver is asked, and a broken one hides no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from optsweep.machine.driver import Gpu, list_gpus
from tests.fakes.driver import pynvml

LISTED = """\
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-11111111-aaaa-bbbb-cccc-000000000000)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-22222222-aaaa-bbbb-cccc-000000000000)
  MIG 1g.5gb      Device  0: (UUID: MIG-33333333-aaaa-bbbb-cccc-000000000000)
  MIG 2g.10gb     Device  1: (UUID: MIG-44444444-aaaa-bbbb-cccc-000000000000)
"""
GPUS = [
    Gpu("GPU-11111111-aaaa-bbbb-cccc-000000000000", "NVIDIA H100 80GB HBM3", 0),
    Gpu("GPU-22222222-aaaa-bbbb-cccc-000000000000", "NVIDIA A100-SXM4-40GB", 1),
    Gpu("MIG-33333333-aaaa-bbbb-cccc-000000000000", "MIG 1g.5gb", None),
    Gpu("MIG-44444444-aaaa-bbbb-cccc-000000000000", "MIG 2g.10gb", None),
]


@pytest.fixture(autouse=True)
def nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No driver: neither the library nor the program."""
    monkeypatch.setitem(sys.modules, "pynvml", pynvml)
    monkeypatch.delenv("FAKE_GPUS", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


def write_program(folder: Path, text: str) -> None:
    (folder / "nvidia-smi").write_text(f"#!/bin/sh\ncat <<'LINES'\n{text}LINES\n")
    (folder / "nvidia-smi").chmod(0o755)


def test_the_library_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GPUS", LISTED)
    assert list_gpus() == GPUS


def test_the_program_is_enough(tmp_path: Path) -> None:
    write_program(tmp_path, LISTED)
    assert list_gpus() == GPUS


def test_without_nvidia_ml_py_the_program_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    write_program(tmp_path, LISTED)
    assert list_gpus() == GPUS


def test_a_gpu_that_is_lost_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GPUS", LISTED.replace("NVIDIA H100 80GB HBM3", "lost"))
    assert list_gpus() == GPUS[1:]


def test_no_driver_is_no_gpu(tmp_path: Path) -> None:
    assert list_gpus() == []
    write_program(tmp_path, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")
    assert list_gpus() == []
