"""One image of the catalogue with the facts stated about it. Missing is `None`, and `None` is unknown, never clean.

Column meanings: docs/reference/catalogue.md. Identity is the SHA-256 of the original bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from curate.article_numbers import article_number, compact
from curate.canonical import digest, to_json


class ContentClass(StrEnum):
    PHOTO = "photo"
    PRODUCT = "product"
    DRAWING = "drawing"
    DOCUMENT = "document"


class RowFault(NamedTuple):
    """What a row of the table fails, in English and Japanese. It names the column and what was expected, never the value."""

    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class TrainingText:
    """A text that may teach recall: all of them are screened, and an approval binds their digest.

    `field` is `title`, `description`, `captions`, `tags` or `query` (a logged query); `language` is `ja`, `en` or
    `und`; `text` is the original string, not normalised.
    """

    field: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class RightsFacts:
    """What the catalogue states about rights. Dates are inclusive. `license` is SPDX or `LicenseRef-…`."""

    source: str | None = None
    collected_at: date | None = None
    collector: str | None = None
    method: str | None = None
    owner: str | None = None
    license: str | None = None
    license_scope: tuple[str, ...] | None = None  # of train, memorize, output, commercial; sorted
    license_start: date | None = None
    license_end: date | None = None
    license_territory: tuple[str, ...] | None = None  # ISO 3166-1 alpha-2 codes or names; sorted
    contract_ref: str | None = None
    model_release: str | None = None
    property_release: str | None = None
    consent_ref: str | None = None


@dataclass(frozen=True, slots=True)
class BusinessFacts:
    """What the catalogue states about use. `criticality` in [0, 1]; `change_count` changes since collection."""

    criticality: float | None = None
    product_line: str | None = None
    sku: str | None = None
    changed_at: date | None = None
    change_count: int | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One image: all catalogue rows with these bytes, merged; where rows disagree the strictest fact stands.

    `file_names` are relative to the catalogue (sorted, all sources kept); `image_id` is 64 lower-case hex digits;
    `conflicts` names the fields on which rows disagreed; `held_by_table` carries reasons of failed expectations,
    `held_by_table_ja` the same in Japanese (empty in what was recorded before it was written); `extra` keeps unknown columns
    as (name, text) pairs, which are screened like the rest.
    """

    image_id: str
    file_names: tuple[str, ...]
    content_class: ContentClass
    class_inferred: bool
    texts: tuple[TrainingText, ...]
    rights: RightsFacts
    business: BusinessFacts
    extra: tuple[tuple[str, str], ...] = ()
    conflicts: tuple[str, ...] = ()
    held_by_table: tuple[str, ...] = ()
    held_by_table_ja: tuple[str, ...] = ()

    @property
    def texts_digest(self) -> str:
        """Digest of everything that would teach recall of this image (states.md: what an approval binds)."""
        return digest([to_json(text) for text in sorted(self.texts, key=lambda t: (t.field, t.language, t.text))])

    @property
    def article_numbers(self) -> frozenset[str]:
        """All that the catalogue states of this image, in the spelling that `compact` leaves. A picture that several
        articles share keeps the others as part numbers (`curate.assemble`); a drawing's number may be that of a whole family."""
        stated = (self.business.sku or "", *(text for name, text in self.extra if name == "part_number"))
        return frozenset(number for text in stated if (number := compact(article_number(text))))

    @property
    def facts_digest(self) -> str:
        """Digest of the rights facts and of the class that decided which checks were needed."""
        return digest(
            {
                "rights": to_json(self.rights),
                "business": to_json(self.business),
                "content_class": self.content_class.value,
                "conflicts": sorted(self.conflicts),
                "held_by_table": sorted(self.held_by_table),
            }
        )
