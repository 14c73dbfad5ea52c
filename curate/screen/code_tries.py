"""Ways of showing a picture to a reader of QR and bar codes which it did not read as it is. Needs OpenCV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # shape (height, width)

SHOWN = 1_500_000  # pixels; nothing is enlarged beyond this
TURNED = 600_000  # pixels of a picture turned whole, which is reduced for it


class Try(NamedTuple):
    """One way of showing a picture, and the binarizer that zxing-cpp should use on it.

    `back` (shape (2, 3)) takes a point (x, y, 1) of what is shown to the picture.
    """

    name: str
    shown: Grey
    binarizer: str
    back: NDArray[np.float64]


def tries(grey: Grey) -> Iterator[Try]:
    """In the order of what each adds for its cost, measured on generated codes: small, soft, flat, turned, inverted.

    Each is made when it is asked for: whoever stops early pays for no other.
    """
    cv2 = _opencv()
    factor = max(1.0, min(2.0, (SHOWN / grey.size) ** 0.5))
    same, enlarged = np.eye(2, 3), np.eye(2, 3) / factor
    large: Grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    sharp = _sharpened(large, factor)
    yield Try("enlarged and sharpened", sharp, "LocalAverage", enlarged)
    # Rows of pixels have to cross all bars of a linear code: between 30 and 60 degrees no row and no column does.
    less = min(1.0, (TURNED / 2 / grey.size) ** 0.5)
    small: Grey = cv2.resize(grey, None, fx=less, fy=less, interpolation=cv2.INTER_AREA)
    turned, back = _turned(_sharpened(small, 1.0), 45.0)
    yield Try("turned by 45 degrees", turned, "LocalAverage", back / less)
    yield Try("smoothed, one threshold", cv2.medianBlur(grey, 3), "GlobalHistogram", same)
    yield Try("enlarged, one threshold", large, "GlobalHistogram", enlarged)
    yield Try("enlarged", large, "LocalAverage", enlarged)
    yield Try("black and white", _black_and_white(large), "FixedThreshold", enlarged)
    turned, back = _turned(sharp, 45.0)
    yield Try("enlarged, sharpened, turned", turned, "LocalAverage", enlarged[:, :2] @ back)
    yield Try("evened out", cv2.createCLAHE(3.0, (8, 8)).apply(large), "LocalAverage", enlarged)


def _opencv() -> Any:
    import cv2

    cv2.setNumThreads(1)
    return cv2


def _sharpened(grey: Grey, sigma: float) -> Grey:
    cv2 = _opencv()
    out: Grey = cv2.addWeighted(grey, 2.5, cv2.GaussianBlur(grey, (0, 0), sigma), -1.5, 0)
    return out


def _black_and_white(grey: Grey) -> Grey:
    cv2 = _opencv()
    out: Grey = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 4)
    return out


def _turned(grey: Grey, degrees: float) -> tuple[Grey, NDArray[np.float64]]:
    """The picture turned on a ground of its border's grey, and the way back (shape (2, 3))."""
    cv2 = _opencv()
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    wide = int(height * abs(turn[0, 1]) + width * abs(turn[0, 0]))
    high = int(height * abs(turn[0, 0]) + width * abs(turn[0, 1]))
    turn[:, 2] += (wide - width) / 2, (high - height) / 2
    ground = int(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    shown: Grey = cv2.warpAffine(grey, turn, (wide, high), flags=cv2.INTER_LINEAR, borderValue=ground)
    back: NDArray[np.float64] = cv2.invertAffineTransform(turn)
    return shown, back
