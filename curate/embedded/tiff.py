"""TIFF structures, which EXIF blocks are as well: tags by directory (TIFF 6.0; CIPA DC-008, 4.6; BigTIFF).

Only values that can carry words or places are taken out: text, bytes, and which GPS tags are there.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from curate.embedded.blocks import PART_CAP, Blocks, Structure, Tag

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
_EXIF_IFD, _GPS_IFD, _INTEROP_IFD, _SUB_IFDS = 0x8769, 0x8825, 0xA005, 0x014A
XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG, C2PA_TAG = 700, 33723, 34377, 0xCD41
MAKER_NOTE, USER_COMMENT, XP_TAGS = 0x927C, 0x9286, range(0x9C9B, 0x9CA0)
_THUMB_START, _THUMB_LENGTH = 0x0201, 0x0202
_OPAQUE = {MAKER_NOTE, 0x8773, 0xC634, 0xC4A5, 0x935C, 0x0119, 0x015B}  # maker's own, colour profile, pixels
_OFFSETS = {0x0111, 0x0117, 0x0144, 0x0145}  # strips and tiles: long lists of numbers that lead to pixels
DIRECTORIES_CAP, ENTRIES_CAP = 128, 2000
WORDY = {2, 129, 7, 1}  # ASCII, UTF-8 (EXIF 3.0), undefined, bytes
# Tags that name people, rights or places, or lead to others: if one of these is broken, something may be hidden. Cameras
# write broken tags of their own by the dozen, which say nothing of the kind.
_TELLING = {
    *XP_TAGS, XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG, C2PA_TAG, USER_COMMENT, _EXIF_IFD, _GPS_IFD,
    0x010D, 0x010E, 0x011D, 0x0131, 0x013B, 0x013C, 0x8298, *range(0xA430, 0xA43C),
}  # fmt: skip


def read_structure(block: bytes) -> Structure:
    """Every directory that can be reached. Never raises: what leads nowhere is named in `trouble`."""
    order = {b"II": "little", b"MM": "big"}.get(bytes(block[:2]))
    if order is None or len(block) < 8:
        return Structure("big", trouble=["it is no TIFF structure"])
    structure = Structure(order)
    big = _number(block, 2, 2, order) == 43
    first = _number(block, 8, 8, order) if big else _number(block, 4, 4, order)
    _Walk(block, structure, big).run(first)
    return structure


def _number(block: bytes, place: int, size: int, order: str) -> int:
    return int.from_bytes(block[place : place + size], "little" if order == "little" else "big")


class _Walk:
    def __init__(self, block: bytes, structure: Structure, big: bool) -> None:
        self._block, self._to, self._order = block, structure, structure.order
        self._count, self._entry, self._inline = (8, 20, 8) if big else (2, 12, 4)
        self._seen: set[int] = set()
        self._entries = 0

    def run(self, first: int) -> None:
        waiting = [("main", first)]
        while waiting:
            name, place = waiting.pop(0)
            if place == 0 or place in self._seen:
                continue
            self._seen.add(place)
            if len(self._seen) > DIRECTORIES_CAP or self._entries > ENTRIES_CAP:
                self._fail("more directories than are read")
                return
            waiting.extend(self._directory(name, place))

    def _fail(self, reason: str) -> None:
        if reason not in self._to.trouble:
            self._to.trouble.append(reason)

    def _directory(self, name: str, place: int) -> Iterator[tuple[str, int]]:
        block, order = self._block, self._order
        number = _number(block, place, self._count, order)
        start = place + self._count
        if place + self._count > len(block) or start + number * self._entry > len(block):
            self._fail(f"directory {name} ends early")
            number = max(0, (len(block) - start) // self._entry)
        numbers: dict[int, int] = {}
        for entry in range(start, start + min(number, ENTRIES_CAP) * self._entry, self._entry):
            self._entries += 1
            tag, kind = _number(block, entry, 2, order), _number(block, entry + 2, 2, order)
            count = _number(block, entry + 4, self._inline, order)
            size = _SIZES.get(kind)
            if size is None:
                if tag in _TELLING:
                    self._fail(f"tag 0x{tag:04X} has the unknown type {kind}")
                continue
            at = entry + 4 + self._inline
            length = size * count
            if length > self._inline:
                at = _number(block, at, self._inline, order)
            if tag in (_EXIF_IFD, _GPS_IFD, _INTEROP_IFD):
                under = {_EXIF_IFD: "exif", _GPS_IFD: "gps", _INTEROP_IFD: "interop"}[tag]
                yield under, _number(block, at, size, order)
            elif tag == _SUB_IFDS and size in (4, 8):
                for item in range(min(count, 16)):
                    yield "sub", _number(block, at + item * size, size, order)
            elif tag in (_THUMB_START, _THUMB_LENGTH) and name in ("next", "sub"):
                numbers[tag] = _number(block, at, size, order)
            elif tag in _OFFSETS or (tag in _OPAQUE and tag != MAKER_NOTE):
                continue
            else:
                self._take(name, tag, kind, at, length)
        if len(numbers) == 2 and self._to.thumbnail is None:
            self._to.thumbnail = (numbers[_THUMB_START], numbers[_THUMB_LENGTH])
        if name in ("main", "next"):
            yield "next", _number(block, start + number * self._entry, self._inline, order)

    def _take(self, name: str, tag: int, kind: int, at: int, length: int) -> None:
        wordy = kind in WORDY or tag in (XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG, C2PA_TAG) or tag in XP_TAGS
        if not wordy and name != "gps":
            return
        if tag == MAKER_NOTE:
            self._to.tags.append(Tag(name, tag, kind, b""))  # it is there; what it says is the maker's secret
            self._to.maker_note = (at, length)
            return
        value = self._block[at : at + min(length, PART_CAP)]
        if len(value) < length and tag in _TELLING:
            self._fail(f"tag 0x{tag:04X} ends early")
        self._to.tags.append(Tag(name, tag, kind, bytes(value)))


def canon_note(structure: Structure, block: bytes, wanted: Container[int]) -> Iterator[tuple[int, bytes]]:
    """(tag, text) of the wanted tags of a maker note by Canon, a directory without a header: the owner stands there."""
    make = next((tag.value for tag in structure.tags if tag.number == 0x010F), b"")
    if not make.startswith(b"Canon") or structure.maker_note is None:
        return
    start, length = structure.maker_note
    for entry in range(start + 2, start + min(length, 2 + 12 * _number(block, start, 2, structure.order)), 12):
        tag, kind = _number(block, entry, 2, structure.order), _number(block, entry + 2, 2, structure.order)
        if tag in wanted and kind == 2:
            size = min(_number(block, entry + 4, 4, structure.order), 256)
            at = entry + 8 if size <= 4 else _number(block, entry + 8, 4, structure.order)
            yield tag, bytes(block[at : at + size])


def walk(data: bytes, blocks: Blocks) -> None:
    """A TIFF file: its own structure is its EXIF block, and other metadata lies in tags of any page."""
    structure = blocks.structure = read_structure(data)
    for tag in structure.tags:
        if tag.number == XMP_TAG:
            blocks.add_xmp(tag.value)
        elif tag.number == IPTC_TAG:
            blocks.add_iptc(_swapped(tag, structure.order))
        elif tag.number == PHOTOSHOP_TAG:
            blocks.add_photoshop(tag.value)
        elif tag.number == C2PA_TAG:
            blocks.jumbf += tag.value


def _swapped(tag: Tag, order: str) -> bytes:
    """IIM that some writers declare as 32-bit numbers: bytes come in the file's order, or swapped by fours."""
    value = tag.value
    if tag.kind == 4 and value[:1] != b"\x1c" and value[3:4] == b"\x1c":
        return b"".join(value[i : i + 4][::-1] for i in range(0, len(value), 4))
    return value
