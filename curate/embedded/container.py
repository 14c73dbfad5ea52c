"""Which container a file is, told by its first bytes, and all that its walk finds.

Containers are walked by their own structure, never by the decoder: a part that a decoder ignores (a second EXIF block,
chunks behind the picture, a second picture) still says what it says.
"""

from __future__ import annotations

from curate.embedded import bmff, gif, jpeg, png, riff, tiff
from curate.embedded.blocks import Blocks

_WALKS = {
    "JPEG": jpeg.walk,
    "PNG": png.walk,
    "WebP": riff.walk,
    "TIFF": tiff.walk,
    "HEIF": bmff.walk,
    "JPEG 2000": bmff.walk,
    "GIF": gif.walk,
}


def container_of(data: bytes) -> str | None:
    """Name of the container whose first bytes `data` has; None: it is none that is walked here. AVIF counts as HEIF."""
    if data.startswith(b"\xff\xd8"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if data[4:8] in (b"ftyp", b"jP  "):
        return "HEIF" if data[4:8] == b"ftyp" else "JPEG 2000"
    return "GIF" if data.startswith(b"GIF8") else None


def blocks_of(data: bytes) -> Blocks:
    """All parts of the file `data`, told by its first bytes; a file of another kind has none that are known by place."""
    blocks = Blocks()
    if (name := container_of(data)) is not None:
        _WALKS[name](data, blocks)
    return blocks
