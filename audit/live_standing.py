"""The standing of all images as of now, kept as long as it cannot have changed and not a moment longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from audit.entry import EntryKind, LedgerEntry
from audit.standing import StandingBook, standings


class GrowingLedger(Protocol):
    """The part of `audit.ledger_reading.LedgerReader` that says what was recorded."""

    @property
    def workspace_id(self) -> str: ...
    @property
    def size(self) -> int: ...
    def entries(self, kind: EntryKind | None = None, *, start: int = 0) -> Iterator[LedgerEntry]: ...


class LiveStanding:
    """The standing of all images as of now, read from the ledger again when it has grown or time took something away.

    Standing changes with entries, at the end of an approval and at midnight UTC, when licences end. A clock that lies
    behind the ledger's last entry is not believed: set back, it would bring back approvals that have ended.
    """

    def __init__(self, ledger: GrowingLedger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._book: StandingBook | None = None
        self._valid_for: tuple[int, date] = (-1, date.min)
        self._ends: datetime | None = None
        self._floor: tuple[int, datetime] = (-1, datetime.min.replace(tzinfo=UTC))  # size, time of the last entry

    def __call__(self) -> StandingBook:
        size = self._ledger.size
        if size != self._floor[0]:
            last = (entry.at for entry in self._ledger.entries(start=max(0, size - 1)))
            self._floor = (size, max(last, default=self._floor[1]))
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


class SteadyClock:
    """A clock that never runs back while the process lives: the later of the wall's and of `start` plus what passed."""

    def __init__(self, wall: Callable[[], datetime], *, passed: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._passed = wall, passed
        self._start, self._began = wall(), passed()

    def __call__(self) -> datetime:
        return max(self._wall(), self._start + timedelta(seconds=self._passed() - self._began))
