"""WebP: the chunks of the RIFF container (RFC 9649, 2.7); C2PA has one of its own (C2PA 2.1, A.3.5)."""

from __future__ import annotations

from curate.embedded.blocks import Blocks


def walk(data: bytes, blocks: Blocks) -> None:
    size = int.from_bytes(data[4:8], "little")
    blocks.trailer = data[8 + size + size % 2 :]
    place = 12
    while place + 8 <= len(data):
        kind = data[place : place + 4]
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        body = data[place + 8 : place + 8 + length]
        if kind in (b"EXIF", b"XMP ", b"C2PA") and len(body) < length:
            blocks.fail({b"EXIF": "exif", b"XMP ": "xmp", b"C2PA": "c2pa"}[kind], "its chunk ends early")
        if kind == b"EXIF":
            blocks.add_exif(body)
        elif kind.rstrip(b"\0 ") == b"XMP":
            blocks.add_xmp(body, place + 8)
        elif kind == b"C2PA":
            blocks.spans.append((place, place + 8 + length))
            blocks.jumbf += body
        place += 8 + length + length % 2
