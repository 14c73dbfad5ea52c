"""From images that policy would let in to the candidates of the selection, with what people want of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from curate.decision import ValueScore
from curate.finding import Screening
from curate.record import ImageRecord
from curate.screen.rights.licences import LicenceClass, licence_classes
from curate.value.budget import Grouping, image_bits
from curate.value.problem import Candidate

NO_LINE = "(none)"  # the product line of images for which none is stated


@dataclass(frozen=True, slots=True)
class Wishes:
    """File names that people want in memory (`pins`) or outside of it (`barred`), each with the reason."""

    pins: Mapping[str, str] = field(default_factory=dict)
    barred: Mapping[str, str] = field(default_factory=dict)

    def pinned(self, record: ImageRecord) -> bool:
        return any(name in self.pins for name in record.file_names)

    def bar(self, record: ImageRecord) -> str | None:
        return next((self.barred[name] for name in record.file_names if name in self.barred), None)


def licence_class(record: ImageRecord) -> str:
    """The class that stands most in the way; `unknown` where no licence is stated."""
    classes = licence_classes(record.rights.license) if record.rights.license else {LicenceClass.UNKNOWN}
    return min(classes, key=lambda found: found.rank).value


def candidates_of(
    wanted: Sequence[ImageRecord],
    values: Mapping[str, ValueScore],
    screenings: Mapping[str, Screening],
    wishes: Wishes,
    approved: Collection[str] = (),
) -> list[Candidate]:
    """A candidate per record. Its texts of every kind, logged queries included, are what memory has to learn of it.
    `approved`: ids of those that people cleared from a hold; a bar in the settings does not undo that."""
    found = [
        candidate_of(
            record,
            values[record.image_id],
            screenings.get(record.image_id),
            wishes,
            approved=record.image_id in approved,
        )
        for record in wanted
    ]
    return sized(found, [texts_of(record) for record in wanted])


def candidate_of(
    record: ImageRecord, value: ValueScore, screening: Screening | None, wishes: Wishes, *, approved: bool = False
) -> Candidate:
    """One candidate; what it takes of memory is known when all are (`sized`)."""
    return Candidate(
        image_id=record.image_id,
        worth=value.worth or 0.0,
        update_cost=value.update_cost or 0.0,
        bits=0.0,
        groups={
            Grouping.PRODUCT_LINE: record.business.product_line or NO_LINE,
            Grouping.CONTENT_CLASS: record.content_class.value,
            Grouping.LICENCE_CLASS: licence_class(record),
        },
        pinned=wishes.pinned(record),
        barred=None if approved else wishes.bar(record),
        approved=approved,
        twins=frozenset(() if screening is None else screening.duplicate_group),
    )


def texts_of(record: ImageRecord) -> int:
    """How many different texts memory has to learn of an image, logged queries included."""
    return len({text.text for text in record.texts})


def sized(candidates: Sequence[Candidate], texts: Sequence[int]) -> list[Candidate]:
    """The candidates with the bits that each takes among so many."""
    return [
        replace(candidate, bits=image_bits(count, len(candidates)))
        for candidate, count in zip(candidates, texts, strict=True)
    ]
