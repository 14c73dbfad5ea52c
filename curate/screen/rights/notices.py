"""Notices inside the file: whose rights, under which licence, and reservations in words. EXIF, IPTC, XMP, comments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from curate.finding import Severity
from curate.picture import PictureFacts
from curate.record import RightsFacts
from curate.rights_verdict import RightsChannel, Strength
from curate.screen.rights.catalogue import of_classes
from curate.screen.rights.licences import LicenceClass, classes_in_words, shown_name
from curate.screen.rights.statement import Statement
from curate.screen.rights.words import reservation_in
from curate.screen.wording import Reason
from curate.screen.xmp import XmpValue

_RIGHTS_EXIF = frozenset({"copyright"})
_RIGHTS_IPTC = frozenset({"copyrightnotice", "copyright", "2116", "specialinstructions", "240", "url"})
_RIGHTS_XMP = frozenset(
    {
        "dc:rights", "xmpRights:Owner", "xmpRights:UsageTerms", "xmpRights:WebStatement", "xmpRights:Certificate", "plus:CopyrightOwnerName", "plus:LicensorURL",
        "plus:OtherConstraints", "plus:OtherConditions", "plus:MediaConstraints", "plus:RegionConstraints", "plus:OtherLicenseInfo",
        "plus:ProductOrServiceConstraints", "plus:OtherLicenseRequirements", "plus:TermsAndConditionsText", "plus:TermsAndConditionsURL",
        "plus:CopyrightStatus", "tiff:Copyright", "photoshop:Instructions", "cc:license", "cc:attributionURL", "cc:morePermissions", "dcterms:license",
        "dcterms:rights", "dcterms:accessRights", "schema:license", "schema:copyrightNotice", "schema:usageInfo", "schema:acquireLicensePage",
    }
)  # fmt: skip
# Terms of a licence in the vocabulary of Creative Commons (ccREL), which may stand without the licence's name.
_TERMS = (
    ("cc:prohibits", "commercial", LicenceClass.NONCOMMERCIAL),
    ("cc:prohibits", "derivative", LicenceClass.NO_DERIVATIVES),
    ("cc:requires", "sharealike", LicenceClass.SHARE_ALIKE),
    ("cc:requires", "copyleft", LicenceClass.SHARE_ALIKE),
)
# A text that is the name or the address of a public licence and nothing else: it says nothing of whose rights these are.
_LICENCE_ALONE = re.compile(
    r"\s*(?:<?https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/[\w./-]+>?|(?:licen[sc]ed under )?(?:the |a )?(?:CC0|CC[- ](?:BY|0|NC|SA|ND)|creative commons)"
    r"(?:[-, ]+(?:BY|NC|SA|ND|zero|attribution|non-?commercial|share-?alike|no-?deriv\w*|\d\.\d|international|unported|universal|public|licen[sc]e|deed))*\.?)\s*",
    re.IGNORECASE,
)
_PERMITTING = frozenset({LicenceClass.FREE, LicenceClass.ATTRIBUTION})
_RIGHTS_COMMENT = frozenset(
    {"copyright", "license", "licence", "disclaimer", "usage terms", "rights", "copyright notice", "著作権"}
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A text of the file; `rights`: it stands in a field for rights, so that it counts whatever it says."""

    channel: RightsChannel
    field: str
    text: str
    rights: bool


def bare(name: str) -> str:
    """A tag name without case, spaces and punctuation: readers of EXIF and IPTC do not agree on them."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def notices_of(facts: PictureFacts, values: tuple[XmpValue, ...], *, inside: str = "") -> Iterator[Notice]:
    """Every text that somebody wrote into the file."""
    for name, text in facts.exif:
        yield Notice(RightsChannel.EXIF, f"exif:{name}", text, bare(name) in _RIGHTS_EXIF)
    for name, text in facts.iptc:
        yield Notice(RightsChannel.IPTC, f"iptc:{name}", text, bare(name) in _RIGHTS_IPTC)
    yield from notices_in(RightsChannel.XMP, values, inside)
    for name, text in facts.comments:
        # ImageMagick writes EXIF values into texts of PNG files, named after their tags.
        plain = name.strip().lower().removeprefix("exif:")
        yield Notice(RightsChannel.COMMENT, f"comment:{name}", text, plain in _RIGHTS_COMMENT)
    for name, text in facts.residue:
        yield Notice(RightsChannel.BYTES, f"damaged {name}", text, False)


def notices_in(channel: RightsChannel, values: tuple[XmpValue, ...], inside: str = "") -> Iterator[Notice]:
    for value in values:
        yield Notice(channel, f"{inside}{value.key}", value.text, value.key in _RIGHTS_XMP)


def of_notices(notices: Iterator[Notice], rights: RightsFacts) -> Iterator[Statement]:
    """Statements of all texts of a file: EXIF, IPTC and XMP usually repeat one notice, which is then one statement."""
    seen: set[str] = set()
    names_owner = False
    marked: list[Notice] = []
    claims: list[Statement] = []
    for notice in notices:
        if span := reservation_in(notice.text):
            yield Statement(
                notice.channel,
                notice.field,
                "in words",
                Strength.FORBIDS,
                "rights.data_mining_prohibited",
                Reason("stated in words", "文章で書かれています"),
                span=span,
            )
        if notice.field.rpartition(" ")[2] in ("xmpRights:Marked", "iptc:CopyrightFlag"):
            if notice.text.strip().lower() in ("true", "1", "yes"):
                marked.append(notice)
            continue
        for field, term, kind in _TERMS:
            if notice.field.endswith(field) and term in notice.text.lower():
                yield from of_classes(notice.channel, notice.field, frozenset({kind}), field)
        if not notice.rights or not any(character.isalnum() for character in notice.text):
            continue
        if classes := classes_in_words(notice.text):
            yield from of_classes(
                notice.channel, notice.field, classes - {LicenceClass.RESERVED}, shown_name(notice.text)
            )
            if classes == {LicenceClass.FREE}:
                # Anybody can write this into a file: it is recorded and permits nothing by itself.
                yield Statement(notice.channel, notice.field, f"{shown_name(notice.text)}: claimed", Strength.SILENT)
            if classes <= _PERMITTING and _LICENCE_ALONE.fullmatch(notice.text):
                continue
        if (normal := _plain(notice.text)) in seen:
            continue
        seen.add(normal)
        own = rights.owner is not None and len(_plain(rights.owner)) > 1 and _plain(rights.owner) in normal
        names_owner = names_owner or own
        why = (
            Reason("it names the owner whom the catalogue states", "カタログに記載された権利者の名前があります")
            if own
            else Reason("it does not name the catalogue's owner", "カタログに記載された権利者の名前がありません")
        )
        claims.append(
            Statement(
                notice.channel,
                notice.field,
                "notice of the catalogue's owner" if own else "notice of somebody else",
                Strength.SILENT if own else Strength.NOTICE,
                "rights.reserved_notice",
                why,
                Severity.LOW if own else Severity.MEDIUM,
                value=notice.text,
            )
        )
    yield from claims
    if marked and not claims:  # marked as copyrighted, and nobody says whose
        first = marked[0]
        why = Reason(
            "it is marked as copyrighted, and no owner is named",
            "著作権ありと記されていますが、権利者の名前がありません",
        )
        yield Statement(
            first.channel, first.field, "marked as copyrighted", Strength.NOTICE, "rights.reserved_notice", why
        )


def _plain(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())
