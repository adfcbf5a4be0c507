"""Which study files are as they were shipped, by this version or an earlier one: a study of one never has to stop.

A shipped file changes with the program. A file that a user has written or changed says what the user wants.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from optsweep.study.file import find_file, shipped_folder
from optsweep.toml_files import read_toml

VERSIONS = {
    "demo": ("5add7059c734a1d8", "b108be38888d2305"),
    "lightning_hydra": ("ad2d17b7d499a1c9",),
    "nanogpt": ("f761055195ec5182",),
    "pytorch_mnist": ("ac18ea6e17e324a1",),
    "run_clm": ("8b27bfe371ed317f",),
    "run_mlm": ("a87977dbbd7ce0d3",),
    "timm": ("07739610d9e9f7c3",),
    "uniref50": ("11593b36545424ba", "9d26b34e164815dd", "ac03bd8a1bb8111c"),
    "word_language_model": ("39fdc110b1e0dbbe",),
}
"""Digests of what each shipped file has said, the newest last."""


def is_shipped(name_or_path: str) -> bool:
    """Whether the study file is one of ours and nobody has changed it.

    In a checkout the folder of the shipped files is also ./studies, where users change them; what lies in an installed
    package is as it was shipped.
    """
    path = find_file(name_or_path)
    in_package = path.parent == shipped_folder() and path.parent.resolve() != Path("studies").resolve()
    return in_package or digest(path) in VERSIONS.get(path.stem, ())


def digest(path: Path) -> str:
    """Of what the file says, whatever its comments."""
    return hashlib.sha256(json.dumps(read_toml(path), sort_keys=True).encode()).hexdigest()[:16]
