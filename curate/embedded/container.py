"""Which container a file is, told by its first bytes, and all that its walk finds.

Containers are walked by their own structure, never by the decoder: a part that a decoder ignores (a second EXIF block,
chunks behind the picture, a second picture) still says what it says.
"""

from __future__ import annotations

from curate.embedded import bmff, gif, jpeg, png, riff, tiff
from curate.embedded.blocks import Blocks


def blocks_of(data: bytes) -> Blocks:
    """All parts of the file `data`, told by its first bytes; a file of another kind has none that are known by place."""
    blocks = Blocks()
    if data.startswith(b"\xff\xd8"):
        jpeg.walk(data, blocks)
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        png.walk(data, blocks)
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        riff.walk(data, blocks)
    elif data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        tiff.walk(data, blocks)
    elif data[4:8] in (b"ftyp", b"jP  "):
        bmff.walk(data, blocks)
    elif data.startswith(b"GIF8"):
        gif.walk(data, blocks)
    return blocks
