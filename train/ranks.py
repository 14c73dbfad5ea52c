"""Several processes that train one model: who this one is among them, and everything they have to agree on.

`torchrun` and `accelerate launch` start the same command several times and tell each process its place in the
environment (RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT). Every rank passes the gate itself and reads its own
share of each batch; gradients are added up, so that all hold the same weights at every step. What one refuses, all
refuse, at the same step; a rank that is gone ends the others, and the last checkpoint stays. Without such a launcher
there is one rank, and nothing here costs anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError

if TYPE_CHECKING:
    import torch

_PATIENCE = timedelta(hours=2)  # one rank may warm-start or save while the others wait; a dead one is noticed at once
_BUCKET = 1 << 24  # numbers added up at once

T = TypeVar("T")


class RankLost(ImprimaturError):
    """Another process of this run is gone, or says something that makes no sense."""

    code = "IMP-E412"
    exit_code = ExitCode.UNAVAILABLE


class Ranks:
    """`rank` of `count`; alone (`Ranks()`) every method is the identity."""

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank, self.count = rank, count

    @property
    def first(self) -> bool:
        """The one that writes: checkpoints, model, ledger."""
        return self.rank == 0

    def all_of(self, mine: T) -> list[T]:
        """What every rank has, by rank."""
        if self.count == 1:
            return [mine]
        import torch.distributed as dist

        found: list[Any] = [None] * self.count
        with _answered():
            dist.all_gather_object(found, mine)
        return found

    def from_first(self, mine: T) -> T:
        """What rank 0 has."""
        found: list[T | None] = self.all_of(mine if self.first else None)
        return cast(T, found[0])

    def together(self, act: Callable[[], T]) -> T:
        """`act` on every rank; when it fails on one, it fails on all of them, with that error.

        Raises:
            ImprimaturError: of the same class as on the lowest rank that failed.
        """
        failed: ImprimaturError | None = None
        try:
            done = act()
        except ImprimaturError as error:
            if self.count == 1:
                raise
            failed = error
        if self.count > 1:
            told = self.all_of(None if failed is None else (type(failed), failed.message, failed.hint))
            if failed is not None:
                raise failed
            for rank, one in enumerate(told):
                if one is not None:
                    kind, message, hint = one
                    same = kind.__new__(kind)  # without what else an error of its class may carry
                    ImprimaturError.__init__(same, f"Rank {rank}: {message}", hint=hint)
                    raise same
        return done

    def total(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum over the ranks."""
        return counts if self.count == 1 else np.sum(self.all_of(counts), axis=0)

    def add_up(self, parameters: Sequence[torch.nn.Parameter]) -> None:
        """Gradients become their sum over the ranks; one that no rank has stays absent."""
        if self.count == 1:
            return
        import torch
        import torch.distributed as dist

        device = parameters[0].device
        with _answered():
            has = torch.tensor([parameter.grad is not None for parameter in parameters], dtype=torch.uint8).to(device)
            dist.all_reduce(has, op=dist.ReduceOp.MAX)
            moved = [parameter for parameter, any_has in zip(parameters, has.tolist(), strict=True) if any_has]
            for bucket in _buckets(moved):
                flat = torch.cat(
                    [(torch.zeros_like(p) if p.grad is None else p.grad).reshape(-1).float() for p in bucket]
                )
                dist.all_reduce(flat)
                for parameter, part in zip(bucket, torch.split(flat, [p.numel() for p in bucket]), strict=True):
                    parameter.grad = part.view_as(parameter).to(parameter.dtype)

    def take_weights(self, network: torch.nn.Module) -> None:
        """All weights and buffers as rank 0 has them.

        Raises:
            RankLost: the networks differ in more than their values.
        """
        if self.count == 1:
            return
        import torch.distributed as dist

        state = network.state_dict()
        shapes = self.all_of([(name, tuple(value.shape)) for name, value in state.items()])
        if any(one != shapes[0] for one in shapes):
            raise RankLost(
                f"One model was expected on all {self.count} ranks, found models of different shape.",
                hint="give every process the same base model and packages, then: imprimatur train",
            )
        with _answered():
            for value in state.values():
                dist.broadcast(value.data, src=0)


@contextmanager
def joined() -> Iterator[Ranks]:
    """The ranks of this run, by the launcher's environment.

    Raises:
        RankLost: they do not come together.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count <= 1:
        yield Ranks()
        return
    import torch
    import torch.distributed as dist

    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    with _answered():
        dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=_PATIENCE)
    try:
        yield Ranks(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError) as error:  # torch.distributed raises these, by backend
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise RankLost(
            f"All ranks of this run were expected to answer, found: {first_line.rstrip('.')}.",
            hint="the last checkpoint stays; start the same command again",
        ) from error


def _buckets(parameters: Sequence[torch.nn.Parameter]) -> Iterator[list[torch.nn.Parameter]]:
    bucket: list[torch.nn.Parameter] = []
    size = 0
    for parameter in parameters:
        bucket.append(parameter)
        size += parameter.numel()
        if size >= _BUCKET:
            yield bucket
            bucket, size = [], 0
    if bucket:
        yield bucket
