"""HEIC, AVIF and JPEG 2000: boxes and items (ISO 14496-12, 8.11; ISO 23008-12; C2PA 2.1, A.5; ISO 15444-1 annex I)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from curate.embedded.blocks import C2PA_UUID, PARTS_CAP, XMP_UUID, Blocks, inflated

_IPTC_UUID = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")  # as Adobe and libiptcdata write IIM into JPEG 2000
_EXIF_UUID = b"JpgTiffExif->JP2"
_RDF = ("application/rdf+xml", "application/xmp+xml", "text/xml", "application/xml")


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int  # of its content in the file
    end: int


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """Boxes from `start` to `end`. Raises: ValueError where a length leads nowhere."""
    place = start
    for _ in range(100_000):
        if place + 8 > end:
            return
        length = int.from_bytes(data[place : place + 4], "big")
        kind = data[place + 4 : place + 8]
        header = 8
        if length == 1:
            length, header = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        elif length == 0:
            length = end - place
        if length < header or place + length > end:
            raise ValueError(f"box {kind.decode('latin-1')!r} leads out of what holds it")
        yield _Box(kind, place + header, place + length)
        place += length


def walk(data: bytes, blocks: Blocks) -> None:
    try:
        for box in _boxes(data, 0, len(data)):
            if box.kind == b"meta":
                _meta(data, box, blocks)
            elif box.kind == b"uuid":
                _uuid(data, box, blocks)
            elif box.kind == b"jumb":
                blocks.spans.append((box.start, box.end))
                blocks.jumbf += data[box.start - 8 : box.end]
            elif box.kind == b"xml ":
                blocks.add_xmp(data[box.start : box.end], box.start)
    except (ValueError, IndexError) as error:
        blocks.fail("container", str(error) or "a box that ends early")


def _uuid(data: bytes, box: _Box, blocks: Blocks) -> None:
    name, body = data[box.start : box.start + 16], data[box.start + 16 : box.end]
    if name == XMP_UUID:
        blocks.add_xmp(body, box.start + 16)
    elif name == C2PA_UUID:
        blocks.spans.append((box.start, box.end))
        blocks.jumbf += body
    elif name == _EXIF_UUID:
        blocks.add_exif(body)
    elif name == _IPTC_UUID:
        blocks.add_iptc(body)


class _Reader:
    """Big-endian numbers one after the other. Raises: ValueError behind the end."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self.place, self.end = data, start, end

    def number(self, size: int) -> int:
        if self.place + size > self.end:
            raise ValueError("an item table that ends early")
        self.place += size
        return int.from_bytes(self._data[self.place - size : self.place], "big")

    def word(self) -> str:
        stop = self._data.find(b"\0", self.place, self.end)
        stop = self.end if stop < 0 else stop
        text = self._data[self.place : stop].decode("utf-8", "replace")
        self.place = min(stop + 1, self.end)
        return text


def _meta(data: bytes, box: _Box, blocks: Blocks) -> None:
    """Items `Exif` and `mime` of the meta box, wherever their bytes lie."""
    inside = {part.kind: part for part in _boxes(data, box.start + 4, box.end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    wanted = dict(_wanted(data, inside[b"iinf"]))
    if not wanted:
        return
    if len(wanted) > PARTS_CAP:
        raise ValueError(f"more than {PARTS_CAP} items of metadata")
    found = set()
    idat = inside.get(b"idat")
    for number, extents in _places(data, inside[b"iloc"], idat.start if idat else None):
        if number not in wanted:
            continue
        found.add(number)
        kind, content, coding = wanted[number]
        name = "exif" if kind == "Exif" else "xmp"
        if any(start + length > len(data) for start, length in extents):
            blocks.fail(name, "an item that lies outside of the file")
        body = b"".join(data[start : start + length] for start, length in extents)
        if kind == "Exif":
            skip = int.from_bytes(body[:4], "big")
            rest = body[4 + skip :] if 4 + skip < len(body) else body[4:]
            blocks.add_exif(rest)
        else:
            if coding:
                try:
                    body = inflated(body)
                except ValueError as error:
                    blocks.fail("xmp", f"an item of type {content}, coding {coding}: {error}")
                    continue
            start = extents[0][0] if len(extents) == 1 and not coding else None
            blocks.add_xmp(body, start)
    for number in wanted.keys() - found:
        blocks.fail("exif" if wanted[number][0] == "Exif" else "xmp", "an item without a place")


def _wanted(data: bytes, iinf: _Box) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Item number -> (type, content type, coding) of those that are EXIF or XMP."""
    reader = _Reader(data, iinf.start, iinf.end)
    version = reader.number(4) >> 24
    reader.number(2 if version == 0 else 4)
    for entry in _boxes(data, reader.place, iinf.end):
        if entry.kind != b"infe":
            continue
        one = _Reader(data, entry.start, entry.end)
        version = one.number(4) >> 24
        if version < 2:
            number = one.number(2)
            one.number(2)
            one.word()
            content, coding = one.word(), one.word()
            kind = "mime"
        else:
            number = one.number(2 if version == 2 else 4)
            one.number(2)
            kind = one.number(4).to_bytes(4, "big").decode("latin-1")
            one.word()
            content, coding = (one.word(), one.word()) if kind == "mime" else ("", "")
        if kind == "Exif" or (kind == "mime" and content.split(";")[0].strip().lower() in _RDF):
            yield number, (kind, content, coding)


def _places(data: bytes, iloc: _Box, idat: int | None) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Item number -> [(place in the file, length)]."""
    reader = _Reader(data, iloc.start, iloc.end)
    version = reader.number(4) >> 24
    sizes = reader.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    for _ in range(reader.number(4 if version == 2 else 2)):
        number = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version in (1, 2) else 0
        reader.number(2)
        base = reader.number(base_size)
        extents = []
        for _ in range(reader.number(2)):
            reader.number(index_size)
            offset, length = reader.number(offset_size), reader.number(length_size)
            start = base + offset + ((idat or 0) if method == 1 else 0)
            extents.append((start, length or len(data) - start))
        if method > 1 or (method == 1 and idat is None):
            continue  # built from other items: no writer of metadata does that; reported as an item without a place
        yield number, extents
