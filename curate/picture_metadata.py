"""What a picture file says about itself: EXIF, IPTC, XMP, C2PA, comments, as stated. A part that cannot be read is named.

EXIF: CIPA DC-008; IPTC: IIM 4.2; XMP: ISO 16684; C2PA 2.1. The containers are walked in curate.embedded; nothing is
interpreted here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import ExifTags, Image

from curate.embedded import tiff
from curate.embedded.blocks import PART_CAP, Blocks, Structure, Tag
from curate.embedded.container import blocks_of
from curate.embedded.credentials import read_credentials
from curate.embedded.lettering import lettered, packet_text, remains, tidy, user_comment
from curate.embedded.photoshop import data_sets, resources_of
from curate.embedded.search import prohibited_terms, stray_packets
from curate.picture import ContentCredentials

_PADDING = b"\0\r\n\t \xff"  # what fills a file up to a block and says nothing
METADATA_VERSION = "5"  # raise it when what is read of a file changes
TEXT_CAP = 16 * 1024  # characters of one EXIF, IPTC or comment value
PAIRS_CAP = 400  # values of one kind
XMP_CAP = 4_000_000  # characters of all packets of a file

Pairs = tuple[tuple[str, str], ...]

_ORIENTATION, _GPS_VERSION = 0x0112, 0
_NEW_NAMES = {
    0xA436: "ImageTitle", 0xA437: "Photographer", 0xA438: "ImageEditor", 0xA439: "CameraFirmware",
    0xA43A: "RAWDevelopingSoftware", 0xA43B: "ImageEditingSoftware", 0xA43C: "MetadataEditingSoftware",
}  # fmt: skip
_CANON = {0x0006: "ImageType", 0x0009: "OwnerName", 0x0096: "InternalSerialNumber"}  # as ExifTool documents them
_NO_WORDS = {
    0x9000,
    0xA000,
    0x9101,
    0xA300,
    0xA301,
    0xA302,
    0x0002,
}  # versions, patterns: undefined bytes without words
_SKIPPED = {tiff.XMP_TAG, tiff.IPTC_TAG, tiff.PHOTOSHOP_TAG, tiff.C2PA_TAG, tiff.MAKER_NOTE, 34675, *_NO_WORDS}


@dataclass
class Metadata:
    """Fields as in PictureFacts; `unread` is its `metadata_unread`, `thumbnails` are JPEG files."""

    exif: list[tuple[str, str]] = field(default_factory=list)
    gps: bool = False
    iptc: list[tuple[str, str]] = field(default_factory=list)
    xmp: list[str] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    residue: list[tuple[str, str]] = field(default_factory=list)
    credentials: ContentCredentials | None = None
    prohibited_terms: tuple[str, ...] = ()
    maker_note: bool = False
    appended: int = 0
    thumbnails: list[bytes] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def fail(self, part: str, reason: str) -> None:
        note = f"{part}: {reason}"
        if note not in self.unread:
            self.unread.append(note)

    def pairs(self, name: str) -> Pairs:
        """`exif`, `iptc`, `comments` or `residue`, each value once, within the caps; what is cut off is unread."""
        kept = [pair for pair in dict.fromkeys(getattr(self, name)) if pair[1]]
        if name != "residue" and (len(kept) > PAIRS_CAP or any(len(text) > TEXT_CAP for _, text in kept)):
            self.fail(name, f"more than {PAIRS_CAP} values, or a value longer than {TEXT_CAP} characters")
        return tuple((tag[:200], text[:TEXT_CAP]) for tag, text in kept[:PAIRS_CAP])


def orientation_of(picture: Image.Image) -> int:
    """EXIF orientation 1..8; 1 when absent, unreadable (`read_metadata` reports that) or out of range."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # the parser fails on broken blocks in many ways; the picture is then shown as stored
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def read_metadata(data: bytes, trust_anchors: str = "") -> Metadata:
    """All parts of the file `data`. Never raises for a broken part.

    Args:
        trust_anchors: PEM certificates of signers of manifests that are trusted; nobody is without them.
    """
    found = Metadata()
    try:
        blocks = blocks_of(data)
    except Exception as error:  # hostile containers break the walk in ways of their own; all mean "could not be read"
        blocks = Blocks()
        found.fail("container", f"its parts cannot be told apart: {type(error).__name__}")
    _photoshop(blocks, found)
    for packet, start in stray_packets(data, blocks.spans):
        if not any(known.strip() in packet or packet in known for known in blocks.xmp):
            blocks.add_xmp(packet, start)
    if blocks.structure is not None:
        _structure(blocks.structure, data, found)
    for block in blocks.exif:
        structure = tiff.read_structure(block)
        _structure(structure, block, found)
        _inside(structure, blocks)
        if structure.trouble:
            found.residue += [("exif", text) for text in remains(block[:TEXT_CAP])]
    for block in blocks.iptc:
        pairs, whole = data_sets(block)
        found.iptc += pairs
        if not whole:
            found.fail("iptc", "the chain of its data sets is broken")
            found.residue += [("iptc", text) for text in remains(block[:TEXT_CAP])]
    _trailer(blocks.trailer, found)
    _packets(blocks, found)
    found.comments += [(name, lettered(text)) for name, text in blocks.texts]
    for note in blocks.trouble:
        part, _, reason = note.partition(": ")
        found.fail(part, reason)
    found.prohibited_terms = prohibited_terms(data)
    found.credentials = read_credentials(data, bytes(blocks.jumbf), trust_anchors=trust_anchors)
    return found


def _trailer(trailer: bytes, found: Metadata) -> None:
    """Bytes behind the picture, where some programs keep a second IPTC block (AFCP, FotoStation) and others leave notes."""
    found.appended = len(trailer.strip(_PADDING))
    if not found.appended:
        return
    start = trailer.find(b"\x1c\x02")
    if start >= 0:
        found.iptc += data_sets(trailer[start : start + PART_CAP])[0][:PAIRS_CAP]
    found.residue += [("trailer", text) for text in remains(trailer[:TEXT_CAP])]


def _photoshop(blocks: Blocks, found: Metadata) -> None:
    for block in blocks.photoshop:
        resources = resources_of(block)
        if not resources.whole:
            found.fail("iptc", "the chain of image resources is broken")
            found.residue += [("photoshop", text) for text in remains(block[:TEXT_CAP])]
        for part in resources.iptc:
            blocks.add_iptc(part)
        for part in resources.xmp:
            if part not in blocks.xmp:
                blocks.add_xmp(part)
        for part in resources.exif:
            blocks.add_exif(part)
        found.iptc += resources.facts
        if resources.thumbnail is not None:
            found.thumbnails.append(resources.thumbnail)


def _structure(structure: Structure, block: bytes, found: Metadata) -> None:
    for reason in structure.trouble:
        found.fail("exif", reason)
    for tag in structure.tags:
        if tag.directory == "gps":
            found.gps = found.gps or (tag.number != _GPS_VERSION and bool(tag.value.strip(b"\0 ")))
        elif tag.number == tiff.MAKER_NOTE:
            found.maker_note = True
            found.exif += [(_CANON[n], lettered(value)) for n, value in tiff.canon_note(structure, block, _CANON)]
        elif tag.number not in _SKIPPED and (text := _words(tag, structure.order)):
            name = ExifTags.TAGS.get(tag.number) or _NEW_NAMES.get(tag.number) or f"0x{tag.number:04X}"
            found.exif.append((name, text))
    if structure.thumbnail is not None:
        start, length = structure.thumbnail
        if length:
            found.thumbnails.append(block[start : start + length])


def _inside(structure: Structure, blocks: Blocks) -> None:
    """Packets and data sets that a writer put into tags of an EXIF block, as if it were a TIFF file."""
    for tag in structure.tags:
        if tag.number == tiff.XMP_TAG:
            if not any(packet.strip() in tag.value or tag.value.strip() in packet for packet in blocks.xmp):
                blocks.add_xmp(tag.value)
        elif tag.number == tiff.IPTC_TAG:
            blocks.add_iptc(tag.value)


def _words(tag: Tag, order: str) -> str:
    if tag.number == tiff.USER_COMMENT:
        return user_comment(tag.value, order)
    if tag.number in tiff.XP_TAGS:
        return tidy(tag.value.decode("utf-16-le", "replace"))
    # Copyright (33432) holds photographer and editor, parted by a NUL.
    text = lettered(tag.value)
    if tag.kind in (2, 129):
        return text if any(character.isalnum() for character in text) else ""
    shown = sum(character.isprintable() for character in text)
    return text if len(text) > 4 and shown > 0.95 * len(text) else ""


def _packets(blocks: Blocks, found: Metadata) -> None:
    room = XMP_CAP
    for packet in blocks.xmp:
        text, whole = packet_text(packet)
        if not whole:  # kept all the same: a reservation may stand in the readable part
            found.fail("xmp", "the packet is not wholly text in UTF-8 or UTF-16")
        if len(text) > room:
            found.fail("xmp", f"packets of more than {XMP_CAP} characters")
            continue
        room -= len(text)
        if text and text not in found.xmp:
            found.xmp.append(text)
    if any("HasExtendedXMP" in text for text in found.xmp) and len(found.xmp) < 2:
        found.fail("xmp", "an extended packet is announced and is not there")
