"""A SLURM of a test's own: two nodes on this host, with two pretended GPUs each, two partitions, and its own munge."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sweeps import wait_for

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")
NODES = ("n1", "n2")
CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
KillWait=20
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
MailProg=/bin/true
GresTypes=gpu
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={port1} CPUs=2 Gres=gpu:2 State=UNKNOWN
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={port2} CPUs=2 Gres=gpu:2 State=UNKNOWN
PartitionName=usual Nodes=n1,n2 Default=YES PriorityTier=1 GraceTime=30
PartitionName=urgent Nodes=n1,n2 PriorityTier=10
"""
DEVICES = """
NodeName=n1 Name=gpu File={folder}/gpu[0-1]
NodeName=n2 Name=gpu File={folder}/gpu[2-3]
"""


@dataclass(frozen=True)
class Cluster:
    """A running SLURM."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What makes its programs speak to this one."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def ask(self, *command: str) -> str:
        """What one of its programs says."""
        answer = subprocess.run(command, env={**os.environ, **self.environment}, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def jobs(self) -> list[str]:
        """The states of all jobs that have not ended."""
        return self.ask("squeue", "--noheader", "--array", "--format=%T").split()


@contextlib.contextmanager
def private_cluster() -> Iterator[Cluster]:
    """A running cluster, ended and removed afterwards; skips where SLURM is not installed, or cannot be started."""
    missing = [program for program in PROGRAMS if _find(program) is None]
    if missing:
        pytest.skip(f"SLURM is not installed here: no {', '.join(missing)} (apt-get install slurm-wlm munge)")
    if os.geteuid() != 0:
        pytest.skip("only root can start a SLURM")
    # Not pytest's folder: a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="optsweep-slurm-"))
    cluster = Cluster(folder)
    started: list[subprocess.Popen[bytes]] = []
    try:
        _configure(folder)
        key, names = folder / "munge.key", ("socket", "pid", "log", "seed")
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        files = [f"--{name}{'' if name == 'socket' else '-file'}={folder}/munge.{name}" for name in names]
        started.append(_start(cluster, "munged", "--foreground", "--force", f"--key-file={key}", *files))
        wait_for((folder / "munge.socket").exists)
        started.append(_start(cluster, "slurmctld", "-D", "-i"))
        started += [_start(cluster, "slurmd", "-D", "-N", node) for node in NODES]
        wait_for(lambda: _idle_nodes(cluster) == len(NODES))
        yield cluster
    finally:
        with contextlib.suppress(OSError, AssertionError):
            cluster.ask("scancel", "--user=root")
            wait_for(lambda: not cluster.jobs(), 60)
        for process in reversed(started):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path) -> None:
    # munge asks that nobody else can write where its socket is, and everybody can look there.
    folder.chmod(0o755)
    (folder / "state").mkdir()
    for number in range(4):
        # SLURM wants devices; nothing ever opens these.
        os.mknod(folder / f"gpu{number}", stat.S_IFCHR | 0o600, os.makedev(195, number))
    host = socket.gethostname().split(".")[0]
    port, port1, port2 = _free_ports(3)
    text = CONFIGURATION.format(host=host, folder=folder, port=port, port1=port1, port2=port2)
    (folder / "slurm.conf").write_text(text)
    (folder / "gres.conf").write_text(DEVICES.format(folder=folder))


def _start(cluster: Cluster, program: str, *arguments: str) -> subprocess.Popen[bytes]:
    with (cluster.folder / f"{program}.log").open("ab") as log:
        path = str(_find(program))
        environment = {**os.environ, **cluster.environment}
        return subprocess.Popen([path, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _idle_nodes(cluster: Cluster) -> int:
    answer = subprocess.run(
        ["sinfo", "--noheader", "--Node", "--partition=usual", "--format=%T"],
        env={**os.environ, **cluster.environment},
        capture_output=True,
        text=True,
    )
    return answer.stdout.split().count("idle")


def _find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
