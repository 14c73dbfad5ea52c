"""Opening picture files within limits, and showing their frames as people see them: upright, on white, eight bits a channel.

The only module that imports pi_heif.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from curate.picture_metadata import orientation_of

# Formats whose readers are part of Pillow and run no other program (EPS would start an interpreter).
# MPO, the format of many phone cameras, comes with JPEG.
# HEIF is read by pi_heif, which brings its own decoder.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "HEIF", "JPEG2000", "PPM")

# EXIF 2.32, tag 274: how the stored picture has to be turned to stand upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class PixelLimits:
    """`pixels` = width x height of any frame; `frames` = pictures in one file."""

    pixels: int
    frames: int


class TooMuch(Exception):
    """The header promises more than the limits allow."""


def open_picture(data: bytes, limits: PixelLimits) -> Image.Image:
    """Header read, pixels not yet. Raises: TooMuch, and whatever a decoder raises for bytes that it cannot read."""
    picture = Image.open(io.BytesIO(data), formats=_readable_formats())
    _check_size(picture, limits)
    return picture


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """`orientation` is that of EXIF, 1..8."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def upright_picture(data: bytes, limits: PixelLimits) -> NDArray[np.uint8]:
    """The first frame as people see it: height x width x 3 levels, orientation applied, transparency laid on white.

    Raises:
        Exception: whatever a decoder raises for bytes that it cannot read; call it where `look_at` is called.
    """
    Image.MAX_IMAGE_PIXELS = limits.pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return next(upright_frames(data, limits, 1))


def upright_frames(data: bytes, limits: PixelLimits, frames: int) -> Iterator[NDArray[np.uint8]]:
    """The first `frames` of the file as `upright_picture` gives the first one."""
    picture = open_picture(data, limits)
    for number in range(frames):
        if number:
            picture.seek(number)
            _check_size(picture, limits)
        yield np.asarray(upright(on_white(picture), orientation_of(picture)), dtype=np.uint8)


def on_white(picture: Image.Image) -> Image.Image:
    """RGB of any mode: transparency laid on white, 16-bit and floating levels scaled to 8 bits."""
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        levels = np.asarray(picture, dtype=np.float64)
        levels = np.nan_to_num(levels, nan=0.0, posinf=0.0, neginf=0.0)
        low, high = (0.0, 65535.0) if picture.mode.startswith("I;16") else (float(levels.min()), float(levels.max()))
        scaled = (levels - low) * (255.0 / (high - low)) if high > low else np.zeros_like(levels)
        return Image.fromarray(scaled.clip(0, 255).astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, clear).convert("RGB")
    return picture.convert("RGB")


@cache
def _readable_formats() -> tuple[str, ...]:
    """FORMATS that this build of Pillow has, and HEIF where its reader is installed."""
    Image.init()
    try:
        import pi_heif
    except ImportError:  # then such a file is reported as not readable, with the list of formats that are
        return tuple(name for name in FORMATS if name in Image.OPEN)
    pi_heif.register_heif_opener(thumbnails=False)
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _check_size(picture: Image.Image, limits: PixelLimits) -> None:
    width, height = picture.size
    if width * height > limits.pixels:
        raise TooMuch(f"expected at most {limits.pixels} pixels, the header says {width} x {height}")
