"""Photoshop image resources and the IPTC data sets they carry (Photoshop File Formats, "Image Resources"; IIM 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from curate.embedded.lettering import is_utf8, lettered, tidy

_SIGNATURES = (b"8BIM", b"PHUT", b"AgHg", b"DCSR", b"MeSa")
_IPTC, _XMP, _EXIF, _COPYRIGHTED, _URL, _THUMBNAIL = 0x0404, 0x0424, 0x0422, 0x040A, 0x040B, 0x040C

# IIM 4.2, record 2: the data sets that name people, places or rights, or say what is shown.
_NAMES = {
    5: "ObjectName", 7: "EditStatus", 10: "Urgency", 12: "SubjectReference", 15: "Category",
    20: "SupplementalCategories", 22: "FixtureIdentifier", 25: "Keywords", 26: "ContentLocationCode", 27: "ContentLocationName",
    30: "ReleaseDate", 37: "ExpirationDate", 40: "SpecialInstructions", 55: "DateCreated", 60: "TimeCreated",
    65: "OriginatingProgram", 80: "By-line", 85: "By-lineTitle", 90: "City", 92: "Sub-location", 95: "Province-State",
    100: "Country-Code", 101: "Country", 103: "OriginalTransmissionReference", 105: "Headline", 110: "Credit", 115: "Source",
    116: "CopyrightNotice", 118: "Contact", 120: "Caption-Abstract", 122: "Writer-Editor", 135: "LanguageIdentifier",
    221: "Prefs",
}  # fmt: skip
_DATA_SET = 0x1C
_UTF8 = b"\x1b%G"  # 1:90, ISO 2022 designation of UTF-8


@dataclass
class Resources:
    """What the image resources hold; `facts`: single statements as (name, text)."""

    iptc: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    exif: list[bytes] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    thumbnail: bytes | None = None
    whole: bool = True


def resources_of(block: bytes) -> Resources:
    """Every resource that matters here; `whole` is False where the chain breaks off."""
    found = Resources()
    place = 0
    while place + 12 <= len(block):
        if block[place : place + 4] not in _SIGNATURES:
            found.whole = not block[place:].strip(b"\0")
            break
        number = int.from_bytes(block[place + 4 : place + 6], "big")
        name = block[place + 6]
        place += 6 + 1 + name + (name + 1) % 2
        length = int.from_bytes(block[place : place + 4], "big")
        body = block[place + 4 : place + 4 + length]
        if len(body) < length:
            found.whole = False
        if number == _IPTC:
            found.iptc.append(body)
        elif number == _XMP:
            found.xmp.append(body)
        elif number == _EXIF:
            found.exif.append(body)
        elif number == _COPYRIGHTED and body[:1] not in (b"", b"\0"):
            found.facts.append(("CopyrightFlag", "True"))
        elif number == _URL and body.strip(b"\0 "):
            found.facts.append(("URL", lettered(body)))
        elif number == _THUMBNAIL:
            found.thumbnail = body[28:]
        place += 4 + length + length % 2
    return found


def data_sets(block: bytes) -> tuple[list[tuple[str, str]], bool]:
    """(name, text) of record 2, and whether the block held together to its end."""
    sets = list(_data_sets(block))
    utf8 = any(record == 1 and number == 90 and value.startswith(_UTF8) for record, number, value in sets)
    pairs = []
    for record, number, value in sets:
        if record != 2 or number == 0:
            continue
        text = tidy(value.decode("utf-8", "replace")) if utf8 and is_utf8(value) else lettered(value)
        if text:
            pairs.append((_NAMES.get(number, f"2:{number}"), text))
    return pairs, all(record >= 0 for record, _, _ in sets)


def _data_sets(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(record, number, value); record -1 stands for a break in the chain, behind which the next data set is looked for."""
    place = 0
    while place + 5 <= len(block):
        if block[place] != _DATA_SET:
            if not block[place:].strip(b"\0 "):
                return
            yield -1, 0, b""
            place = block.find(bytes([_DATA_SET]), place)
            if place < 0:
                return
            continue
        record, number = block[place + 1], block[place + 2]
        length = int.from_bytes(block[place + 3 : place + 5], "big")
        place += 5
        if length & 0x8000:  # extended data set: the number says how many bytes the length has
            size = length & 0x7FFF
            if size > 4:
                yield -1, 0, b""
                return
            length = int.from_bytes(block[place : place + size], "big")
            place += size
        value = block[place : place + length]
        if len(value) < length:
            yield -1, 0, b""
        yield record, number, value
        place += length
