"""What pretends NVIDIA's driver: with this folder on the path, Python finds its ``pynvml``."""

from pathlib import Path

PRETENDED_DRIVER = Path(__file__).parent
