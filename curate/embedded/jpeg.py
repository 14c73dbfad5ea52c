"""JPEG: the marker segments of every picture in the file (ITU-T T.81 B.1.1; MPO: CIPA DC-007; extended XMP: ISO 16684-3)."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from curate.embedded.blocks import EXIF_HEADER, PART_CAP, Blocks

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
PICTURES_CAP = 16  # pictures in one file whose segments are read

_SOI, _EOI, _SOS, _APP1, _APP11, _APP13, _COM = 0xD8, 0xD9, 0xDA, 0xE1, 0xEB, 0xED, 0xFE
_BARE = {0x01, *range(0xD0, 0xDA)}  # markers without a length


def _markers(data: bytes) -> NDArray[np.int64]:
    """Places of every 0xFF that begins a marker: in coded data it is followed by 0x00 or a restart marker."""
    levels = np.frombuffer(data, dtype=np.uint8)
    places = np.flatnonzero(levels[:-1] == 0xFF)
    after = levels[places + 1]
    found: NDArray[np.int64] = places[(after != 0) & (after != 0xFF) & ((after < 0xD0) | (after > 0xD7))]
    return found


def walk(data: bytes, blocks: Blocks) -> None:
    markers = _markers(data)
    start = 0
    for _ in range(PICTURES_CAP):
        end = _picture(data, start, markers, blocks)
        start = data.find(b"\xff\xd8\xff", end)
        if start < 0:
            blocks.trailer = data[end:]
            return
    blocks.fail("exif", f"more than {PICTURES_CAP} pictures in one file")


def _next(markers: NDArray[np.int64], place: int, end: int) -> int:
    """The first marker at `place` or behind it; `end` if there is none."""
    number = int(np.searchsorted(markers, place))
    return int(markers[number]) if number < len(markers) else end


def _picture(data: bytes, start: int, markers: NDArray[np.int64], blocks: Blocks) -> int:
    """Segments of the picture that begins at `start`; where it ends."""
    place = start + 2
    photoshop = bytearray()
    extended: dict[bytes, dict[int, bytes]] = {}
    lengths: dict[bytes, int] = {}
    exif: list[bytearray] = []
    jumbf: dict[tuple[int, int], bytes] = {}
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            place = _next(markers, place, len(data))
            continue
        while place + 1 < len(data) and data[place + 1] == 0xFF:
            place += 1
        if place + 1 >= len(data):
            break
        marker = data[place + 1]
        if marker == _EOI or (marker == _SOI and place > start + 2):
            place += 2 if marker == _EOI else 0
            break
        if marker in _BARE or marker == 0:
            place += 2
            continue
        if place + 4 > len(data):
            break
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + max(2, length)]
        if marker == _APP1:
            if body.startswith(EXIF_HEADER):
                block = body[len(EXIF_HEADER) :]
                if exif and block[:2] not in (b"II", b"MM"):  # a block that went on in a second segment
                    exif[-1] += block
                else:
                    exif.append(bytearray(block))
            elif body.startswith(XMP):
                blocks.add_xmp(body[len(XMP) :], place + 4 + len(XMP))
            elif body.startswith(EXTENDED):
                blocks.spans.append((place, place + 2 + length))
                _extended(body[len(EXTENDED) :], extended, lengths, blocks)
        elif marker == _APP13 and body.startswith(PHOTOSHOP):
            photoshop += body[len(PHOTOSHOP) :]
        elif marker == _APP11 and body.startswith(b"JP"):
            blocks.spans.append((place, place + 2 + length))  # a picture inside a manifest is no part of this one
            _jumbf(body, jumbf)
        elif marker == _COM:
            blocks.add_text("comment", body)
        place += 2 + max(2, length)
        if marker == _SOS:
            place = _next(markers, place, len(data))
    if data[place : place + 2] == b"\xff\xd9":  # the end of the file, where no segment fits any more
        place += 2
    for joined in exif:
        blocks.add_exif(bytes(joined))
    if photoshop:
        blocks.add_photoshop(bytes(photoshop))
    for key in sorted(jumbf):
        blocks.jumbf += jumbf[key]
    for name, pieces in extended.items():
        _join(pieces, lengths[name], blocks)
    return max(place, start + 2)


def _extended(body: bytes, pieces: dict[bytes, dict[int, bytes]], lengths: dict[bytes, int], blocks: Blocks) -> None:
    """One segment of extended XMP: 32 characters of MD5, whole length, offset, then the piece."""
    if len(body) < 40:
        blocks.fail("xmp", "an extended packet that ends early")
        return
    name = body[:32]
    whole, offset = struct.unpack(">II", body[32:40])
    lengths.setdefault(name, whole)
    pieces.setdefault(name, {})[offset] = body[40:]


def _join(pieces: dict[int, bytes], whole: int, blocks: Blocks) -> None:
    joined = bytearray()
    for offset in sorted(pieces):
        if offset > len(joined) or offset > PART_CAP:
            break
        joined[offset:] = pieces[offset]
    if len(joined) < whole:
        blocks.fail("xmp", f"an extended packet of {whole} bytes of which {len(joined)} are there")
    blocks.add_xmp(bytes(joined))


def _jumbf(body: bytes, pieces: dict[tuple[int, int], bytes]) -> None:
    """ISO 19566-5, D.2: box instance, sequence number, then a piece of the box, whose header every piece repeats."""
    if len(body) < 16:
        return
    instance, number = struct.unpack(">HI", body[2:8])
    header = 16 if body[8:12] == b"\0\0\0\1" else 8
    pieces[instance, number] = body[8:] if number == 1 else body[8 + header :]
