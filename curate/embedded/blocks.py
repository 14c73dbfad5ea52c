"""The parts of a file that say something about it, as bytes, and how they are found in each container.

Containers are walked by their own structure, never by the decoder: a part that a decoder ignores (a second EXIF block,
chunks behind the picture, a second picture) still says what it says. A part that is there and cannot be taken out whole is
named in `trouble`, as ``part: reason``; what it says is unknown, not clean.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curate.embedded.tiff import Structure

PART_CAP = 4 * 1024 * 1024  # bytes of one part, inflated
PARTS_CAP = 200  # parts of one kind

EXIF_HEADER = b"Exif\0\0"
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # ISO 16684-3, table 5
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # C2PA 2.1, A.5


@dataclass
class Blocks:
    """Filled while a container is walked. `exif`: TIFF structures; `structure`: that of a TIFF file itself; `xmp`: packets; `iptc`: IIM data sets;
    `photoshop`: image resources; `texts`: named texts of PNG, comments of JPEG and GIF as (name, bytes);
    `jumbf`: boxes of C2PA, joined; `trailer`: what stands behind the last picture of a JPEG or PNG file. `spans` = (start, end) of the packets in the file, which a search then leaves out."""

    exif: list[bytes] = field(default_factory=list)
    structure: Structure | None = None
    xmp: list[bytes] = field(default_factory=list)
    iptc: list[bytes] = field(default_factory=list)
    photoshop: list[bytes] = field(default_factory=list)
    texts: list[tuple[str, bytes]] = field(default_factory=list)
    jumbf: bytearray = field(default_factory=bytearray)
    trailer: bytes = b""
    spans: list[tuple[int, int]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def add_exif(self, block: bytes) -> None:
        """`block` with or without the six bytes that JPEG puts before the TIFF structure."""
        self._keep(self.exif, block.removeprefix(EXIF_HEADER), "exif")

    def add_xmp(self, packet: bytes, start: int | None = None) -> None:
        """`start`: where the packet begins in the file, None if it does not stand there as it is."""
        if start is not None:
            self.spans.append((start, start + len(packet)))
        if packet.strip(b"\0 \r\n\t"):
            self._keep(self.xmp, packet, "xmp")

    def add_iptc(self, block: bytes) -> None:
        self._keep(self.iptc, block, "iptc")

    def add_photoshop(self, block: bytes) -> None:
        self._keep(self.photoshop, block, "photoshop")

    def add_text(self, name: str, text: bytes) -> None:
        if len(self.texts) >= PARTS_CAP:
            self.fail("comments", f"more than {PARTS_CAP} texts")
        else:
            self.texts.append((name, text))

    def _keep(self, kept: list[bytes], part: bytes, name: str) -> None:
        if len(part) > PART_CAP:
            self.fail(name, f"a part of {len(part)} bytes, at most {PART_CAP} are read")
        if len(kept) >= PARTS_CAP:
            self.fail(name, f"more than {PARTS_CAP} parts")
        elif part[:PART_CAP] not in kept:
            kept.append(part[:PART_CAP])

    def fail(self, part: str, reason: str) -> None:
        note = f"{part}: {reason}"
        if note not in self.trouble and len(self.trouble) < PARTS_CAP:
            self.trouble.append(note)


def inflated(data: bytes) -> bytes:
    """zlib data inflated, at most PART_CAP + 1 bytes of it.

    Raises:
        ValueError: it is damaged or cut off; or longer than PART_CAP.
    """
    engine = zlib.decompressobj()
    try:
        plain = engine.decompress(data, PART_CAP + 1)
    except zlib.error as error:
        raise ValueError("compressed data that cannot be inflated") from error
    if len(plain) > PART_CAP:
        raise ValueError(f"inflates to more than {PART_CAP} bytes")
    if not engine.eof:
        raise ValueError("compressed data that ends early")
    return plain


def blocks_of(data: bytes) -> Blocks:
    """All parts of the file `data`, told by its first bytes; a file of another kind has none that are known by place."""
    from curate.embedded import bmff, gif, jpeg, png, riff, tiff

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
