"""GIF: comment and application extensions (GIF89a, 24 and 26); C2PA keeps a manifest in one of them."""

from __future__ import annotations

from curate.embedded.blocks import PARTS_CAP, Blocks

_EXTENSION, _COMMENT, _APPLICATION, _IMAGE, _END = 0x21, 0xFE, 0xFF, 0x2C, 0x3B


def walk(data: bytes, blocks: Blocks) -> None:
    """XMP is not looked for here: it stands in the file as plain text, which the search of the whole file finds."""
    if len(data) < 13:
        return
    place = 13 + _colours(data[10])
    while place < len(data):
        if data[place] == _IMAGE:
            if place + 10 > len(data):
                return
            place += 10 + _colours(data[place + 9]) + 1
            _, place = _pieces(data, place)
        elif data[place] == _EXTENSION and place + 1 < len(data):
            label = data[place + 1]
            pieces, place = _pieces(data, place + 2)
            if label == _COMMENT and len(blocks.texts) < PARTS_CAP:
                blocks.add_text("comment", b"".join(pieces))
            elif label == _APPLICATION and pieces and pieces[0].startswith(b"C2PA_GIF"):
                blocks.jumbf += b"".join(pieces[1:])
        else:
            if data[place] == _END:
                blocks.trailer = data[place + 1 :]
            return


def _colours(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _pieces(data: bytes, place: int) -> tuple[list[bytes], int]:
    """Sub-blocks up to the empty one, and the place behind it."""
    pieces = []
    while place < len(data) and data[place]:
        pieces.append(data[place + 1 : place + 1 + data[place]])
        place += 1 + data[place]
    return pieces, place + 1
