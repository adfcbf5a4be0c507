"""A file that is there is whole, whatever happens to the process that writes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from optsweep.files import atomic_path, write_text

KILLED = """
import os, sys
from pathlib import Path
from optsweep.files import atomic_path
with atomic_path(Path(sys.argv[1])) as temporary:
    temporary.write_text("ha")
    os.kill(os.getpid(), 9)
"""


def test_a_writer_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "whole")
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)]).returncode == -9
    assert path.read_text() == "whole"


def test_what_is_written_appears_at_once_and_an_error_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_text("ha")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with atomic_path(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert [file.name for file in path.parent.iterdir()] == ["file"]
    assert path.read_text() == "whole"
