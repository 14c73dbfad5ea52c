"""Traces of people inside the file: GPS, names of owners and photographers, serial numbers, comments, user folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from curate.finding import Channel, Check, Finding, Unscreened, Where
from curate.picture import PictureFacts
from curate.record import RightsFacts
from curate.screen.hit import finding
from curate.screen.metadata_people import DETECTOR, NOT_COMMENTS, Stated, about_people
from curate.screen.reasons_ja import unscreened
from curate.screen.rights.manifests import values_of
from curate.screen.rights.notices import bare
from curate.screen.wording import Reason
from curate.screen.xmp import SHORT, ReadXmp, XmpValue, read_packets
from curate.sidecars import Beside

NAMESPACES = {prefix: namespace for namespace, prefix in SHORT.items()}

_TEXT_EXIF = frozenset(
    {
        "imagedescription",
        "usercomment",
        "xpcomment",
        "xptitle",
        "xpsubject",
        "xpkeywords",
        "documentname",
        "pagename",
        "copyright",
        "software",
        "processingsoftware",
        "hostcomputer",
    }
)
_TEXT_XMP = re.compile(
    r"(?:dc|photoshop|Iptc4xmpCore|Iptc4xmpExt|xmpRights|plus|mwg-rs|MPReg|lr|MicrosoftPhoto|cc|schema|pdf):|(?:tiff|exif):(?:ImageDescription|UserComment)"
)
_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]|@|[^\x00-\x7f]{2}|\d{2,4}-\d{2,4}-\d{3,4}|\b\d{12}\b")
# Keys of JSON sidecars: photo services (people[].name, geoData.latitude) and ExifTool (EXIF:Artist, XMP:RegionName).
_JSON_PROPERTIES = tuple(
    (re.compile(rf"(?i)(?:^|[.:_-])(?:{keys})$"), property_)
    for keys, property_ in (
        (r"gps_?(?:latitude|longitude|position|coordinates)|latitude|longitude|lat|lng|lon", ("exif", "GPSLatitude")),
        (
            r"(?:people|persons?|faces?)(?:[.:_-]?(?:names?|displayname))?|person_?in_?image|region_?(?:person_?display_?)?name",
            ("Iptc4xmpExt", "PersonInImage"),
        ),
        (
            r"artist|authors?|creators?|photographers?|by-?line|owner_?name|camera_?owner_?name|uploader|creator\.name",
            ("dc", "creator"),
        ),
        (r"(?:camera|body|lens)?_?serial_?(?:number|no)", ("exifEX", "BodySerialNumber")),
    )
)
_TECHNICAL_KEY = re.compile(
    r"(?i)(?:^|[.:_-])(?:url|uri|href|id|uuid|guid|hash|sha\d*|md5|checksum|mime_?type|date|time|timestamp|version)$"
)


@dataclass(frozen=True, slots=True)
class MetadataText:
    """A free text inside the file, for the detectors of texts."""

    field: str
    text: str


def metadata_texts(facts: PictureFacts, xmp: ReadXmp) -> tuple[MetadataText, ...]:
    """What people wrote into the file; technical values (dates, ids, camera settings) are left out."""
    texts = [MetadataText(f"exif:{name}", text) for name, text in facts.exif if bare(name) in _TEXT_EXIF]
    texts += [MetadataText(f"iptc:{name}", text) for name, text in facts.iptc if re.search(r"[^\W\d_]{2}|\d{7}", text)]
    texts += _texts_in(_values(facts, xmp))
    texts += [MetadataText(f"comment:{name}", text) for name, text in facts.comments if not NOT_COMMENTS.search(name)]
    return tuple(dict.fromkeys(item for item in texts if item.text.strip()))


def _texts_in(values: Iterable[XmpValue]) -> list[MetadataText]:
    return [
        MetadataText(value.key, value.text)
        for value in values
        if _TEXT_XMP.match(value.key)
        # A scheme that nobody lists here: what has words, and not what has a technical name.
        or (":" not in value.key and _WORDS.search(value.text) and not _TECHNICAL_KEY.search(value.name))
    ]


def _values(facts: PictureFacts, xmp: ReadXmp) -> tuple[XmpValue, ...]:
    return (*xmp.values, *values_of(facts.credentials))


def screen_metadata(
    facts: PictureFacts, rights: RightsFacts, xmp: ReadXmp, *, thumbnail_difference: float = 0.2
) -> tuple[list[Finding], list[Unscreened]]:
    """What the named fields of one file say about people; free texts are for the detectors of texts."""
    stated = Stated(facts.image_id, _values(facts, xmp), facts.exif, facts.iptc, facts.comments)
    reasons = [*(f"XMP packet: {reason}" for reason in xmp.broken), *facts.metadata_unread]
    notes = [unscreened(facts.image_id, DETECTOR, Check.METADATA_PRIVACY, reason) for reason in reasons]
    if facts.gps:
        place = [finding(facts.image_id, DETECTOR, "privacy.gps", Where(Channel.METADATA, "exif:GPSInfo"))]
    else:
        place = []
    findings = [*place, *about_people(stated, rights), *_leftovers(facts, thumbnail_difference)]
    return list(dict.fromkeys(findings)), notes


def screen_beside(
    image_id: str, beside: Beside, rights: RightsFacts
) -> tuple[list[Finding], list[Unscreened], tuple[MetadataText, ...]]:
    """The same of the sidecars of one picture (XMP and JSON), and their free texts: what stands beside a file is said of it.

    A sidecar that cannot be read leaves open what it says about people.
    """
    outside = read_packets(text for _, text in beside.packets)
    named = tuple(value for _, key, text in beside.values if (value := _of_json(key, text)) is not None)
    reasons = [f"xmp sidecar: {reason}" for reason in outside.broken]
    reasons += [reason for reason in beside.unread if reason.startswith((".xmp sidecar", ".json sidecar"))]
    notes = [unscreened(image_id, DETECTOR, Check.METADATA_PRIVACY, reason) for reason in reasons]
    findings = about_people(Stated(image_id, outside.values, prefix="sidecar "), rights)
    findings += about_people(Stated(image_id, named, prefix="sidecar json "), rights)
    texts = [MetadataText(f"sidecar {item.field}", item.text) for item in _texts_in(outside.values)]
    texts += [
        MetadataText(f"sidecar json {key}", text)
        for _, key, text in beside.values
        if re.search(r"[^\W\d_]{2}|\d{7}", text) and not _TECHNICAL_KEY.search(key)
    ]
    return list(dict.fromkeys(findings)), notes, tuple(dict.fromkeys(item for item in texts if item.text.strip()))


def _of_json(key: str, text: str) -> XmpValue | None:
    """A value of a JSON sidecar as the XMP property that says the same, None where none does.

    Exports of photo services and of ExifTool have no common scheme: the last words of the path decide.
    """
    for pattern, (prefix, name) in _JSON_PROPERTIES:
        if pattern.search(key):
            if name == "GPSLatitude" and not any(digit in text for digit in "123456789"):
                return None  # "0.0": no place is known
            return XmpValue(NAMESPACES[prefix], name, text)
    return None


def _leftovers(facts: PictureFacts, limit: float) -> Iterator[Finding]:
    unlike = facts.thumbnail_difference
    if unlike is not None and unlike > limit:
        where = Where(Channel.METADATA, "exif:Thumbnail")
        why = Reason(
            f"difference {unlike:.2f}, at most {limit:.2f} is usual",
            f"差は {unlike:.2f} です（通常は {limit:.2f} 以下）",
        )
        yield finding(facts.image_id, DETECTOR, "privacy.thumbnail_differs", where, why=why, score=min(1.0, unlike))
    if facts.maker_note:
        yield finding(facts.image_id, DETECTOR, "privacy.maker_note", Where(Channel.METADATA, "exif:MakerNote"))
