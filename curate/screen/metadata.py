"""Traces of people inside the file: GPS, names of owners and photographers, serial numbers, comments, user folders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from curate.finding import Channel, Check, Detector, Finding, Severity, Unscreened, Where
from curate.picture import PictureFacts
from curate.record import RightsFacts
from curate.screen.hit import finding
from curate.screen.reasons_ja import unscreened
from curate.screen.rights.manifests import values_of
from curate.screen.rights.notices import bare
from curate.screen.wording import NO_REASON, Reason
from curate.screen.xmp import SHORT, ReadXmp, XmpValue, read_packets
from curate.sidecars import Beside

DETECTOR = Detector("file-metadata", "3")
NAMESPACES = {prefix: namespace for namespace, prefix in SHORT.items()}

_NAME_EXIF = frozenset({"artist", "cameraownername", "ownername", "xpauthor", "photographer", "author", "imageeditor"})
_NAME_IPTC = frozenset({"byline", "280", "writereditor", "writer", "captionwriter", "2122", "contact", "2118"})
_NAME_XMP = frozenset(
    {
        "dc:creator",
        "dc:contributor",
        "photoshop:CaptionWriter",
        "aux:OwnerName",
        "exifEX:CameraOwnerName",
        "tiff:Artist",
        "plus:CopyrightOwnerName",
        "plus:ImageCreatorName",
        "plus:LicensorName",
        "exif:OwnerName",
        "xmpRights:Owner",
        "cc:attributionName",
        "schema:author",
        "pdf:Author",
        "pdf:Creator",
        "schema:creator",
        "schema:copyrightHolder",
        "Iptc4xmpExt:AOCreator",
        "Iptc4xmpExt:AOCopyrightNotice",
        "MicrosoftPhoto:Author",
        "exifEX:Photographer",
        "exifEX:ImageEditor",
    }
)
_NAME_COMMENT = frozenset({"author", "artist", "creator", "photographer"})
_PEOPLE_XMP = frozenset({"Iptc4xmpExt:PersonInImage", "Iptc4xmpExt:PersonName", "MPReg:PersonDisplayName"})
_CONTACT = re.compile(
    r"Iptc4xmpCore:Ci(?:Adr|Email|Tel|Url)|plus:(?:Licensor|CopyrightOwner|ImageCreator)(?:Email|Telephone|StreetAddress|ID)|^schema:(?:email|telephone|address)"
)
_GPS_XMP = re.compile(
    r"(?:exif|exifEX):(?:GPSLatitude|GPSLongitude|GPSDestLatitude|GPSMapDatum|GPSPosition)|GPano:.*GPS", re.I
)
_SERIAL = frozenset(
    {"bodyserialnumber", "lensserialnumber", "cameraserialnumber", "serialnumber", "internalserialnumber"}
)
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
_COMMENT_EXIF = frozenset({"usercomment", "xpcomment"})
_TEXT_XMP = re.compile(
    r"(?:dc|photoshop|Iptc4xmpCore|Iptc4xmpExt|xmpRights|plus|mwg-rs|MPReg):|(?:tiff|exif):(?:ImageDescription|UserComment)"
)
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
# Metadata packets that some writers put into text chunks; they are read as what they are, not as comments.
_NOT_COMMENTS = re.compile(r"(?i)raw profile|exif|icc|iptc|xmp|^date:|^(?:software|creation time|dpi|jfif.*)$")
_FIRM = re.compile(
    r"会社|\(株\)|\(有\)|\b(?:Inc|Ltd|LLC|GmbH|AG|S\.?A|K\.?K|Corp|Corporation|Company|Co|PLC|BV|Agency|Press|Images)\b",
    re.I,
)
_USER_FOLDER = re.compile(
    r"(?:[A-Za-z]:[\\/]Users[\\/]|(?<![\w.])/home/|(?<![\w.])/Users/|[\\/]Documents and Settings[\\/])([^\\/\s<>\"']{2,})",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    {"public", "shared", "default", "default user", "all users", "guest", "user", "username", "runner", "administrator"}
)


@dataclass(frozen=True, slots=True)
class MetadataText:
    """A free text inside the file, for the detectors of texts."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """What one file states about its picture, whichever file that is; `prefix` stands in front of each field's name."""

    image_id: str
    values: tuple[XmpValue, ...] = ()
    exif: tuple[tuple[str, str], ...] = ()
    iptc: tuple[tuple[str, str], ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    prefix: str = ""

    def where(self, field: str, span: tuple[int, int] | None = None) -> Where:
        return Where(Channel.METADATA, f"{self.prefix}{field}", span)


def metadata_texts(facts: PictureFacts, xmp: ReadXmp) -> tuple[MetadataText, ...]:
    """What people wrote into the file; technical values (dates, ids, camera settings) are left out."""
    texts = [MetadataText(f"exif:{name}", text) for name, text in facts.exif if bare(name) in _TEXT_EXIF]
    texts += [MetadataText(f"iptc:{name}", text) for name, text in facts.iptc if re.search(r"[^\W\d_]{2}|\d{7}", text)]
    texts += _texts_in(_values(facts, xmp))
    texts += [MetadataText(f"comment:{name}", text) for name, text in facts.comments if not _NOT_COMMENTS.search(name)]
    return tuple(dict.fromkeys(item for item in texts if item.text.strip()))


def _texts_in(values: Iterable[XmpValue]) -> list[MetadataText]:
    return [MetadataText(value.key, value.text) for value in values if _TEXT_XMP.match(value.key)]


def _values(facts: PictureFacts, xmp: ReadXmp) -> tuple[XmpValue, ...]:
    return (*xmp.values, *values_of(facts.credentials))


def screen_metadata(
    facts: PictureFacts, rights: RightsFacts, xmp: ReadXmp, *, thumbnail_difference: float = 0.2
) -> tuple[list[Finding], list[Unscreened]]:
    """What the named fields of one file say about people; free texts are for the detectors of texts."""
    stated = _Stated(facts.image_id, _values(facts, xmp), facts.exif, facts.iptc, facts.comments)
    reasons = [*(f"XMP packet: {reason}" for reason in xmp.broken), *facts.metadata_unread]
    notes = [unscreened(facts.image_id, DETECTOR, Check.METADATA_PRIVACY, reason) for reason in reasons]
    if facts.gps:
        place = [finding(facts.image_id, DETECTOR, "privacy.gps", Where(Channel.METADATA, "exif:GPSInfo"))]
    else:
        place = []
    findings = [*place, *_about_people(stated, rights), *_leftovers(facts, thumbnail_difference)]
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
    findings = _about_people(_Stated(image_id, outside.values, prefix="sidecar "), rights)
    findings += _about_people(_Stated(image_id, named, prefix="sidecar json "), rights)
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


def _about_people(stated: _Stated, rights: RightsFacts) -> list[Finding]:
    return [*_places(stated), *_names(stated, rights), *_traces(stated)]


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


def _places(stated: _Stated) -> Iterator[Finding]:
    if any(_GPS_XMP.match(value.key) and any(map(str.isdigit, value.text)) for value in stated.values):
        beside = bool(stated.prefix)
        why = (
            Reason("in a sidecar", "サイドカーファイルに記録されています")
            if beside
            else Reason("in XMP", "XMPに記録されています")
        )
        yield finding(stated.image_id, DETECTOR, "privacy.gps", stated.where("exif:GPSLatitude"), why=why)


def _names(stated: _Stated, rights: RightsFacts) -> Iterator[Finding]:
    named = [(f"exif:{name}", text) for name, text in stated.exif if bare(name) in _NAME_EXIF]
    named += [(f"iptc:{name}", text) for name, text in stated.iptc if bare(name) in _NAME_IPTC]
    named += [(value.key, value.text) for value in stated.values if value.key in _NAME_XMP]
    named += [(f"comment:{name}", text) for name, text in stated.comments if name.strip().lower() in _NAME_COMMENT]
    for field, text in dict.fromkeys(named):
        if not any(character.isalpha() for character in text):
            continue
        folded = unicodedata.normalize("NFKC", text)
        firm = _FIRM.search(folded) is not None or text.strip() == (rights.owner or "").strip()
        yield finding(
            stated.image_id,
            DETECTOR,
            "privacy.owner_name",
            stated.where(field),
            value=text,
            score=0.9,
            severity=Severity.LOW if firm else Severity.MEDIUM,
            why=Reason("a firm, by its form", "表記から見て、企業名です") if firm else NO_REASON,
        )
    for value in stated.values:
        region = value.key == "mwg-rs:Name" or (value.name == "Name" and value.inside in ("RegionList", "Regions"))
        if value.key in _PEOPLE_XMP or region:
            yield finding(
                stated.image_id,
                DETECTOR,
                "privacy.person_name",
                stated.where(value.key),
                value=value.text,
                why=Reason("stated as a person shown in the picture", "写っている人物として記載されています"),
            )
        elif _CONTACT.match(value.key) and any(character.isalnum() for character in value.text):
            where = stated.where(value.key)
            kind = (
                "privacy.email" if "@" in value.text else "privacy.address" if "Adr" in value.key else "privacy.phone"
            )
            if kind == "privacy.phone" and sum(map(str.isdigit, value.text)) < 6:
                continue
            yield finding(
                stated.image_id,
                DETECTOR,
                kind,
                where,
                value=value.text,
                severity=Severity.LOW,
                why=Reason("contact that the author published", "作成者が公開している連絡先です"),
            )


def _traces(stated: _Stated) -> Iterator[Finding]:
    for name, text in stated.exif:
        if bare(name) in _SERIAL and any(character.isalnum() and character != "0" for character in text):
            where = stated.where(f"exif:{name}")
            yield finding(
                stated.image_id,
                DETECTOR,
                "privacy.device_trace",
                where,
                value=text,
                why=Reason("serial number", "製造番号です"),
            )
        elif bare(name) in _COMMENT_EXIF and re.search(r"[^\W\d_]{2}", text):
            yield finding(stated.image_id, DETECTOR, "privacy.file_comment", stated.where(f"exif:{name}"), value=text)
    for value in stated.values:
        if bare(value.name) in _SERIAL:
            where = stated.where(value.key)
            yield finding(
                stated.image_id,
                DETECTOR,
                "privacy.device_trace",
                where,
                value=value.text,
                why=Reason("serial number", "製造番号です"),
            )
    for name, text in stated.comments:
        if (
            not _NOT_COMMENTS.search(name)
            and name.strip().lower() not in _NAME_COMMENT
            and re.search(r"[^\W\d_]{2}", text)
        ):
            where = stated.where(f"comment:{name}")
            yield finding(stated.image_id, DETECTOR, "privacy.file_comment", where, value=text)
    paths = [(f"exif:{name}", text) for name, text in stated.exif]
    paths += [(value.key, value.text) for value in stated.values] + [
        (f"comment:{name}", text) for name, text in stated.comments
    ]
    paths += [(f"iptc:{name}", text) for name, text in stated.iptc]
    for field, text in dict.fromkeys(paths):
        match = _USER_FOLDER.search(text)
        if match is not None and match.group(1).lower() not in _NOBODY:
            where = stated.where(field, match.span(1))
            yield finding(stated.image_id, DETECTOR, "privacy.path_user", where, value=match.group(1))
