"""Processes that train one model together, one a GPU: what they tell each other, and that one of them is gone."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from optsweep.errors import PeerLost, UserError
from optsweep.machine.membership import membership
from optsweep.train.device import is_out_of_memory


@dataclass(frozen=True)
class Ranks:
    """This process among ``size``; all call the same methods in the same order.

    Alone, nothing is exchanged. Methods raise `PeerLost` if another process is gone.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes and tells."""
        return self.rank == 0

    def any(self, *flags: bool) -> list[bool]:
        """For each flag whether it is set anywhere; does not wait for a GPU."""
        return [bool(count) for count in self.gather(np.array(flags, np.float64))] if self.size > 1 else list(flags)

    def add_up(self, tensors: list[torch.Tensor]) -> None:
        """Put the sum over all processes in the place of each; they have one type and one device."""
        if self.size == 1 or not tensors:
            return
        flat = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
        _all_reduce(flat)
        parts = flat.split_with_sizes([tensor.numel() for tensor in tensors])
        with torch.no_grad():
            torch._foreach_copy_(tensors, [part.view_as(to) for part, to in zip(parts, tensors, strict=True)])

    def gather(self, array: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum over all processes of an array on the host."""
        if self.size == 1:
            return array
        total = torch.tensor(array, dtype=torch.float64)
        _all_reduce(total)
        return total.numpy()

    @contextlib.contextmanager
    def out_of_memory_together(self) -> Iterator[None]:
        """What the memory of one process does not hold fails in all of them, which go on with the same micro-batch."""
        failed: RuntimeError | MemoryError | None = None
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            failed = error
        if self.any(failed is not None)[0]:
            raise failed or torch.OutOfMemoryError("out of memory in another rank")

    def check_same(self, step: int) -> None:
        """Raise `UserError` in every process if they found checkpoints of different steps."""
        found = np.zeros(self.size)
        found[self.rank] = step
        found = self.gather(found)
        other = int(np.argmax(found != found[0]))
        if found[other] != found[0]:
            raise UserError(
                f"rank 0 goes on from step {found[0]:.0f}, rank {other} from step {found[other]:.0f}: "
                "all need the same --out, in a folder that their hosts share"
            )


ALONE = Ranks()


@contextlib.contextmanager
def join(device: torch.device) -> Iterator[Ranks]:
    """Meet the other processes that torchrun's environment tells of, to train on ``device``; `ALONE` without it."""
    member = membership()
    if member is None:
        yield ALONE
        return
    import torch.distributed as dist

    if device.type == "cuda":
        torch.cuda.set_device(device)
    place = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
    with _peers(f"rank {member.rank} of {member.size} cannot meet the others at {place}"):
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo",
            rank=member.rank,
            world_size=member.size,
            device_id=device if device.type == "cuda" else None,
        )
    yield Ranks(member.rank, member.size)
    # Not after an error: it would wait for processes that may be gone.
    dist.destroy_process_group()


def _all_reduce(tensor: torch.Tensor) -> None:
    import torch.distributed as dist

    with _peers("another rank is gone"):
        dist.all_reduce(tensor)


@contextlib.contextmanager
def _peers(what: str) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if is_out_of_memory(error) or isinstance(error, torch.AcceleratorError):
            raise
        raise PeerLost(f"{what} ({str(error).partition(chr(10))[0]})") from error
