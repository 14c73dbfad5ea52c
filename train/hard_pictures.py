"""Which pictures the last phase shows more often: those that were lately taken for another.

Most pictures are told apart early; what is left are twins (clock faces, keycaps, one pose of two people), and even rounds
spend nearly all their time on the others. So a part of each batch is drawn by recent loss, as online batch selection
does (Loshchilov and Hutter 2016, arXiv 1511.06343); the rest goes on in rounds, so that no picture is forgotten.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SHARE = 0.5  # of a batch
_UNSEEN = 5.0  # nats: until its first loss is known, a picture counts as hard
_LEAST = 0.02  # nats; whatever is known for sure is still looked at now and then
_KEPT = 0.7  # of what is known of a picture, when it is seen again: its edits differ in difficulty

Losses = NDArray[np.float32]  # [pictures] recent loss of each, in nats


def unseen(pictures: int) -> Losses:
    return np.full(pictures, _UNSEEN, dtype=np.float32)


def renewed(recent: Losses, numbers: NDArray[np.int64], losses: Losses) -> Losses:
    """`recent` after the pictures `numbers` had these `losses`; of one that is named twice the last counts."""
    found = recent.copy()
    found[numbers] = _KEPT * recent[numbers] + (1 - _KEPT) * (losses + _LEAST)
    return found


def room(size: int, pictures: int) -> int:
    """How many of a batch of `size` are drawn by loss; none where a batch holds every picture anyway."""
    return int(size * _SHARE) if size < pictures else 0


def drawn(recent: Losses, count: int, without: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """[count] pictures by recent loss, each once and none of those in `without`."""
    weights = recent.astype(np.float64)
    weights[without] = 0.0
    return rng.choice(len(weights), size=count, replace=False, p=weights / weights.sum()).astype(np.int64)
