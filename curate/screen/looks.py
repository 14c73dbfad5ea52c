"""What pictures are compared by, as arrays with one row a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.picture import PictureFacts
from curate.screen.colour_distances import GRID, Colours
from curate.screen.picture_kinds import kinds_of
from curate.screen.settings import DuplicateLimits
from curate.screen.windows import Thumbs, unpack_thumbnails


@dataclass(frozen=True, slots=True)
class Looks:
    """`kinds` as of `picture_kinds`; `aspects`: width by height of the picture, which the square of a thumbnail does not tell."""

    thumbs: Thumbs
    colours: Colours
    kinds: NDArray[np.uint8]
    aspects: NDArray[np.float64]


def looks_of(facts: Sequence[PictureFacts], limits: DuplicateLimits) -> Looks:
    thumbs = unpack_thumbnails([item.thumbnail for item in facts])
    colours = np.array([item.colour_grid for item in facts], dtype=np.float32).reshape(-1, GRID, GRID, 3)
    kinds = kinds_of(thumbs, np.array([item.white_share for item in facts]), limits)
    return Looks(thumbs, colours, kinds, np.array([item.width / item.height for item in facts]))
