"""From the bytes of a picture file to PictureFacts: pixel measures and perceptual hashes. Runs in the decode worker.

The only module that imports imagehash and pi_heif. What the file says about itself is read in `picture_metadata`.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from curate.embedded import thumbnail
from curate.picture import PictureFacts, Undecoded
from curate.picture_metadata import Metadata, orientation_of, read_metadata
from curate.picture_quality import (
    LevelMeasures,
    edge_steepness,
    grey_tail_share,
    jpeg_quality,
    laplacian_variance,
    level_measures,
)
from curate.pixel_parts import NOBODY, PixelReaders, plain, read_parts
from curate.screen.windows import SIDE, is_drawn, pack_thumbnail

# Formats whose readers are part of Pillow and run no other program (EPS would start an interpreter).
# MPO, the format of many phone cameras, comes with JPEG.
# HEIF is read by pi_heif, which brings its own decoder.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "HEIF", "JPEG2000", "PPM")
MEASURES_VERSION = "8"  # raise it when a pixel measure of PictureFacts changes its meaning
FAINT = 6.0  # grey levels of spread below which a picture is decoded whole: close to blank, little decides what it is
PAPER, SOLID = 0.55, 0.35  # shares of white, and of ink with an inside: a little beyond the limits of line art
PLAIN_BYTES = 0.1  # of a JPEG a pixel, below which it is likely to be mostly white
MEASURED_SIDE = 256  # pixels, long side of the grey picture on which everything is measured

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


class _TooMuch(Exception):
    """The header promises more than the limits allow."""


def look_at(
    data: bytes, image_id: str, limits: PixelLimits, readers: PixelReaders = NOBODY, trust_anchors: str = ""
) -> PictureFacts | Undecoded:
    """Decode the first frame whole and measure it; show every frame to the `readers` that are there.

    Never raises for a bad file: every way in which a decoder fails on it is an Undecoded with its reason. A reader may
    raise; then the picture is there and its part is not (`…_unscreened`). `trust_anchors`: PEM certificates of trusted
    signers of C2PA manifests.

    Raises:
        MemoryError: the memory of this process did not suffice; the caller says how much it had.
    """
    Image.MAX_IMAGE_PIXELS = limits.pixels  # also counts pictures inside containers, which no header shows
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _look(data, image_id, limits, readers, trust_anchors)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Undecoded(image_id, f"expected at most {limits.pixels} pixels, the file holds more", True)
    except _TooMuch as error:
        return Undecoded(image_id, str(error), True)
    except UnidentifiedImageError:
        reason = f"the bytes are none of the picture formats read here ({', '.join(FORMATS)})"
        return Undecoded(image_id, reason, True)
    except MemoryError:
        raise
    except Exception as error:  # decoders meet hostile bytes with a dozen exception types; all mean "not readable"
        return Undecoded(image_id, f"the file cannot be read whole: {plain(error)}", True)


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


def _open(data: bytes, limits: PixelLimits) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=_readable_formats())
    _check_size(picture, limits)
    return picture


def _check_size(picture: Image.Image, limits: PixelLimits) -> None:
    width, height = picture.size
    if width * height > limits.pixels:
        raise _TooMuch(f"expected at most {limits.pixels} pixels, the header says {width} x {height}")


def _look(
    data: bytes, image_id: str, limits: PixelLimits, readers: PixelReaders, trust_anchors: str
) -> PictureFacts | Undecoded:
    picture = _open(data, limits)
    file_format = str(picture.format)
    stored_width, stored_height = picture.size
    frames = int(getattr(picture, "n_frames", 1))
    if frames > limits.frames:
        raise _TooMuch(f"expected at most {limits.frames} pictures in one file, found {frames}")
    if frames > 1:
        picture = _open(data, limits)  # counting frames moved the reader
    small, light = _measured(picture, data, limits)
    metadata = read_metadata(data, trust_anchors)
    turn = _TURNS.get(orientation_of(picture))
    unlike = _thumbnail_difference(metadata, small)
    if turn is not None:
        small = small.transpose(turn)
    sideways = orientation_of(picture) >= 5
    parts = read_parts(lambda: _upright_frames(data, limits, frames), frames, readers)
    grey = small.convert("L")
    phash, dhash = _hashes(grey)
    levels = np.asarray(grey, dtype=np.uint8)
    return PictureFacts(
        image_id=image_id,
        file_format=file_format,
        width=stored_height if sideways else stored_width,
        height=stored_width if sideways else stored_height,
        byte_size=len(data),
        frames=frames,
        luminance_mean=light.luminance_mean,
        luminance_std=light.luminance_std,
        sharpness=round(laplacian_variance(levels), 4),
        dark_share=light.dark_share,
        white_share=light.white_share,
        entropy_bits=light.entropy_bits,
        phash=phash,
        dhash=dhash,
        colour_grid=_colour_grid(small),
        thumbnail=_thumbnail(grey),
        edge_steepness=round(edge_steepness(levels), 4),
        darkest=light.darkest,
        brightest=light.brightest,
        clipped_share=light.clipped_share,
        grey_tail_share=round(grey_tail_share(np.asarray(small)), 4),
        jpeg_quality=jpeg_quality(picture),
        exif=metadata.pairs("exif"),
        gps=metadata.gps,
        iptc=metadata.pairs("iptc"),
        xmp=tuple(metadata.xmp),
        comments=metadata.pairs("comments"),
        residue=metadata.pairs("residue"),
        credentials=metadata.credentials,
        prohibited_terms=metadata.prohibited_terms,
        maker_note=metadata.maker_note,
        thumbnail_difference=unlike,
        metadata_unread=tuple(metadata.unread),
        **parts,
    )


def _measured(picture: Image.Image, data: bytes, limits: PixelLimits) -> tuple[Image.Image, LevelMeasures]:
    """The small picture on which all is measured, as stored, and its levels. Loads `picture` and what stands behind it.

    JPEG can be decoded at 1/2, 1/4 or 1/8 while it is read, of which not less than the measured side is left. All coded data
    are read all the same, so that a truncated file is noticed. Mostly white, twice that side has to be left, and where
    the picture hangs on little, all of it. Few bytes a pixel tell beforehand that it is plain.
    """
    width, height = picture.size
    plain = len(data) < PLAIN_BYTES * width * height
    small, light = _at_side((2 if plain else 1) * MEASURED_SIDE, picture)
    if picture.size == (width, height):
        return small, light
    if light.luminance_std < FAINT or (light.white_share >= PAPER and _drawn(small)):
        return _at_side(None, _open(data, limits))
    if light.white_share < PAPER or plain:
        return small, light
    return _at_side(2 * MEASURED_SIDE, _open(data, limits))


def _at_side(longest: int | None, picture: Image.Image) -> tuple[Image.Image, LevelMeasures]:
    """Decoded with at least `longest` pixels on the long side, None = all, and reduced."""
    if longest is not None:
        width, height = (max(1, math.ceil(side * longest / max(picture.size))) for side in picture.size)
        picture.draft("RGB", (width, height))
    picture.load()
    small = _reduced(picture)
    return small, level_measures(np.array(small.convert("L").histogram(), dtype=np.int64))


def upright_picture(data: bytes, limits: PixelLimits) -> NDArray[np.uint8]:
    """The first frame as people see it: height x width x 3 levels, orientation applied, transparency laid on white.

    Raises:
        Exception: whatever a decoder raises for bytes that it cannot read; call it where `look_at` is called.
    """
    Image.MAX_IMAGE_PIXELS = limits.pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return next(_upright_frames(data, limits, 1))


def _thumbnail_difference(metadata: Metadata, small: Image.Image) -> float | None:
    """The worst of the embedded thumbnails against the picture as it is stored; None if there is none."""
    worst: float | None = None
    for number, data in enumerate(metadata.thumbnails):
        try:
            unlike = thumbnail.difference(thumbnail.open_thumbnail(data), small)
        except MemoryError:
            raise
        except Exception as error:  # a decoder's ways to fail on damaged bytes
            metadata.fail("thumbnail", f"number {number + 1} cannot be opened: {type(error).__name__}")
            continue
        worst = unlike if worst is None else max(worst, unlike)
    return worst


def _upright_frames(data: bytes, limits: PixelLimits, frames: int) -> Iterator[NDArray[np.uint8]]:
    picture = _open(data, limits)
    for number in range(frames):
        if number:
            picture.seek(number)
            _check_size(picture, limits)
        flat = _on_white(picture)
        turn = _TURNS.get(orientation_of(picture))
        yield np.asarray(flat if turn is None else flat.transpose(turn), dtype=np.uint8)


def _on_white(picture: Image.Image) -> Image.Image:
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


def _reduced(picture: Image.Image) -> Image.Image:
    """RGB with at most MEASURED_SIDE pixels on the long side, each the mean of those it stands for; never enlarged."""
    flat = _on_white(picture)
    longest = max(flat.size)
    if longest <= MEASURED_SIDE:
        return flat
    size = tuple(max(1, round(side * MEASURED_SIDE / longest)) for side in flat.size)
    return flat.resize((size[0], size[1]), Image.Resampling.BOX)


def _drawn(small: Image.Image) -> bool:
    return is_drawn(np.asarray(small.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.uint8), SOLID)


def _hashes(grey: Image.Image) -> tuple[str, str]:
    import imagehash

    phash, dhash = (np.packbits(made(grey).hash).tobytes().hex() for made in (imagehash.phash, imagehash.dhash))
    return phash, dhash


def _thumbnail(grey: Image.Image) -> str:
    return pack_thumbnail(np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.uint8))


def _colour_grid(small: Image.Image) -> tuple[float, ...]:
    cells = np.asarray(small.resize((8, 8), Image.Resampling.BOX), dtype=np.float64) / 255.0
    return tuple(cells.ravel().round(4).tolist())
