"""From images that policy would let in to the candidates of the selection, with what people want of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

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
    return [
        Candidate(
            image_id=record.image_id,
            worth=values[record.image_id].worth or 0.0,
            update_cost=values[record.image_id].update_cost or 0.0,
            bits=image_bits(len({text.text for text in record.texts}), len(wanted)),
            groups={
                Grouping.PRODUCT_LINE: record.business.product_line or NO_LINE,
                Grouping.CONTENT_CLASS: record.content_class.value,
                Grouping.LICENCE_CLASS: licence_class(record),
            },
            pinned=wishes.pinned(record),
            barred=None if record.image_id in approved else wishes.bar(record),
            approved=record.image_id in approved,
            twins=frozenset(found.duplicate_group if (found := screenings.get(record.image_id)) is not None else ()),
        )
        for record in wanted
    ]
