"""PNG: text, EXIF and C2PA chunks (PNG 3rd edition 11.3; raw profiles as ImageMagick writes them)."""

from __future__ import annotations

import binascii
import re

from curate.embedded.blocks import Blocks, inflated

XMP_NAME = "XML:com.adobe.xmp"
_PROFILE = re.compile(r"raw profile type (\w+)", re.IGNORECASE)


def walk(data: bytes, blocks: Blocks) -> None:
    place = 8
    while place + 8 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        kind = data[place + 4 : place + 8]
        if not kind.isalpha():  # what stands behind the last chunk is no chunk
            break
        body = data[place + 8 : place + 8 + length]
        if kind == b"eXIf":
            blocks.add_exif(body)
        elif kind == b"caBX":
            blocks.spans.append((place, place + 8 + length))
            blocks.jumbf += body
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            try:
                _text(kind, body, place + 8, blocks)
            except ValueError as error:
                blocks.fail("comments", f"a text chunk: {error}")
        place += 12 + length
    blocks.trailer = data[place:]


def _text(kind: bytes, body: bytes, start: int, blocks: Blocks) -> None:
    """Raises: ValueError if the chunk does not hold together."""
    keyword, zero, rest = body.partition(b"\0")
    if not zero:
        raise ValueError("it has no end of its keyword")
    name = keyword.decode("latin-1").strip()
    place: int | None = None
    try:
        if kind == b"tEXt":
            text, place = rest, start + len(keyword) + 1
        elif kind == b"zTXt":
            text = inflated(rest[1:])
        else:
            compressed = rest[:1] == b"\1"
            parts = rest[2:].split(b"\0", 2)
            if len(parts) != 3:
                raise ValueError("it ends early")
            text = parts[2]
            if compressed:
                text = inflated(text)
            else:
                place = start + len(body) - len(text)
    except ValueError as error:
        if name == XMP_NAME:
            blocks.fail("xmp", str(error))
            return
        raise
    if name == XMP_NAME:
        blocks.add_xmp(text, place)
    elif match := _PROFILE.fullmatch(name):
        _profile(match.group(1).lower(), text, blocks)
    else:
        blocks.add_text(name, text)


def _profile(kind: str, text: bytes, blocks: Blocks) -> None:
    """Name, length, then the bytes in hexadecimal digits, each on lines of their own."""
    lines = text.split(b"\n")
    digits = [line.strip() for line in lines if line.strip()]
    try:
        raw = binascii.unhexlify(b"".join(digits[2:]))
    except (binascii.Error, ValueError):
        blocks.fail(
            {"app1": "exif", "exif": "exif", "xmp": "xmp"}.get(kind, "iptc"), "a raw profile that is no hex text"
        )
        return
    if kind == "xmp" or b"http://ns.adobe.com/xap/" in raw[:40]:
        blocks.add_xmp(raw.split(b"\0", 1)[-1] if raw.startswith(b"http://") else raw)
    elif kind in ("exif", "app1"):
        blocks.add_exif(raw)
    elif kind in ("iptc", "8bim", "app13"):
        raw = raw.removeprefix(b"Photoshop 3.0\0")
        if raw.startswith(b"8BIM"):
            blocks.add_photoshop(raw)
        else:
            blocks.add_iptc(raw)
