"""nvidia-ml-py on a pretended machine: its GPUs stand in $FAKE_GPUS, as ``nvidia-smi -L`` lists them.

Without that variable there is no driver. A GPU whose name is "lost" cannot be asked. A slice's name stands behind its
GPU's, as NVML puts it.
"""

# ruff: noqa: N802

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field


class NVMLError(Exception):
    """What NVML raises."""


@dataclass
class Device:
    uuid: str
    name: str
    parts: list[Device] = field(default_factory=list)


def nvmlInit() -> None:
    if "FAKE_GPUS" not in os.environ:
        raise NVMLError("no driver")


def _devices() -> list[Device]:
    devices: list[Device] = []
    for line in os.environ["FAKE_GPUS"].splitlines():
        if match := re.match(r"GPU \d+: (.*) \(UUID: (\S+)\)", line):
            devices.append(Device(match[2], match[1]))
        elif match := re.match(r"\s+(MIG .*?)\s+Device\s+\d+: \(UUID: (\S+)\)", line):
            devices[-1].parts.append(Device(match[2], f"{devices[-1].name} {match[1]}"))
    return devices


def nvmlDeviceGetCount() -> int:
    return len(_devices())


def nvmlDeviceGetHandleByIndex(index: int) -> Device:
    if _devices()[index].name == "lost":
        raise NVMLError("GPU is lost")
    return _devices()[index]


def nvmlDeviceGetMaxMigDeviceCount(device: Device) -> int:
    return 7


def nvmlDeviceGetMigDeviceHandleByIndex(device: Device, index: int) -> Device:
    if index >= len(device.parts):
        raise NVMLError("not found")
    return device.parts[index]


def nvmlDeviceGetUUID(device: Device) -> str:
    return device.uuid


def nvmlDeviceGetName(device: Device) -> str:
    return device.name
