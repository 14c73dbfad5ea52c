"""What named fields say about people, whichever file states them: places, names, contacts, serial numbers, user folders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from curate.finding import Channel, Detector, Finding, Severity, Where
from curate.record import RightsFacts
from curate.screen.hit import finding
from curate.screen.rights.notices import bare
from curate.screen.wording import NO_REASON, Reason
from curate.screen.xmp import XmpValue

DETECTOR = Detector("file-metadata", "5")

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
# Properties of schemes that nobody lists here (ACDSee, iView, xmpDM, …) are known by their name alone.
_NAME_ANYWHERE = frozenset({"artist", "author", "authors", "photographer", "ownername", "cameraownername"})
_PEOPLE_ANYWHERE = frozenset({"people", "persons", "personinimage", "persondisplayname"})
# Keywords in a tree, as catalogue programs write them: people stand under a branch of that name.
_PEOPLE_BRANCH = re.compile(
    r"(?:^|[|/])\s*(?:people|persons?|faces|personen|personnes|人物|人|顔)\s*[|/]\s*([^|/]{2,})", re.IGNORECASE
)
_KEYWORD_TREE = frozenset(
    {
        "hierarchicalsubject",
        "tagslist",
        "lastkeywordxmp",
        "categories",
        "cataloguesets",
        "catalogsets",
        "subject",
        "keywords",
    }
)
_CONTACT = re.compile(
    r"Iptc4xmpCore:Ci(?:Adr|Email|Tel|Url)|plus:(?:Licensor|CopyrightOwner|ImageCreator)(?:Email|Telephone|StreetAddress|ID)|^schema:(?:email|telephone|address)"
)
_GPS_XMP = re.compile(
    r"(?:exif|exifEX):(?:GPSLatitude|GPSLongitude|GPSDestLatitude|GPSMapDatum|GPSPosition)|GPano:.*GPS", re.I
)
_SERIAL = frozenset(
    {"bodyserialnumber", "lensserialnumber", "cameraserialnumber", "serialnumber", "internalserialnumber"}
)
_COMMENT_EXIF = frozenset({"usercomment", "xpcomment"})
# Metadata packets that some writers put into text chunks; they are read as what they are, not as comments.
NOT_COMMENTS = re.compile(r"(?i)raw profile|exif|icc|iptc|xmp|^date:|^(?:software|creation time|dpi|jfif.*)$")


_FIRM = re.compile(
    r"会社|\(株\)|\(有\)|\b(?:Inc|Ltd|LLC|GmbH|AG|S\.?A|K\.?K|Corp|Corporation|Company|Co|PLC|BV|Agency|Press|Images)\b",
    re.I,
)
_USER_FOLDER = re.compile(
    r"(?:[A-Za-z]:[\\/]Users[\\/]|\\\\[\w.-]+[\\/](?:homes?|users|profiles?)\$?[\\/]|(?<![\w.])/home/|(?<![\w.])/Users/|[\\/]Documents and Settings[\\/])([^\\/\s<>\"']{2,})",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    {"public", "shared", "default", "default user", "all users", "guest", "user", "username", "runner", "administrator"}
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What one file states about its picture, whichever file that is; `prefix` stands in front of each field's name."""

    image_id: str
    values: tuple[XmpValue, ...] = ()
    exif: tuple[tuple[str, str], ...] = ()
    iptc: tuple[tuple[str, str], ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    prefix: str = ""

    def where(self, field: str, span: tuple[int, int] | None = None) -> Where:
        return Where(Channel.METADATA, f"{self.prefix}{field}", span)


def about_people(stated: Stated, rights: RightsFacts) -> list[Finding]:
    """Findings in what one file states; `rights`: the owner that the catalogue names is no surprise."""
    return [*_places(stated), *_names(stated, rights), *_traces(stated)]


def _places(stated: Stated) -> Iterator[Finding]:
    if any(_GPS_XMP.match(value.key) and any(map(str.isdigit, value.text)) for value in stated.values):
        beside = bool(stated.prefix)
        why = (
            Reason("in a sidecar", "サイドカーファイルに記録されています")
            if beside
            else Reason("in XMP", "XMPに記録されています")
        )
        yield finding(stated.image_id, DETECTOR, "privacy.gps", stated.where("exif:GPSLatitude"), why=why)


def _names(stated: Stated, rights: RightsFacts) -> Iterator[Finding]:
    named = [(f"exif:{name}", text) for name, text in stated.exif if bare(name) in _NAME_EXIF]
    named += [(f"iptc:{name}", text) for name, text in stated.iptc if bare(name) in _NAME_IPTC]
    named += [
        (value.key, value.text)
        for value in stated.values
        if value.key in _NAME_XMP or (":" not in value.key and bare(value.name) in _NAME_ANYWHERE)
    ]
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
        someone = value.key in _PEOPLE_XMP or (":" not in value.key and bare(value.name) in _PEOPLE_ANYWHERE)
        if someone or region or (bare(value.name) in _KEYWORD_TREE and _PEOPLE_BRANCH.search(value.text)):
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


def _traces(stated: Stated) -> Iterator[Finding]:
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
            not NOT_COMMENTS.search(name)
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
