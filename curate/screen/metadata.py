"""Traces of people inside the file: GPS, names of owners and photographers, serial numbers, comments, user folders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from curate.finding import Channel, Check, Detector, Finding, Severity, Unscreened, Where
from curate.picture import PictureFacts
from curate.record import RightsFacts
from curate.screen.hit import finding
from curate.screen.rights.manifests import values_of
from curate.screen.rights.notices import bare
from curate.screen.wording import NO_REASON, Reason
from curate.screen.xmp import ReadXmp, XmpValue

DETECTOR = Detector("file-metadata", "2")

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


def metadata_texts(facts: PictureFacts, xmp: ReadXmp) -> tuple[MetadataText, ...]:
    """What people wrote into the file; technical values (dates, ids, camera settings) are left out."""
    texts = [MetadataText(f"exif:{name}", text) for name, text in facts.exif if bare(name) in _TEXT_EXIF]
    texts += [MetadataText(f"iptc:{name}", text) for name, text in facts.iptc if re.search(r"[^\W\d_]{2}|\d{7}", text)]
    texts += [MetadataText(value.key, value.text) for value in _values(facts, xmp) if _TEXT_XMP.match(value.key)]
    texts += [MetadataText(f"comment:{name}", text) for name, text in facts.comments if not _NOT_COMMENTS.search(name)]
    return tuple(dict.fromkeys(item for item in texts if item.text.strip()))


def _values(facts: PictureFacts, xmp: ReadXmp) -> tuple[XmpValue, ...]:
    return (*xmp.values, *values_of(facts.credentials))


def screen_metadata(
    facts: PictureFacts, rights: RightsFacts, xmp: ReadXmp, *, thumbnail_difference: float = 0.2
) -> tuple[list[Finding], list[Unscreened]]:
    """What the named fields of one file say about people; free texts are for the detectors of texts."""
    values = _values(facts, xmp)
    reasons = [*(f"XMP packet: {reason}" for reason in xmp.broken), *facts.metadata_unread]
    unscreened = [Unscreened(facts.image_id, DETECTOR, Check.METADATA_PRIVACY, reason) for reason in reasons]
    findings = [
        *_places(facts, values),
        *_names(facts, values, rights),
        *_traces(facts, values),
        *_leftovers(facts, thumbnail_difference),
    ]
    return list(dict.fromkeys(findings)), unscreened


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


def _places(facts: PictureFacts, values: tuple[XmpValue, ...]) -> Iterator[Finding]:
    if facts.gps:
        yield finding(facts.image_id, DETECTOR, "privacy.gps", Where(Channel.METADATA, "exif:GPSInfo"))
    if any(_GPS_XMP.match(value.key) and any(map(str.isdigit, value.text)) for value in values):
        yield finding(
            facts.image_id,
            DETECTOR,
            "privacy.gps",
            Where(Channel.METADATA, "exif:GPSLatitude"),
            why=Reason("in XMP", "XMPに記録されています"),
        )


def _names(facts: PictureFacts, values: tuple[XmpValue, ...], rights: RightsFacts) -> Iterator[Finding]:
    stated = [(f"exif:{name}", text) for name, text in facts.exif if bare(name) in _NAME_EXIF]
    stated += [(f"iptc:{name}", text) for name, text in facts.iptc if bare(name) in _NAME_IPTC]
    stated += [(value.key, value.text) for value in values if value.key in _NAME_XMP]
    stated += [(f"comment:{name}", text) for name, text in facts.comments if name.strip().lower() in _NAME_COMMENT]
    for field, text in dict.fromkeys(stated):
        if not any(character.isalpha() for character in text):
            continue
        folded = unicodedata.normalize("NFKC", text)
        firm = _FIRM.search(folded) is not None or text.strip() == (rights.owner or "").strip()
        yield finding(
            facts.image_id,
            DETECTOR,
            "privacy.owner_name",
            Where(Channel.METADATA, field),
            value=text,
            score=0.9,
            severity=Severity.LOW if firm else Severity.MEDIUM,
            why=Reason("a firm, by its form", "表記から見て、企業名です") if firm else NO_REASON,
        )
    for value in values:
        region = value.key == "mwg-rs:Name" or (value.name == "Name" and value.inside in ("RegionList", "Regions"))
        if value.key in _PEOPLE_XMP or region:
            yield finding(
                facts.image_id,
                DETECTOR,
                "privacy.person_name",
                Where(Channel.METADATA, value.key),
                value=value.text,
                why=Reason("stated as a person shown in the picture", "写っている人物として記載されています"),
            )
        elif _CONTACT.match(value.key) and any(character.isalnum() for character in value.text):
            where = Where(Channel.METADATA, value.key)
            kind = (
                "privacy.email" if "@" in value.text else "privacy.address" if "Adr" in value.key else "privacy.phone"
            )
            if kind == "privacy.phone" and sum(map(str.isdigit, value.text)) < 6:
                continue
            yield finding(
                facts.image_id,
                DETECTOR,
                kind,
                where,
                value=value.text,
                severity=Severity.LOW,
                why=Reason("contact that the author published", "作成者が公開している連絡先です"),
            )


def _traces(facts: PictureFacts, values: tuple[XmpValue, ...]) -> Iterator[Finding]:
    for name, text in facts.exif:
        if bare(name) in _SERIAL and any(character.isalnum() and character != "0" for character in text):
            where = Where(Channel.METADATA, f"exif:{name}")
            yield finding(
                facts.image_id,
                DETECTOR,
                "privacy.device_trace",
                where,
                value=text,
                why=Reason("serial number", "製造番号です"),
            )
        elif bare(name) in _COMMENT_EXIF and re.search(r"[^\W\d_]{2}", text):
            yield finding(
                facts.image_id, DETECTOR, "privacy.file_comment", Where(Channel.METADATA, f"exif:{name}"), value=text
            )
    for value in values:
        if bare(value.name) in _SERIAL:
            where = Where(Channel.METADATA, value.key)
            yield finding(
                facts.image_id,
                DETECTOR,
                "privacy.device_trace",
                where,
                value=value.text,
                why=Reason("serial number", "製造番号です"),
            )
    for name, text in facts.comments:
        if (
            not _NOT_COMMENTS.search(name)
            and name.strip().lower() not in _NAME_COMMENT
            and re.search(r"[^\W\d_]{2}", text)
        ):
            where = Where(Channel.METADATA, f"comment:{name}")
            yield finding(facts.image_id, DETECTOR, "privacy.file_comment", where, value=text)
    paths = [(f"exif:{name}", text) for name, text in facts.exif]
    paths += [(value.key, value.text) for value in values] + [
        (f"comment:{name}", text) for name, text in facts.comments
    ]
    paths += [(f"iptc:{name}", text) for name, text in facts.iptc]
    for field, text in dict.fromkeys(paths):
        match = _USER_FOLDER.search(text)
        if match is not None and match.group(1).lower() not in _NOBODY:
            where = Where(Channel.METADATA, field, match.span(1))
            yield finding(facts.image_id, DETECTOR, "privacy.path_user", where, value=match.group(1))
