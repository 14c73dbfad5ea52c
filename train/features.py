"""Text and picture of each image as one vector, for schemes that spell like images alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from train.teacher import TeacherSpace
from train.warm_start import leading_documents

if TYPE_CHECKING:
    from PIL.Image import Image

_TEXT_WIDTH = 64
_THUMBNAIL = 8  # pixels
_PICTURE_SHARE = 0.3  # of the squared length: texts say more of what is asked


def aligned(space: TeacherSpace, picture: Callable[[int], Image]) -> NDArray[np.float32]:
    """[N, D] unit rows: the leading singular vectors of the texts beside a small coloured thumbnail."""
    words = _unit(leading_documents(space, _TEXT_WIDTH))
    thumbnails = [
        np.asarray(picture(number).resize((_THUMBNAIL, _THUMBNAIL), resample=2), dtype=np.float32).ravel()
        for number in range(len(space))
    ]
    looks = np.stack(thumbnails)
    looks = _unit(looks - looks.mean(axis=0))
    return np.concatenate((words * np.sqrt(1 - _PICTURE_SHARE), looks * np.sqrt(_PICTURE_SHARE)), axis=1).astype(
        np.float32
    )


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
