"""The ledger read once: where the images of each training run stood when it was recorded, and where every image stands now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from audit.casebook import read_into
from audit.cases import CaseBook
from audit.entry import LedgerEntry
from audit.standing import Docket, Standing, StandingBook


def look_back(
    entries: Sequence[LedgerEntry], asked: Mapping[int, Iterable[str]], at: datetime, workspace_id: str
) -> tuple[CaseBook, StandingBook, dict[int, dict[str, Standing]]]:
    """The cases and everybody's standing at `at`, and by index the standing of the images `asked` at the moment of that
    entry, from the entries before it.

    `at` (aware) before the last entry counts as the time of that entry. It is `standings(entries[:i], entries[i].at)` for
    every index asked, in one reading: time in a ledger does not run back, and where it does in a damaged one, what was
    read at an earlier moment is the stricter.
    """
    book = CaseBook(workspace_id, datetime.min.replace(tzinfo=UTC))
    stood: dict[int, dict[str, Standing]] = {}
    read = 0
    for index in sorted(asked):
        book.moment = max(book.moment, entries[index].at)
        _read(book, entries[read:index])
        docket = Docket(book)
        stood[index] = {image: docket.standing(image) for image in asked[index]}
        read = index
    book.moment = max(at.astimezone(UTC), book.moment, *(entry.at for entry in entries[-1:]))
    _read(book, entries[read:])
    docket = Docket(book)
    return book, StandingBook(book.moment, {image: docket.standing(image) for image in book.image_ids()}), stood


def _read(book: CaseBook, entries: Iterable[LedgerEntry]) -> None:
    for entry in entries:
        read_into(book, entry)
