"""The lines that a table of numbers begins with: on what it was measured, and how busy that was."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def print_machine(*packages: str) -> None:
    flags = Path("/proc/cpuinfo").read_text()
    short = "with" if "avx512_bf16" in flags or "amx_bf16" in flags else "without"
    print(
        f"{_cpu()} ({short} bfloat16), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}"
    )
    print(", ".join(f"{package} {_version(package)}" for package in packages), flush=True)


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
