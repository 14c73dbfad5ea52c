"""What the file itself says about rights: PLUS and TDM reservations, IPTC, XMP and EXIF notices, end of the licence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from curate.finding import Channel, Check, Detector, Finding, Severity, Unscreened, Where
from curate.picture import PictureFacts
from curate.record import RightsFacts
from curate.screen.hit import finding
from curate.screen.xmp import BrokenXmp, XmpValue

DETECTOR = Detector("rights-in-file", "1")

# PLUS Data Mining vocabulary (ns.useplus.org/LDF/ldf-XMPSpecification, 2023): the two values that prohibit nothing.
_MINING_OPEN = frozenset({"DMI-ALLOWED", "DMI-UNSPECIFIED"})
_MINING_IN_BYTES = re.compile(r"DMI-PROHIBITED[A-Z-]*")
_MINING_IN_WORDS = re.compile(
    r"(?:no|not (?:be )?(?:used |permitted )?for|prohibit\w*|forbid\w*|without)[^.]{0,60}"
    r"(?:\bAI\b|machine learning|data mining|generative)[^.]{0,30}(?:training)?"
    r"|(?:AI|機械|人工知能|生成)[^。]{0,12}(?:学習|訓練|利用)[^。]{0,16}(?:禁止|不可|禁じ|お断り|認め(?:ない|ません))|(?:無断)?学習禁止",
    re.IGNORECASE,
)
_RIGHTS_EXIF = frozenset({"copyright"})
_RIGHTS_IPTC = frozenset({"copyrightnotice", "copyright", "2116", "specialinstructions", "240"})
_RIGHTS_XMP = frozenset(
    {
        "dc:rights",
        "xmpRights:UsageTerms",
        "xmpRights:WebStatement",
        "plus:CopyrightOwnerName",
        "plus:LicensorURL",
        "plus:OtherConstraints",
        "plus:OtherConditions",
        "tiff:Copyright",
        "photoshop:Instructions",
    }
)
_RELEASES = frozenset({"plus:ModelReleaseStatus", "plus:PropertyReleaseStatus"})
_RIGHTS_COMMENT = frozenset({"copyright", "license", "licence", "disclaimer", "usage terms", "rights"})


def bare(name: str) -> str:
    """A tag name without case, spaces and punctuation: readers of EXIF and IPTC do not agree on them."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def screen_file_rights(
    facts: PictureFacts, rights: RightsFacts, xmp: tuple[XmpValue, ...] | BrokenXmp, *, today: date
) -> tuple[list[Finding], list[Unscreened]]:
    """Findings of one file; a broken XMP packet leaves the rest of the question open, whatever else was found."""
    findings: list[Finding] = []
    unscreened: list[Unscreened] = []
    if isinstance(xmp, BrokenXmp):
        unscreened.append(Unscreened(facts.image_id, DETECTOR, Check.METADATA_RIGHTS, f"XMP packet: {xmp.reason}"))
        if facts.xmp is not None and (match := _MINING_IN_BYTES.search(facts.xmp)):
            findings.append(_prohibited(facts.image_id, "xmp", f"{match.group()} in a damaged XMP packet"))
        values: tuple[XmpValue, ...] = ()
    else:
        values = xmp
    for reason in facts.metadata_unread:
        if not reason.startswith("gps:"):  # a place says nothing about rights
            unscreened.append(Unscreened(facts.image_id, DETECTOR, Check.METADATA_RIGHTS, reason))
    findings.extend(_from_xmp(facts.image_id, values, today))
    seen: set[str] = set()
    for field, text in _notices(facts, values):
        if match := _MINING_IN_WORDS.search(text):
            where = Where(Channel.METADATA, field, match.span())
            findings.append(_prohibited(facts.image_id, field, "stated in words", where=where))
        if (normal := _plain(text)) in seen or not any(character.isalnum() for character in text):
            continue
        seen.add(normal)  # EXIF, IPTC and XMP usually repeat one notice
        own = rights.owner is not None and len(_plain(rights.owner)) > 1 and _plain(rights.owner) in normal
        why = "it names the owner whom the catalogue states" if own else "it does not name the catalogue's owner"
        severity = Severity.LOW if own else Severity.MEDIUM
        where = Where(Channel.METADATA, field)
        findings.append(
            finding(facts.image_id, DETECTOR, "rights.reserved_notice", where, value=text, why=why, severity=severity)
        )
    return findings, unscreened


def _plain(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def _prohibited(image_id: str, field: str, why: str, *, where: Where | None = None) -> Finding:
    place = where or Where(Channel.METADATA, field)
    return finding(image_id, DETECTOR, "rights.data_mining_prohibited", place, why=why)


def _from_xmp(image_id: str, values: tuple[XmpValue, ...], today: date) -> Iterator[Finding]:
    for value in values:
        where = Where(Channel.METADATA, value.key)
        if value.key == "plus:DataMining":
            term = re.split(r"[/#]", value.text.rstrip("/#"))[-1].strip().upper()
            if term not in _MINING_OPEN:
                known = re.fullmatch(r"DMI-PROHIBITED[A-Z-]{0,60}", term) is not None
                yield _prohibited(
                    image_id, value.key, term if known else "a value that PLUS does not know counts as no"
                )
        elif value.key.lower() in ("tdm:reservation", "tdm:tdm-reservation", "tdm-reservation") and value.text != "0":
            yield _prohibited(image_id, value.key, "TDM reservation")
        elif value.key == "plus:LicenseEndDate" and (end := _date(value.text)) is not None and end < today:
            why = f"the file states {end.isoformat()}"
            yield finding(image_id, DETECTOR, "rights.license_expired", where, why=why)
        elif value.key == "plus:LicenseStartDate" and (start := _date(value.text)) is not None and start > today:
            why = f"the file states {start.isoformat()}"
            yield finding(image_id, DETECTOR, "rights.license_not_started", where, why=why)
        elif value.key in _RELEASES and re.search(r"(?:MR|PR)-NON$", value.text.rstrip("/")):  # PLUS: "None"
            yield finding(image_id, DETECTOR, "rights.release_missing", where, why="stated in the file")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None  # a date nobody can read; the notices around it are reported on their own


def _notices(facts: PictureFacts, values: tuple[XmpValue, ...]) -> Iterator[tuple[str, str]]:
    yield from ((f"exif:{name}", text) for name, text in facts.exif if bare(name) in _RIGHTS_EXIF)
    yield from ((f"iptc:{name}", text) for name, text in facts.iptc if bare(name) in _RIGHTS_IPTC)
    yield from ((value.key, value.text) for value in values if value.key in _RIGHTS_XMP)
    yield from ((f"comment:{name}", text) for name, text in facts.comments if name.strip().lower() in _RIGHTS_COMMENT)
