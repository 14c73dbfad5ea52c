"""What a detector saw, or why it could not look. "Could not look" is a value and never means clean."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from curate.canonical import Spelled, digest, spelled, spelled_around, spelled_array, spelled_object
from curate.rights_verdict import RightsVerdict


class Category(StrEnum):
    PRIVACY = "privacy"
    RIGHTS = "rights"
    QUALITY = "quality"
    DUPLICATE = "duplicate"
    CONTENT = "content"


class Severity(StrEnum):
    """Ordered by `rank`; what each level means stands in docs/reference/severity.md (states.md of the design)."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Check(StrEnum):
    """A question that screening answers about one image; the policy says which each content class requires."""

    DECODE = "decode"  # the bytes are a picture that can be read whole
    TEXT_PII = "text.pii"  # personal data in texts about the image, file name, logged queries
    TEXT_NAMES = "text.names"  # person names in those texts (needs a language model)
    METADATA_PRIVACY = "metadata.privacy"  # GPS, owner, artist, comments inside the file
    METADATA_RIGHTS = "metadata.rights"  # IPTC, XMP, PLUS, EXIF, C2PA rights inside the file and beside it
    CATALOGUE_RIGHTS = "catalogue.rights"  # licence, scope, dates stated by the catalogue
    PIXEL_TEXT = "pixel.text"  # text in the pixels: personal data and secret markings
    PIXEL_FACES = "pixel.faces"  # faces of people in the pixels
    PIXEL_CODES = "pixel.codes"  # QR and bar codes in the pixels, their payload searched as text
    PIXEL_PLATES = "pixel.plates"  # number plates of vehicles in the pixels
    QUALITY = "quality"
    DUPLICATE = "duplicate"


class Channel(StrEnum):
    TEXT = "text"
    METADATA = "metadata"
    PIXEL = "pixel"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Detector:
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Where:
    """`span` counts Unicode code points of the original text; `box` = (x, y, width, height) in pixels of the upright image."""

    channel: Channel
    field: str | None = None
    span: tuple[int, int] | None = None
    box: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """`score` in [0, 1]; `masked` never shows the value; `kind` is `category.detail`, e.g. `privacy.jp_my_number`.

    `explanation` is English. `explanation_ja` is empty only in what was recorded before it was written.
    """

    image_id: str
    detector: Detector
    category: Category
    kind: str
    score: float
    severity: Severity
    where: Where
    masked: str
    explanation: str
    explanation_ja: str = ""

    def to_document(self) -> dict[str, Any]:
        """The finding as interfaces.md spells it."""
        where: dict[str, Any] = {"channel": self.where.channel.value}
        if self.where.field is not None:
            where["field"] = self.where.field
        if self.where.span is not None:
            where["span"] = list(self.where.span)
        if self.where.box is not None:
            where["box"] = list(self.where.box)
        return {
            "image_id": self.image_id,
            "detector": {"name": self.detector.name, "version": self.detector.version},
            "category": self.category.value,
            "kind": self.kind,
            "score": round(self.score, 6),
            "severity": self.severity.value,
            "where": where,
            "masked": self.masked,
            "explanation": self.explanation,
            "explanation_ja": self.explanation_ja,
        }


class OpenCause(StrEnum):
    """What kept a part from being looked at, as far as it decides what helps."""

    NOT_INSTALLED = "not-installed"  # a detector or its model is missing on this machine
    NOT_ASKED = "not-asked"  # this run was to look at less, such as at the table alone
    IN_THE_FILE = "in-the-file"  # the file, or what it carries, cannot be looked at
    UNKNOWN = "unknown"  # recorded before causes were, or reported in words that nobody here knows


@dataclass(frozen=True, slots=True)
class Unscreened:
    """A part nobody looked at, with the reason; holds the image where the policy requires `check`.

    `reason` is English. `reason_ja` is empty only in what was recorded before it was written.
    """

    image_id: str
    detector: Detector
    check: Check
    reason: str
    reason_ja: str = ""
    cause: OpenCause = OpenCause.UNKNOWN

    def to_document(self) -> dict[str, Any]:
        return {
            "image_id": self.image_id,
            "detector": {"name": self.detector.name, "version": self.detector.version},
            "check": self.check.value,
            "unscreened": self.reason,
            "unscreened_ja": self.reason_ja,
            "cause": self.cause.value,
        }


@dataclass(frozen=True, slots=True)
class Screening:
    """All that screening says about one image. A check counts as done only if it is in `done`: silence is not clean.

    `duplicate_group` is the sorted tuple of image ids (this one included) that look like it, or that one picture stands for
    together with it; empty when alone. `rights` is the one verdict over all channels, None where nobody asked.
    """

    image_id: str
    findings: tuple[Finding, ...]
    unscreened: tuple[Unscreened, ...]
    done: frozenset[Check]
    duplicate_group: tuple[str, ...] = ()
    rights: RightsVerdict | None = None

    def to_document(self) -> dict[str, Any]:
        def order(document: dict[str, Any]) -> str:
            return digest(document)

        rights = {} if self.rights is None else {"rights": self.rights.to_document()}
        return {
            **rights,
            "image_id": self.image_id,
            "findings": sorted((f.to_document() for f in self.findings), key=order),
            "unscreened": sorted((u.to_document() for u in self.unscreened), key=order),
            "done": sorted(check.value for check in self.done),
            "duplicate_group": list(self.duplicate_group),
        }

    @property
    def findings_digest(self) -> str:
        """Order-free digest of findings, unscreened parts and checks done (what an approval binds): that of
        `to_document`."""
        ids = {image_id: spelled(image_id) for image_id in {part.image_id for part in self.unscreened}}
        parts = [_part(part, ids[part.image_id]) for part in self.unscreened]
        rights = {} if self.rights is None else {"rights": spelled(self.rights.to_document())}
        document = spelled_object(
            **rights,
            image_id=spelled(self.image_id),
            findings=_in_order(spelled(found.to_document()) for found in self.findings),
            unscreened=_in_order(parts),
            done=spelled(sorted(check.value for check in self.done)),
            duplicate_group=spelled(list(self.duplicate_group)),
        )
        return hashlib.sha256(document).hexdigest()


def _in_order(items: Iterable[Spelled]) -> Spelled:
    """The items sorted by their digests."""
    return spelled_array(sorted(items, key=lambda item: hashlib.sha256(item).digest()))


def _part(part: Unscreened, image_id: Spelled) -> Spelled:
    """`Unscreened.to_document` as canonical bytes; what many images have in common is spelt once."""
    before, after = _around_the_id(part.detector, part.check, part.reason, part.reason_ja, part.cause)
    return Spelled(before + image_id + after)


@lru_cache(maxsize=4096)
def _around_the_id(
    detector: Detector, check: Check, reason: str, reason_ja: str, cause: OpenCause
) -> tuple[bytes, bytes]:
    return spelled_around(Unscreened("", detector, check, reason, reason_ja, cause).to_document(), "image_id")
