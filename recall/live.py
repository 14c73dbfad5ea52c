"""What may change between two answers, kept as long as it cannot have changed and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from audit.ledger import EntryKind, LedgerEntry
from audit.standing import StandingBook, standings
from curate.record import ImageRecord
from recall.index import ExternalIndex, build_index, open_index, source_digest


class ReadableLedger(Protocol):
    """The reading half of `audit.ledger.Ledger`."""

    @property
    def workspace_id(self) -> str: ...
    @property
    def size(self) -> int: ...
    def root(self) -> bytes: ...
    def entries(self, kind: EntryKind | None = None, *, start: int = 0) -> Iterator[LedgerEntry]: ...


class LiveStanding:
    """The standing of all images as of now, read from the ledger again when it has grown or time took something away.

    Standing changes with entries, at the end of an approval and at midnight UTC, when licences end. A clock that lies
    behind the ledger's last entry is not believed: set back, it would bring back approvals that have ended.
    """

    def __init__(self, ledger: ReadableLedger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._book: StandingBook | None = None
        self._valid_for: tuple[int, date] = (-1, date.min)
        self._ends: datetime | None = None
        self._floor: tuple[int, datetime] = (-1, datetime.min.replace(tzinfo=UTC))  # size, time of the last entry

    def __call__(self) -> StandingBook:
        size = self._ledger.size
        if size != self._floor[0]:
            self._floor = (size, max(entry.at for entry in self._ledger.entries(start=max(0, size - 1))))
        now = max(self._clock().astimezone(UTC), self._floor[1])
        valid_for = (size, now.date())
        over = self._ends is not None and now >= self._ends
        backwards = self._book is not None and now < self._book.at
        if self._book is None or valid_for != self._valid_for or over or backwards:
            self._book = standings(self._ledger.entries(), now, workspace_id=self._ledger.workspace_id)
            self._valid_for = valid_for
            ends = (standing.expires_at for standing in self._book.all() if standing.expires_at is not None)
            self._ends = min((end for end in ends if end > now), default=None)
        return self._book


class LiveIndex:
    """The external index in `folder`, built again when the ledger has moved."""

    def __init__(
        self,
        folder: Path,
        ledger: ReadableLedger,
        book: Callable[[], StandingBook],
        records: Callable[[], Iterable[ImageRecord]],
        held_out: frozenset[str],
    ) -> None:
        """`records` gives all recorded images; `held_out` the normalised queries of the plan, which stay out."""
        self._folder = folder
        self._ledger = ledger
        self._book = book
        self._records = records
        self._held_out = held_out
        self._index: ExternalIndex | None = None

    def __call__(self) -> ExternalIndex:
        source = source_digest(self._ledger.root(), self._held_out)
        if self._index is None or self._index.source != source:
            self._index = open_index(self._folder, source, lambda: self._build(source))
        return self._index

    def _build(self, source: str) -> ExternalIndex:
        return build_index(self._records(), self._book(), source=source, held_out=self._held_out)
