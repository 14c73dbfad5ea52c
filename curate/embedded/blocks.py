"""The parts of a file that say something about it, as bytes.

A part that is there and cannot be taken out whole is named in `trouble`, as ``part: reason``; what it says is unknown,
not clean.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

PART_CAP = 4 * 1024 * 1024  # bytes of one part, inflated
PARTS_CAP = 200  # parts of one kind

EXIF_HEADER = b"Exif\0\0"
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # ISO 16684-3, table 5
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # C2PA 2.1, A.5


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a TIFF structure. `directory`: `main`, `exif`, `gps`, `interop`, `next` (the thumbnail of an EXIF block,
    a further page of a TIFF file) or `sub`; `value`: bytes as they stand there."""

    directory: str
    number: int
    kind: int
    value: bytes


@dataclass
class Structure:
    """A TIFF structure as it was read. `order`: `little` or `big`; `thumbnail`: (start, length) of a JPEG in the block."""

    order: str
    tags: list[Tag] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    thumbnail: tuple[int, int] | None = None
    maker_note: tuple[int, int] | None = None  # (start, length)


@dataclass
class Blocks:
    """Filled while a container is walked. `exif`: TIFF structures; `structure`: that of a TIFF file itself; `xmp`: packets; `iptc`: IIM data sets;
    `photoshop`: image resources; `texts`: named texts of PNG, comments of JPEG and GIF as (name, bytes);
    `jumbf`: boxes of C2PA, joined; `trailer`: what stands behind the end of a JPEG, PNG, GIF or WebP file. `spans` = (start, end) of the packets in the file, which a search then leaves out."""

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
