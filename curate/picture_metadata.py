"""What a picture file says about itself: EXIF, IPTC, XMP, comments, as stated. A part that cannot be read is named.

EXIF: CIPA DC-008; IPTC: IIM 4.2 datasets of record 2; XMP: ISO 16684-1, packet scanning of part 3 as a fallback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import ExifTags, Image, IptcImagePlugin

METADATA_VERSION = "1"  # raise it when what is read of a file changes
XMP_CAP = 256 * 1024  # bytes of one packet
TEXT_CAP = 16 * 1024  # characters of one EXIF, IPTC or comment value
PAIRS_CAP = 400  # values of one kind

Pairs = tuple[tuple[str, str], ...]

# IIM 4.2, record 2: the datasets that name people, places or rights, or say what is shown.
_IIM = {
    5: "ObjectName", 7: "EditStatus", 10: "Urgency", 12: "SubjectReference", 15: "Category",
    20: "SupplementalCategories", 22: "FixtureIdentifier", 25: "Keywords", 26: "ContentLocationCode", 27: "ContentLocationName", 30: "ReleaseDate",
    37: "ExpirationDate", 40: "SpecialInstructions", 55: "DateCreated", 60: "TimeCreated", 65: "OriginatingProgram",
    80: "By-line", 85: "By-lineTitle", 90: "City", 92: "Sub-location", 95: "Province-State", 100: "Country-Code",
    101: "Country", 103: "OriginalTransmissionReference", 105: "Headline", 110: "Credit", 115: "Source",
    116: "CopyrightNotice", 118: "Contact", 120: "Caption-Abstract", 122: "Writer-Editor", 135: "LanguageIdentifier",
}  # fmt: skip
_EXIF_IFD, _GPS_IFD, _MAKER_NOTE, _GPS_VERSION, _ORIENTATION = 0x8769, 0x8825, 0x927C, 0, 0x0112
_POINTERS = {_EXIF_IFD, _GPS_IFD, 0xA005, _MAKER_NOTE, 700, 33723, 34377}  # sub-blocks, read on their own or opaque
_USER_COMMENT = 0x9286
_XP_TAGS = range(0x9C9B, 0x9CA0)  # XPTitle … XPSubject: UTF-16LE
_UTF8_DECLARED = b"\x1b%G"  # IIM 1:90, ISO 2022 designation of UTF-8
_PACKET_ENDS = ((b"<x:xmpmeta", b"</x:xmpmeta>"), (b"<rdf:RDF", b"</rdf:RDF>"))


@dataclass(frozen=True, slots=True)
class Metadata:
    """Fields as in PictureFacts; `unread` is its `metadata_unread`."""

    exif: Pairs
    gps: bool
    iptc: Pairs
    xmp: str | None
    comments: Pairs
    unread: tuple[str, ...]


def orientation_of(picture: Image.Image) -> int:
    """EXIF orientation 1..8; 1 when absent, unreadable (`read_metadata` reports that) or out of range."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # the parser fails on broken blocks in many ways; the picture is then shown as stored
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def read_metadata(picture: Image.Image, data: bytes) -> Metadata:
    """All parts of a loaded picture; `data` are the bytes of its file. Never raises for a broken part."""
    unread: list[str] = []

    def part(name: str, read: Callable[[], Pairs]) -> Pairs:
        try:
            pairs = read()
        except Exception as error:  # hostile blocks break the parser in many ways; all mean "could not be read"
            unread.append(f"{name}: {type(error).__name__}")
            return ()
        if len(pairs) > PAIRS_CAP or any(len(text) > TEXT_CAP for _, text in pairs):
            unread.append(f"{name}: more than {PAIRS_CAP} values, or a value longer than {TEXT_CAP} characters")
        return tuple((tag, text[:TEXT_CAP]) for tag, text in pairs[:PAIRS_CAP])

    exif = part("exif", lambda: tuple(_exif(picture)))
    places = part("gps", lambda: tuple(_gps(picture)))
    iptc = part("iptc", lambda: tuple(_iptc(picture)))
    comments = part("comments", lambda: tuple(_comments(picture)))
    xmp, xmp_trouble = _xmp(picture, data)
    unread.extend(xmp_trouble)
    if any(name.lower().startswith("raw profile type iptc") for name in picture.info if isinstance(name, str)):
        unread.append("iptc: kept in a PNG text chunk, which is not read")
    return Metadata(exif, bool(places), iptc, xmp, comments, tuple(unread))


def _text(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8").replace("\0", " ").strip()
        except UnicodeDecodeError:
            return value.decode("latin-1").replace("\0", " ").strip()
    if isinstance(value, tuple | list):
        return ", ".join(_text(item) for item in value)
    return str(value).replace("\0", " ").strip()


def _user_comment(value: object, *, little: bool) -> str:
    """EXIF UserComment: eight bytes name the character code, the text follows; `little` is the block's byte order."""
    if not isinstance(value, bytes) or len(value) < 8:
        return _text(value)
    code, body = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        # Writers disagree on the order of the bytes: a mark or a first Latin letter tells, else the block's own holds.
        if body[:2] == b"\xff\xfe" or body[1:2] == b"\0":
            little = True
        elif body[:2] == b"\xfe\xff" or body[:1] == b"\0":
            little = False
        return _text(body.decode("utf-16-le" if little else "utf-16-be", "replace").lstrip("\ufeff"))
    if code.startswith(b"JIS"):
        return _text(body.decode("iso2022_jp", "replace"))
    return _text(body if code.startswith(b"ASCII") or not code.strip(b"\0") else value)


def _exif(picture: Image.Image) -> Iterator[tuple[str, str]]:
    block = picture.getexif()
    for tags in (dict(block), block.get_ifd(_EXIF_IFD)):
        for tag, value in tags.items():
            if tag in _POINTERS:
                continue
            if tag == _USER_COMMENT:
                text = _user_comment(value, little=block.endian != ">")
            elif tag in _XP_TAGS and isinstance(value, bytes | tuple):
                text = _text(bytes(value).decode("utf-16-le", "replace"))
            else:
                text = _text(value)
            if text:
                yield ExifTags.TAGS.get(tag, f"0x{tag:04X}"), text


def _gps(picture: Image.Image) -> Iterator[tuple[str, str]]:
    """Names of the GPS tags that state something; the place itself is not kept."""
    for tag, value in picture.getexif().get_ifd(_GPS_IFD).items():
        if tag != _GPS_VERSION and _text(value):
            yield ExifTags.GPSTAGS.get(tag, f"0x{tag:04X}"), ""


def _iptc(picture: Image.Image) -> Iterator[tuple[str, str]]:
    datasets = IptcImagePlugin.getiptcinfo(picture) if hasattr(picture, "fp") else None  # type: ignore[arg-type]
    if not datasets:
        return
    declared = datasets.get((1, 90))
    utf8 = declared == _UTF8_DECLARED or (isinstance(declared, list) and _UTF8_DECLARED in declared)
    for (record, number), values in sorted(datasets.items()):
        if record != 2 or number == 0:
            continue
        for value in values if isinstance(values, list) else [values]:
            text = value.decode("utf-8", "replace").strip() if utf8 else _text(value)
            if text:
                yield _IIM.get(number, f"2:{number}"), text


def _comments(picture: Image.Image) -> Iterator[tuple[str, str]]:
    for name, text in (getattr(picture, "text", None) or {}).items():
        if name != "XML:com.adobe.xmp" and not name.lower().startswith("raw profile type"):
            yield str(name), _text(str(text))
    comment = picture.info.get("comment")
    if comment:
        yield "comment", _text(comment)


def _xmp(picture: Image.Image, data: bytes) -> tuple[str | None, list[str]]:
    """The packet, and what is there but was not read."""
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if packet is None:
        packet = _scan(data)
    if packet is None:
        return None, []
    raw = packet if isinstance(packet, bytes) else str(packet).encode()
    if len(raw) > XMP_CAP:
        return None, [f"xmp: a packet of {len(raw)} bytes, at most {XMP_CAP} are read"]
    trouble = ["xmp: an extended packet, which is not read"] if b"HasExtendedXMP" in raw else []
    coding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"  # UTF-16 is rare and legal
    text = raw.decode(coding, "replace")
    if "\ufffd" in text:  # kept all the same: a reservation may stand in the readable part
        trouble.append("xmp: the packet is not wholly text in UTF-8 or UTF-16")
    return text.strip("\0 \r\n\t"), trouble


def _scan(data: bytes) -> bytes | None:
    """A packet that stands in the file where Pillow does not look (GIF, JPEG 2000, behind the picture)."""
    for begin, end in _PACKET_ENDS:
        start = data.find(begin)
        stop = data.find(end, start) if start >= 0 else -1
        if stop >= 0:
            return data[start : stop + len(end)]
    return None
