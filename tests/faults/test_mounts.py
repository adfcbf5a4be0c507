"""SQLite on a network file system is refused; told from the kernel's table of mounts (proc(5))."""

from __future__ import annotations

from pathlib import Path

import pytest

from optsweep.database import sqlite
from optsweep.errors import EXIT_USAGE
from optsweep.files import network_filesystem
from tests.faults.small_study import SWEEP, Command

ROOT = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw"


def line(place: str, kind: str, extra: str = "shared:7 master:2") -> str:
    return f"90 22 0:55 / {place} rw,relatime {extra} - {kind} server:/export rw,vers=4.2"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([], None),
        ([ROOT], None),
        ([ROOT, line("/home", "nfs4")], "nfs4"),
        ([ROOT, line("/home", "nfs", extra="")], "nfs"),
        ([ROOT, line("/home/user", "lustre")], "lustre"),
        ([ROOT, line("/home/us", "nfs4")], None),
        ([ROOT, line("/home", "nfs4"), line("/home/user", "xfs")], None),
        ([ROOT, line("/home/user", "xfs"), line("/home", "nfs4")], None),
        ([ROOT, line("/home/user", "xfs"), line("/home/user", "cifs")], "cifs"),
        ([ROOT, line("/home/user/it's", "ceph")], None),
        ([ROOT, line("/home/user/it's\\040a\\011folder", "beegfs")], "beegfs"),
        ([line("/", "overlay")], None),
        ([line("/", "nfs4")], "nfs4"),
        ([ROOT, line("/home", "fuse.sshfs")], "fuse.sshfs"),
        ([ROOT, line("/home", "fuse.fuse-overlayfs")], None),
    ],
)
def test_the_deepest_and_latest_mount_counts(tmp_path: Path, lines: list[str], kind: str | None) -> None:
    table = tmp_path / "mountinfo"
    table.write_text("".join(text + "\n" for text in lines))
    assert network_filesystem(Path("/home/user/it's a\tfolder/study.db"), table) == kind


def test_a_mount_point_may_have_any_name(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_bytes(
        (ROOT + "\n" + line("/home/müller\\134x", "nfs4") + "\n").encode() + b"91 22 0:5 / /\xff rw - tmpfs t rw\n"
    )
    assert network_filesystem(Path("/home/müller\\x/study.db"), table) == "nfs4"


def test_a_table_that_cannot_be_read_means_local(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path, tmp_path / "none") is None


def test_it_is_refused_with_the_way_out(
    place: Path, optsweep: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sqlite, "network_filesystem", lambda path: "nfs4")
    code, output = optsweep("sweep", *SWEEP, "1", "--storage", f"sqlite:///{tmp_path / 'study.db'}")
    assert code == EXIT_USAGE
    assert "network file system (nfs4)" in output
    assert "export OPTSWEEP_STORAGE=postgresql://" in output
    assert len(output.splitlines()) <= 3
    assert not (tmp_path / "study.db").exists()
