"""How many threads torch gets: as many as help now, by a short measurement. A busy machine punishes more than that."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

_GAIN = 1.15  # more threads must be faster by this factor to be taken
_SIDE = 512  # of the square matrices multiplied, near the sizes of the embedded model


def measured() -> int:
    """Thread count for this machine at this moment; takes about a fifth of a second."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    best, best_seconds = 1, _seconds(1)
    count = 2
    while count <= min(available, 16):
        seconds = _seconds(count)
        if seconds * _GAIN < best_seconds:
            best, best_seconds = count, seconds
        count *= 2
    return best


def _seconds(count: int) -> float:
    """Median wall time of a few multiplications with `count` threads."""
    import torch

    with using(count):
        left = torch.ones((_SIDE, _SIDE))
        times = []
        for _ in range(9):
            start = time.perf_counter()
            for _ in range(3):
                left @ left
            times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


@contextmanager
def using(count: int) -> Iterator[None]:
    """Torch with `count` threads inside the block, as before after it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
